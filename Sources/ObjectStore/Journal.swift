import Documents
import KubernetesObjects

/// The latest changes in order, for watches and for lists that go on. Bounded: the oldest are
/// forgotten.
struct Journal {
    struct Entry {
        let version: Int
        let address: Address
        /// Nil where the object was created.
        let before: Object?
        /// The object as the change left it; as it last was, with the version of its removal, where
        /// removed.
        let after: Object
        let isRemoval: Bool
    }

    private var entries: [Entry] = []
    /// How many entries at the front of `entries` are forgotten already; they go in bulk.
    private var start = 0
    private let capacity: Int
    /// Everything after this version is remembered.
    private(set) var horizon: Int

    init(capacity: Int, horizon: Int) {
        self.capacity = max(1, capacity)
        self.horizon = horizon
    }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        guard entries.count - start > capacity else { return }
        horizon = entries[start].version
        start += 1
        if start >= capacity {
            entries.removeFirst(start)
            start = 0
        }
    }

    /// The entries after `version`, oldest first; nil where some of them are forgotten.
    func entries(after version: Int) -> ArraySlice<Entry>? {
        guard version >= horizon else { return nil }
        var low = start
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].version <= version { low = middle + 1 } else { high = middle }
        }
        return entries[low...]
    }
}

extension ObjectStore {
    /// What happened to the selected objects after `version`, up to and including
    /// `resourceVersion`.
    ///
    /// An object that leaves the selection is sent as deleted, one that enters as added.
    package func events(
        after version: Int, of resource: Resource, matching selection: Selection = .everything
    ) -> Watched {
        guard let entries = journal.entries(after: version) else {
            return .gone(.expired(version, oldest: journal.horizon))
        }
        let key = resource.qualifiedName
        return .events(
            entries.compactMap { entry in
                guard entry.address.kind == key,
                    selection.namespace.map({ $0 == entry.address.namespace }) ?? true
                else { return nil }
                return entry.event(for: selection)
            })
    }

    /// A bookmark of this moment. `endsInitialEvents` marks the one that closes the first part of a
    /// streamed list.
    package func bookmark(of resource: Resource, endsInitialEvents: Bool = false) -> WatchEvent {
        var object = Object([
            "kind": .string(resource.kind), "apiVersion": .string(resource.apiVersion),
            "metadata": ["resourceVersion": .string(String(resourceVersion))],
        ])
        if endsInitialEvents {
            object["metadata", "annotations"] = ["k8s.io/initial-events-end": "true"]
        }
        return WatchEvent(.bookmark, object)
    }
}

extension Journal.Entry {
    func event(for selection: Selection) -> WatchEvent? {
        let wasSelected = before.map(selection.matches) ?? false
        let isSelected = !isRemoval && selection.matches(after)
        switch (wasSelected, isSelected) {
        case (false, true): return WatchEvent(.added, after)
        case (true, true): return WatchEvent(.modified, after)
        case (false, false): return nil
        case (true, false):
            guard !isRemoval, var left = before else { return WatchEvent(.deleted, after) }
            left["metadata", "resourceVersion"] = .string(String(version))
            return WatchEvent(.deleted, left)
        }
    }
}
