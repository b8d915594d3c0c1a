import KubernetesObjects

/// Objects that a router finds by their labels.
package struct Search: Hashable, Sendable {
    package let resource: Resource
    package let namespace: String
    package let labels: LabelSelector

    /// The object of that name.
    package func reference(_ name: String) -> Reference {
        Reference(resource, namespace: namespace, name: name)
    }

    /// Those that were found, by name.
    func found(_ seen: Observed) -> [Reference] {
        seen.objects.filter { reference, object in
            reference.resource == resource && reference.namespace == namespace
                && labels.matches(object.labels)
        }.keys.sorted { $0.name < $1.name }
    }
}
