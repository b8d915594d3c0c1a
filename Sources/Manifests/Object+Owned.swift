import Documents
import KubernetesObjects

extension Object {
    /// The reference by which this rollout owns what is created for it.
    package var ownerOfItsOwn: OwnerReference { ownership(as: .rollouts) }

    /// The reference by which this object, one of `kind`, owns what is created for it.
    private func ownership(as kind: Resource) -> OwnerReference {
        OwnerReference(apiVersion: kind.apiVersion, kind: kind.kind, name: name, uid: uid)
    }

    /// Whether `owner` controls this object.
    package func isControlled(by owner: Object) -> Bool {
        controllerOwner?.uid == owner.uid
    }

    /// A new object that `owner`, one of `kind`, controls, in its namespace.
    static func owned(
        by owner: Object, of kind: Resource = .rollouts, resource: Resource, name: String,
        labels: [String: String], annotations: [String: String], spec: JSON
    ) -> Object {
        Object([
            "apiVersion": .string(resource.apiVersion),
            "kind": .string(resource.kind),
            "metadata": [
                "name": .string(name),
                "namespace": .string(owner.namespace),
                "labels": JSON(strings: labels),
                "annotations": JSON(strings: annotations),
                "ownerReferences": [owner.ownership(as: kind).json],
            ],
            "spec": spec,
        ])
    }
}
