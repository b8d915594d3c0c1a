import KubernetesObjects

extension Resource {
    /// The fields by which objects of a kind can be selected, as API servers offer them: any other
    /// one would select by something that they have no index for.
    var selectableFields: Set<String> {
        let own: Set<String> =
            switch self {
            case .pods:
                [
                    "spec.nodeName", "spec.restartPolicy", "spec.schedulerName",
                    "spec.serviceAccountName", "status.phase", "status.podIP",
                    "status.nominatedNodeName",
                ]
            case .events:
                [
                    "involvedObject.kind", "involvedObject.namespace", "involvedObject.name",
                    "involvedObject.uid", "involvedObject.apiVersion",
                    "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
                    "reportingComponent", "source", "type",
                ]
            case .secrets: ["type"]
            case .namespaces: ["status.phase"]
            case .replicaSets: ["status.replicas"]
            case .jobs: ["status.successful"]
            default: []
            }
        return own.union(["metadata.name", "metadata.namespace"])
    }
}
