import Documents
import KubernetesObjects
import ObjectStore

/// Owns the objects of the box: every reader and writer, over HTTP or in this process, goes through
/// it.
///
/// Invariant: what was answered is in the database. A write that cannot be stored is refused and
/// undone.
package actor ObjectServer {
    private var store: ObjectStore
    private let database: ObjectDatabase?
    /// Set when the database failed and could not be read back either: nothing can be trusted then.
    private var failure: StoreError?
    private var bells: [Bell] = []
    /// The kinds that are served now.
    package private(set) var catalog: Catalog

    nonisolated let clock: @Sendable () -> Timestamp
    private let newUID: @Sendable () -> String

    /// The server with what `database` holds; without one it forgets everything at its end. At its
    /// first start it has the namespaces `default` and `kube-system`.
    ///
    /// - Parameters:
    ///   - definitions: the kinds that it serves besides; where somebody else has changed one of
    ///     these CustomResourceDefinitions, theirs counts.
    ///   - objectLimit: how many objects it takes; nil for what a large single machine runs.
    ///   - clock: the time of creation, deletion and ages.
    ///   - newUID: a new uid at each call, such as a random UUID.
    /// - Throws: `DatabaseFailure` where the file cannot be read or written, `StoreError` where its
    ///   content does not fit together.
    package init(
        database: ObjectDatabase?, definitions: [JSON] = [], objectLimit: Int? = nil,
        clock: @escaping @Sendable () -> Timestamp, newUID: @escaping @Sendable () -> String
    ) throws {
        var store = try Self.restored(from: database)
        if let objectLimit { store.objectLimit = objectLimit }
        if store.objectCount == 0 {
            for name in ["default", "kube-system"] {
                let namespace = Object([
                    "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)],
                ])
                let written = try store.create(
                    namespace, in: .namespaces, by: Writer(now: clock(), newUID: newUID))
                try database?.store(written.changes)
            }
        }
        let writer = Writer(now: clock(), newUID: newUID)
        for definition in definitions {
            let changes = try Self.define(definition, in: &store, by: writer)
            try database?.store(changes)
        }
        self.store = store
        self.database = database
        self.clock = clock
        self.newUID = newUID
        catalog = Self.catalog(of: store)
    }

    private static func restored(from database: ObjectDatabase?) throws -> ObjectStore {
        guard let database else { return ObjectStore() }
        let contents = try database.contents()
        return try ObjectStore(
            restoring: contents.objects, resourceVersion: contents.resourceVersion)
    }

    private static func define(
        _ definition: JSON, in store: inout ObjectStore, by writer: Writer
    ) throws(StoreError) -> [Change] {
        let name = definition["metadata"]?["name"]?.string ?? ""
        do throws(StoreError) {
            return try store.patch(
                Reference(.customResourceDefinitions, namespace: "", name: name),
                with: .apply(definition, manager: "sluice", force: false), by: writer
            ).changes
        } catch {
            guard error.reason == "Conflict" else { throw error }
            return []
        }
    }

    private static func catalog(of store: ObjectStore) -> Catalog {
        let prefix = Resource.customResourceDefinitions
        return Catalog(
            resources: store.resources,
            definitions: store.objects.filter {
                $0.kind == prefix.kind && $0.apiVersion == prefix.apiVersion
            })
    }
}

/// Who writes, and whether in earnest.
package struct Caller: Hashable, Sendable {
    /// The name under which `metadata.managedFields` records what is written; nil records nothing.
    package var manager: String?
    /// Answers as if it had been written, and changes nothing.
    package var isDryRun: Bool

    package init(manager: String? = nil, isDryRun: Bool = false) {
        self.manager = manager
        self.isDryRun = isDryRun
    }

    /// The controllers of the box itself.
    package static let box = Caller(manager: "sluice")
}

// Reading.
extension ObjectServer {
    /// The version of the latest change of any object.
    package var resourceVersion: Int { store.resourceVersion }

    /// The object, or `NotFound`.
    package func get(_ reference: Reference) throws(StoreError) -> Object {
        try requireTrust()
        return try store.get(reference)
    }

    /// The selected objects, all of them or a page; see `ObjectStore.list`.
    package func list(
        _ resource: Resource, matching selection: Selection = .everything, limit: Int? = nil,
        page: String? = nil
    ) throws(StoreError) -> ObjectList {
        try requireTrust()
        return try store.list(resource, matching: selection, limit: limit, page: page)
    }

    /// The `Scale` of an object.
    package func scale(of reference: Reference) throws(StoreError) -> Object {
        try requireTrust()
        return try store.scale(of: reference)
    }

    /// What happened after `version`, and the version up to which that is everything.
    func news(
        after version: Int, of resource: Resource, matching selection: Selection
    ) -> (news: Watched, resourceVersion: Int) {
        if let failure { return (.gone(failure), version) }
        return (
            store.events(after: version, of: resource, matching: selection), store.resourceVersion
        )
    }

