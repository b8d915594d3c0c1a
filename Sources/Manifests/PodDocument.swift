import Documents
import KubernetesObjects
import Rollouts

/// Pods on the wire.
package enum PodDocument {
    /// A pod of the ReplicaSet with this name.
    package static func parse(_ object: Object, of replicaSet: String) -> Pod {
        let conditions = object.status?["conditions"]?.array ?? []
        return Pod(
            name: object.name, replicaSet: replicaSet,
            created: object.creationTimestamp.map { Instant($0) } ?? Instant(milliseconds: 0),
            isReady: conditions.contains { $0["type"] == "Ready" && $0["status"] == "True" },
            isDeleting: object.deletionTimestamp != nil)
    }
}
