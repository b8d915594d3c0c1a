import Documents
import KubernetesObjects

/// Who writes, when, and where new identities come from.
package struct Writer: Sendable {
    /// The name under which `metadata.managedFields` records what is written; nil records nothing.
    package var manager: String?
    package var now: Timestamp
    /// Answers as if it had been written, and changes nothing.
    package var isDryRun: Bool
    /// A new uid at each call. The last part of generated names comes from it, too.
    package var newUID: @Sendable () -> String
    /// What else becomes of an object before it is stored, or why it is not.
    package var admit: Admit

    /// The new object, the one that it replaces, and where they are.
    package typealias Admit =
        @Sendable (Object, Object?, Reference) throws(StoreError) -> Object

    package init(
        manager: String? = nil, now: Timestamp, isDryRun: Bool = false,
        newUID: @escaping @Sendable () -> String, admit: @escaping Admit = asItIs
    ) {
        self.manager = manager
        self.now = now
        self.isDryRun = isDryRun
        self.newUID = newUID
        self.admit = admit
    }

    /// Admits every object, unchanged.
    package static let asItIs: Admit = { object, _, _ throws(StoreError) in object }
}

/// One object that a write changed. Replaying all changes in order gives the same store.
package struct Change: Hashable, Sendable {
    package let reference: Reference
    /// Nil where the object was removed.
    package let object: Object?
    package let resourceVersion: Int
}

/// What a write did.
package struct Written: Hashable, Sendable {
    /// The object as it is now; as it last was, where it was removed.
    package let object: Object
    /// Everything that changed, in order: the object itself, and what followed from it. Empty where
    /// the object was like this before, and for dry runs.
    package let changes: [Change]
    /// Whether the object did not exist before.
    package let isNew: Bool
}

/// Which endpoint of an object is written.
package enum Endpoint: String, Hashable, Sendable {
    /// Everything but status.
    case main = ""
    /// Status and nothing else.
    case status
}

/// The changes of one write while it goes on.
struct Turn {
    let now: Timestamp
    private(set) var changes: [Change] = []
    /// Objects that were removed and whose consequences are still to come.
    var removed: [(address: Address, object: Object)] = []
    /// Objects that go because of another one; the last goes first.
    var doomed: [(address: Address, deletion: Deletion)] = []
    /// Uids of owners that lost a dependent and may have waited for that.
    var released: [String] = []

    init(now: Timestamp) {
        self.now = now
    }

    mutating func note(_ object: Object?, at address: Address, version: Int, of kind: Kind?) {
        guard let kind else { return }
        let reference = Reference(kind.resource, namespace: address.namespace, name: address.name)
        changes.append(Change(reference: reference, object: object, resourceVersion: version))
    }
}
