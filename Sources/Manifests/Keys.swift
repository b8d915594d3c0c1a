/// The labels and annotations that this program reads and writes (rollout-semantics §3.2).
package enum Keys {
    /// Label and selector of ReplicaSets, pods, Services and analysis runs.
    package static let templateHash = "rollouts-pod-template-hash"
    package static let revision = "rollout.argoproj.io/revision"
    package static let revisionHistory = "rollout.argoproj.io/revision-history"
    package static let desiredReplicas = "rollout.argoproj.io/desired-replicas"
    package static let ephemeralMetadata = "rollout.argoproj.io/ephemeral-metadata"
    /// Ours, beside it: the values of the rollout's template that it covers.
    static let coveredMetadata = "sluice/covered-metadata"
    /// Ours, while running pods may still have it: the metadata from before.
    static let formerMetadata = "sluice/former-metadata"
    package static let scaleDownDeadline = "scale-down-deadline"
    /// Ours, on a ReplicaSet that waits for its deadline: it was the stable one until then.
    package static let wasStable = "sluice/was-stable"
    /// Ours, on a ReplicaSet: it was stable, and a return to it needs no trial.
    package static let wasPromoted = "sluice/was-promoted"
    package static let workloadGeneration = "rollout.argoproj.io/workload-generation"
    /// Ours, on a workload that a rollout takes over: the uid of the rollout.
    package static let adoptedBy = "sluice/adopted-by"
    /// Ours, beside it while the workload's pods go: how many they were.
    package static let podsBefore = "sluice/pods-before"
    /// Ours, on a rollout: `true` where its Services are to be let go.
    static let letGo = "sluice/let-go"
    package static let managedBy = "argo-rollouts.argoproj.io/managed-by-rollouts"
    package static let instanceID = "argo-rollouts.argoproj.io/controller-instance-id"
    /// Label of analysis runs: `Step`, `Background`, `PrePromotion` or `PostPromotion`.
    package static let runType = "rollout-type"
    package static let stepIndex = "step-index"
    /// Label and annotations of a Job that measures: the run, and what it measures.
    static let runUID = "analysisrun.argoproj.io/uid"
    static let runName = "analysisrun.argoproj.io/name"
    static let runNamespace = "analysisrun.argoproj.io/namespace"
    package static let runMetric = "analysisrun.argoproj.io/metric-name"
    /// Annotations of what belongs to an experiment.
    package static let experimentName = "experiment.argoproj.io/name"
    package static let experimentTemplate = "experiment.argoproj.io/template-name"
    /// Ours, on a rollout: the routers that it sent traffic by, for when its document names others.
    package static let routers = "sluice/routers"
    package static let notified = "notified.notifications.argoproj.io"
    package static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
}
