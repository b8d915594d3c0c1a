import Documents
import KubernetesObjects

extension Object {
    /// An object that a router makes for a rollout, and that goes with it.
    init(
        _ reference: Reference, annotations: [String: String] = [:], spec: JSON,
        ownedBy owner: OwnerReference
    ) {
        var metadata: JSON = [
            "name": .string(reference.name), "namespace": .string(reference.namespace),
        ]
        if !annotations.isEmpty { metadata["annotations"] = JSON(strings: annotations) }
        metadata["ownerReferences"] = [owner.json]
        self.init([
            "apiVersion": .string(reference.resource.apiVersion),
            "kind": .string(reference.resource.kind), "metadata": metadata, "spec": spec,
        ])
    }
}