    /// A bookmark of this moment.
    func bookmark(of resource: Resource, endsInitialEvents: Bool) -> WatchEvent {
        store.bookmark(of: resource, endsInitialEvents: endsInitialEvents)
    }

    /// A bell that rings after each change of one of `resources`; it begins silent.
    func bell(for resources: [Resource]) -> Bell {
        let bell = Bell(resources)
        bells.append(bell)
        return bell
    }

    private func requireTrust() throws(StoreError) {
        if let failure { throw failure }
    }
}

// Writing.
extension ObjectServer {
    /// Stores a new object; see `ObjectStore.create`.
    package func create(
        _ object: Object, in resource: Resource, namespace: String = "", by caller: Caller = .box
    ) throws(StoreError) -> Written {
        try commit(by: caller) { store, writer throws(StoreError) in
            try store.create(object, in: resource, namespace: namespace, by: writer)
        }
    }

    /// Replaces an object; see `ObjectStore.update`.
    package func update(
        _ reference: Reference, to object: Object, at endpoint: Endpoint = .main,
        by caller: Caller = .box
    ) throws(StoreError) -> Written {
        try commit(by: caller) { store, writer throws(StoreError) in
            try store.update(reference, to: object, at: endpoint, by: writer)
        }
    }

    /// Changes an object; see `ObjectStore.patch`.
    ///
    /// - Returns: the object as it is now, and whether server-side apply has created it.
    @discardableResult
    package func patch(
        _ reference: Reference, with patch: Patch, at endpoint: Endpoint = .main,
        by caller: Caller = .box
    ) throws(StoreError) -> (object: Object, isNew: Bool) {
        let patch = Admission.encoded(patch, reference.resource)
        let written = try commit(by: caller) { store, writer throws(StoreError) in
            try store.patch(reference, with: patch, at: endpoint, by: writer)
        }
        return (written.object, written.isNew)
    }

    /// Replaces the number of replicas; see `ObjectStore.updateScale`.
    package func updateScale(
        _ reference: Reference, to scale: Object, by caller: Caller = .box
    ) throws(StoreError) -> Written {
        try commit(by: caller) { store, writer throws(StoreError) in
            try store.updateScale(reference, to: scale, by: writer)
        }
    }

    /// Changes the number of replicas; see `ObjectStore.patchScale`.
    package func patchScale(
        _ reference: Reference, with patch: Patch, by caller: Caller = .box
    ) throws(StoreError) -> Written {
        try commit(by: caller) { store, writer throws(StoreError) in
            try store.patchScale(reference, with: patch, by: writer)
        }
    }

    /// Deletes an object, or marks it; see `ObjectStore.delete`.
    package func delete(
        _ reference: Reference, _ deletion: Deletion = Deletion(), by caller: Caller = .box
    ) throws(StoreError) -> Written {
        try commit(by: caller) { store, writer throws(StoreError) in
            try store.delete(reference, deletion, by: writer)
        }
    }

    /// Deletes the selected objects of a kind and returns them.
    package func deleteAll(
        _ resource: Resource, matching selection: Selection, _ deletion: Deletion = Deletion(),
        by caller: Caller = .box
    ) throws(StoreError) -> [Object] {
        try requireTrust()
        let (objects, changes) = try store.deleteAll(
            resource, matching: selection, deletion, by: writer(for: caller))
        try keep(changes)
        return objects
    }

    private func writer(for caller: Caller) -> Writer {
        Writer(
            manager: caller.manager, now: clock(), isDryRun: caller.isDryRun, newUID: newUID,
            admit: Admission(catalog: catalog).admit)
    }

    private func commit(
        by caller: Caller,
        _ write: (inout ObjectStore, Writer) throws(StoreError) -> Written
    ) throws(StoreError) -> Written {
        try requireTrust()
        let written = try write(&store, writer(for: caller))
        try keep(written.changes)
        return written
    }

    /// Puts what changed into the database, then tells those who wait for it.
    private func keep(_ changes: [Change]) throws(StoreError) {
        guard !changes.isEmpty else { return }
        do {
            try database?.store(changes)
        } catch {
            // The store is ahead of the database. Going back to what is on disk forgets the
            // journal, so watches begin again, but nobody goes on from a change that was never
            // kept.
            do {
                store = try Self.restored(from: database)
            } catch let second {
                failure = .internalError("\(error); then \(second); restart the cluster")
            }
            ring(nil)
            throw .internalError("\(error); free some disk space and try again")
        }
        let resources = Set(changes.map(\.reference.resource.qualifiedName))
        if resources.contains(Resource.customResourceDefinitions.qualifiedName) {
            catalog = Self.catalog(of: store)
        }
        ring(resources)
    }

    /// Rings the bells of the named kinds (nil: all) and forgets those that nobody hears any
    /// longer.
    private func ring(_ resources: Set<String>?) {
        bells.removeAll { bell in
            let concerns = resources.map { !bell.resources.isDisjoint(with: $0) } ?? true
            return concerns && !bell.ring()
        }
    }
}
