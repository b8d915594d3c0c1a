import KubernetesObjects

/// Which objects of a kind are meant: those of one namespace or of all, as far as the selectors
/// take them.
package struct Selection: Hashable, Sendable {
    /// Nil for all namespaces.
    package var namespace: String?
    package var labels: LabelSelector
    package var fields: FieldSelector

    package init(
        namespace: String? = nil, labels: LabelSelector = .everything,
        fields: FieldSelector = .everything
    ) {
        self.namespace = namespace
        self.labels = labels
        self.fields = fields
    }

    package static let everything = Selection()

    var query: [(String, String)] {
        var query: [(String, String)] = []
        if !labels.isEverything { query.append(("labelSelector", labels.description)) }
        if !fields.isEverything { query.append(("fieldSelector", fields.description)) }
        return query
    }

    /// Whether the server would show `object` for this selection.
    func contains(_ object: Object) -> Bool {
        (namespace == nil || namespace == object.namespace) && labels.matches(object.labels)
            && fields.matches(object)
    }
}
