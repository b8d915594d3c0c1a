import Documents
import KubernetesObjects

extension Object {
    /// The reference by which this rollout owns what is created for it.
    package var ownerOfItsOwn: OwnerReference {
        OwnerReference(
            apiVersion: Resource.rollouts.apiVersion, kind: Resource.rollouts.kind, name: name,
            uid: uid)
    }

    /// Whether `owner` controls this object.
    package func isControlled(by owner: Object) -> Bool {
        controllerOwner?.uid == owner.uid
    }

    /// A new object that `rollout` controls, in its namespace.
    static func owned(
        by rollout: Object, resource: Resource, name: String, labels: [String: String],
        annotations: [String: String], spec: JSON
    ) -> Object {
        Object([
            "apiVersion": .string(resource.apiVersion),
            "kind": .string(resource.kind),
            "metadata": [
                "name": .string(name),
                "namespace": .string(rollout.namespace),
                "labels": JSON(strings: labels),
                "annotations": JSON(strings: annotations),
                "ownerReferences": [rollout.ownerOfItsOwn.json],
            ],
            "spec": spec,
        ])
    }
}
