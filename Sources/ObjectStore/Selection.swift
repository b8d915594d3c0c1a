import Documents
import KubernetesObjects

/// Which objects of a kind a list or a watch is about.
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

    /// All objects of all namespaces.
    package static let everything = Selection()

    /// Whether only the namespace selects.
    var isWhole: Bool { labels.isEverything && fields.isEverything }

    func matches(_ object: Object) -> Bool {
        (labels.isEverything || labels.matches(object.labels))
            && (fields.isEverything || fields.matches(object))
    }
}

/// One line of a watch.
package struct WatchEvent: Hashable, Sendable {
    /// What happened, as a watch says it.
    package enum Kind: String, Hashable, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        /// The object as it was last seen, with the version of its removal. Also sent when the
        /// object leaves the watch's selector.
        case deleted = "DELETED"
        /// No object: a version up to which everything has been sent.
        case bookmark = "BOOKMARK"
    }

    package let type: Kind
    package let object: Object

    package init(_ type: Kind, _ object: Object) {
        self.type = type
        self.object = object
    }

    /// The line as it travels.
    package var json: JSON { ["type": .string(type.rawValue), "object": object.json] }
}

/// What a watch has to send next.
package enum Watched: Hashable, Sendable {
    case events([WatchEvent])
    /// The store no longer remembers what came after that version: 410, list again.
    case gone(StoreError)
}
