import KubernetesObjects
import ObjectStore

/// Kinds that a cluster usually has and the box has not. Clients find them, empty: `kubectl apply
/// --prune` asks for each. An object of theirs is refused with a word on what to do, since it would
/// never become real.
enum AbsentKinds {
    /// Why no object of a kind is taken; nil where they are.
    static func refusal(of resource: Resource) -> String? {
        refusals[resource.qualifiedName].map { "the cluster in a box has none: \($0)" }
    }

    private static let workload = "describe the pods in a Deployment or a Rollout"
    private static let volume = "mount an emptyDir or a hostPath"

    private static let refusals: [String: String] = [
        "nodes": "pods are processes of this machine",
        "serviceaccounts":
            "pods need none, and whoever holds the token of the box may do everything",
        "endpoints": "the addresses of a Service are in its EndpointSlices",
        "persistentvolumes": volume,
        "persistentvolumeclaims": volume,
        "replicationcontrollers": workload,
        "daemonsets.apps": workload,
        "statefulsets.apps": workload,
        "cronjobs.batch": "create a Job when it is due",
    ]
}
