import Documents
import KubernetesObjects

extension Transcript {
    /// What a client could see of a rollout after a write: its status, and the sizes of its
    /// ReplicaSets.
    package struct Shown: Hashable, Sendable {
        package var phase: String
        package var message: String
        /// Type, status and reason of each condition, in alphabetical order.
        package var conditions: [String]
        /// Pods asked for, by ReplicaSet.
        package var sizes: [String: Int]
    }
}

extension Transcript.Shown {
    init(of rollout: Object, _ sets: [Object]) {
        phase = rollout.status?["phase"]?.string ?? ""
        message = rollout.status?["message"]?.string ?? ""
        conditions = (rollout.status?["conditions"]?.array ?? []).map { condition in
            ["type", "status", "reason"].compactMap { condition[$0]?.string }
                .joined(separator: " ")
        }.sorted()
        sizes = [:]
        for set in sets where set.controllerOwner?.uid == rollout.uid {
            sizes[set.name] = set.spec?["replicas"]?.int ?? 0
        }
    }
}
