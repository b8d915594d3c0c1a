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

    /// The patch that takes both away again, from this version of the Service only.
    package static func lettingGo(of service: Object) -> Patch {
        .strategic([
            "metadata": [
                "resourceVersion": .string(service.resourceVersion),
                "annotations": [Keys.managedBy: .null],
            ],
            "spec": ["selector": [Keys.templateHash: .null]],
        ])
    }

    /// The Services whose selectors `rollout` is to move, in whatever state its document is.
    package static func names(in rollout: Object) -> Set<String> {
        let canary = rollout.spec?["strategy"]?["canary"]
        let blueGreen = rollout.spec?["strategy"]?["blueGreen"], pair = canary?["pingPong"]
        let names = [
            blueGreen?["activeService"], blueGreen?["previewService"], canary?["stableService"],
            canary?["canaryService"], pair?["pingService"], pair?["pongService"],
        ]
        return Set(names.compactMap { $0?.string })
    }

    /// Whether `rollout` is asked to let its Services go.
    package static func areLetGo(by rollout: Object) -> Bool {
        rollout.annotations[Keys.letGo] == "true"
    }

    /// Whether `rollout`, which is there, looks after `service` no more.
    package static func isLeft(_ service: Object, by rollout: Object) -> Bool {
        areLetGo(by: rollout) || !names(in: rollout).contains(service.name)
    }

    /// Whether `set` has pods that `service` would select without a hash: pods with a hash. Those
    /// of a Deployment are as its owner wants them.
    package static func wouldSelect(_ set: Object, by service: Object) -> Bool {
        var selector = service.spec?["selector"]?.strings ?? [:]
        selector[Keys.templateHash] = nil
        let labels = set.labels
        return labels[Keys.templateHash] != nil
            && selector.allSatisfy { labels[$0.key] == $0.value }
    }
}
