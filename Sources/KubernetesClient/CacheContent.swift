import Documents
import KubernetesObjects

/// Where an object of one kind lives.
struct ObjectKey: Hashable, Comparable, Sendable {
    let namespace: String
    let name: String

    init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    init(_ object: Object) {
        self.init(namespace: object.namespace, name: object.name)
    }

    static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// The objects a cache knows, found by name and by owner, and the rules by which one replaces
/// another.
///
/// Two sources tell of an object: the watch, and the answers to our own writes. Either may be
/// behind the other, so neither ever replaces what is newer.
struct CacheContent: Sendable {
    typealias Changes = [(key: ObjectKey, change: Change)]

    private(set) var objects: [ObjectKey: Object] = [:]
    private var owned: [String: Set<ObjectKey>] = [:]
    /// The names in each namespace, in their order: a cluster has many namespaces, and nearly every
    /// question is about one of them.
    private var names: [String: [String]] = [:]
    /// By their uids, objects that we deleted and whose last events have not come yet.
    private var deleted: [String: ObjectKey] = [:]
    private var compactor = Compactor()
    /// Whether an object that is not known yet stays once its readers were told of it.
    private let remembers: @Sendable (Object) -> Bool

    init(remembering remembers: @escaping @Sendable (Object) -> Bool = { _ in true }) {
        self.remembers = remembers
    }

    func owned(by uid: String) -> [Object] {
        owned[uid, default: []].sorted().compactMap { objects[$0] }
    }

    func list(namespace: String) -> [Object] {
        names[namespace, default: []].compactMap {
            objects[ObjectKey(namespace: namespace, name: $0)]
        }
    }

    func names(beginning prefix: String, namespace: String) -> ArraySlice<String> {
        let names = names[namespace, default: []]
        let others = names[names.firstIndex(notBefore: prefix)...]
        return others.prefix { $0.hasPrefix(prefix) }
    }

    /// Takes an event of the watch.
    mutating func apply(_ event: Watch.Event) -> Changes {
        switch event {
        case .added(let object), .modified(let object):
            if deleted[object.uid] != nil || isOutdated(object) { return [] }
            return replace(ObjectKey(object), with: object)
        case .deleted(let object):
            deleted[object.uid] = nil
            // A younger object may already stand under that name: our own, created since.
            guard objects[ObjectKey(object)]?.uid == object.uid else { return [] }
            return replace(ObjectKey(object), with: nil)
        case .bookmark: return []
        }
    }

    /// Takes a whole list of what there is in `selection`. What the list does not have is gone,
    /// unless it is younger than the list, as our own writes since then are.
    mutating func reset(
        to list: [Object], version: String, in selection: Selection
    ) -> Changes {
        var changes: Changes = []
        let listed = Set(list.map(ObjectKey.init))
        for (key, object) in objects where !listed.contains(key) && selection.contains(object) {
            if isResourceVersion(object.resourceVersion, newerThan: version) == true { continue }
            changes += replace(key, with: nil)
        }
        let uids = Set(list.map(\.uid))
        // What is not even listed any more will bring no event.
        deleted = deleted.filter { uid, key in
            uids.contains(uid) || (selection.namespace ?? key.namespace) != key.namespace
        }
        for object in list where !isOutdated(object) && deleted[object.uid] == nil {
            changes += replace(ObjectKey(object), with: object)
        }
        return changes.sorted { $0.key < $1.key }
    }

    /// Takes what the server answered to a write of ours, while the watch has come as far as
    /// `version` ("" where it has not begun).
    mutating func observe(_ object: Object, watched version: String) -> Changes {
        let key = ObjectKey(object)
        if isOutdated(object) { return [] }
        if isResourceVersion(object.resourceVersion, newerThan: version) == false {
            // The watch is past this write: where it shows nothing, the object is gone again.
            return []
        }
        return replace(key, with: object)
    }

    /// Notes that we deleted the object with `uid`, and that it is gone.
    mutating func observeDeletion(of key: ObjectKey, uid: String) -> Changes {
        guard objects[key]?.uid == uid else { return [] }
        deleted[uid] = key
        return replace(key, with: nil)
    }

    private func isOutdated(_ object: Object) -> Bool {
        guard let known = objects[ObjectKey(object)] else { return false }
        return isResourceVersion(known.resourceVersion, newerThan: object.resourceVersion) == true
    }

    /// One version of an object has one content, so there is no need to compare that.
    private func isSame(_ old: Object?, _ new: Object?) -> Bool {
        guard let old, let new else { return old == nil && new == nil }
        return old.uid == new.uid && old.resourceVersion == new.resourceVersion
    }

    private mutating func replace(_ key: ObjectKey, with new: Object?) -> Changes {
        let old = objects[key]
        if isSame(old, new) { return [] }
        let new = new.map { kept($0) }
        keep(new.flatMap { takes($0) ? $0 : nil }, at: key, after: old)
        return [(key, Change(old: old, new: new))]
    }

    /// Whether it stays. What is known goes on being known, so that no older state of it can come
    /// in its place.
    func takes(_ object: Object) -> Bool {
        objects[ObjectKey(object)] != nil || remembers(object)
    }

    private mutating func keep(_ new: Object?, at key: ObjectKey, after old: Object?) {
        if let uid = old?.controllerOwner?.uid, uid != new?.controllerOwner?.uid {
            owned[uid]?.remove(key)
            if owned[uid]?.isEmpty == true { owned[uid] = nil }
        }
        if let uid = new?.controllerOwner?.uid { owned[uid, default: []].insert(key) }
        objects[key] = new
        if (old == nil) != (new == nil) { note(key, isThere: new != nil) }
    }

    private mutating func note(_ key: ObjectKey, isThere: Bool) {
        let place = names[key.namespace, default: []].firstIndex(notBefore: key.name)
        if isThere {
            names[key.namespace, default: []].insert(key.name, at: place)
        } else {
            names[key.namespace]?.remove(at: place)
            if names[key.namespace]?.isEmpty == true { names[key.namespace] = nil }
        }
    }

    /// `object`, in as little memory as it needs: what it has in common with its former version, or
    /// with another object of the same owner, is there already.
    private mutating func kept(_ object: Object) -> Object {
        let sibling = object.controllerOwner.flatMap { owned[$0.uid]?.first }
        if let known = objects[ObjectKey(object)] ?? sibling.flatMap({ objects[$0] }) {
            return Object(compactor.compact(object.json).sharing(known.json))
        }
        return Object(compactor.compact(object.json))
    }
}

extension [String] {
    /// Of texts in their order, the first that is not less than `text`; `endIndex` where all are.
    fileprivate func firstIndex(notBefore text: String) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < text { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
