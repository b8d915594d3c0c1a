extension Event {
    /// Every reason that an event has, and those of §7.5 besides. A trigger that is named after one
    /// is fired by the event alone. A test finds in here whatever the sources tell.
    package static let reasons: Set<String> = {
        let runs = RunPhase.allCases.map(\.rawValue)
        let versions = TemplatePhase.allCases.map(\.rawValue)
        var reasons = Set(ofRollouts)
        reasons.formUnion(ofRouters)
        for subject in ["AnalysisRun", "Metric", "Experiment"] {
            reasons.formUnion(runs.map { subject + $0 })
        }
        reasons.formUnion(versions.map { "Template" + $0 })
        return reasons
    }()

    private static let ofRollouts: [String] = [
        "RolloutAddedToInformer", "RolloutUpdated", "NewReplicaSetCreated", "RolloutNotCompleted",
        "ScalingReplicaSet", "ScalingWorkload", "RolloutStepCompleted", "RolloutPaused",
        "RolloutResumed", "RolloutAborted", "RolloutCompleted", "RolloutDeleted", "SkipSteps",
        "SwitchService", "ExperimentCreated", "AnalysisRunTerminating", "InvalidSpec",
        "ReconciliationError", "ReplicaSetCreateError", "ReplicaSetUpdateError",
        "StableReplicaSetMissing", "StepPluginTransition", "ServiceHeld",
    ]

    private static let ofRouters: [String] = [
        "TrafficWeightUpdated", "TrafficRoutingError", "WeightVerifyError", "TargetGroupVerified",
        "TargetGroupUnverified", "TargetGroupVerifyError", "LoadBalancerNotFound",
        "VirtualServiceNotFound", "VirtualRouterNotFound", "VirtualNodeNotFound",
        "DestinationRuleNotFound", "Updated VirtualService",
        "UpdatedDestinationRule", "UpdatedVirtualNode", "CreatingCanaryIngress",
        "PatchingCanaryIngress", "DeletingCanaryIngress", "PatchingALBIngress",
        "PatchingHTTPRoute", "PatchingGRPCRoute", "PatchingTCPRoute", "PatchingTLSRoute",
        "PatchingTraefikService", "PatchingTrafficSplit", "TrafficSplitCreated",
        "PatchingVirtualRouter", "PatchingApisixRoute", "CreatingApisixRoute",
        "DeletingApisixRoute", "CanaryMappingCreated", "CanaryMappingUpdated",
        "CanaryMappingDeleted", "PatchingRoutePolicy", "RestartingGateway",
    ]
}
