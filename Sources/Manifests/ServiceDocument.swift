import Documents
import KubernetesObjects
import Rollouts

/// Services of rollouts on the wire (rollout-semantics §3.5).
package enum ServiceDocument {
    /// What the Service selects, as `decide` sees it.
    package static func parse(_ object: Object) -> ServiceBinding {
        ServiceBinding(
            hash: object.spec?["selector"]?[Keys.templateHash]?.string,
            managedBy: object.annotations[Keys.managedBy])
    }

    /// The numbers under which it is reached.
    package static func ports(of object: Object?) -> [Int] {
        (object?.spec?["ports"]?.array ?? []).compactMap { $0["port"]?.int }
    }

    /// The patch that makes a Service select the pods with this hash, and names the rollout that
    /// does so.
    package static func binding(to hash: String, by rollout: String) -> Patch {
        .strategic([
            "metadata": ["annotations": .object(JSONObject([(Keys.managedBy, .string(rollout))]))],
            "spec": ["selector": .object(JSONObject([(Keys.templateHash, .string(hash))]))],
        ])
    }
}
