import Documents
import KubernetesObjects

/// Kubernetes objects in memory with the semantics of an API server: versions, conflicts, watches,
/// patches, finalizers, owners.
///
/// A value without clock, chance or I/O: the same writes give the same store. Each write returns
/// what it changed, so that a caller can keep the objects on disk and restore them.
///
/// Invariant: `resourceVersion` only grows, and every stored object carries the version of its last
/// change.
package struct ObjectStore: Sendable {
    /// Changes that are remembered for watches: minutes of a busy store, hours of a quiet one.
    package static let journalLimit = 8_192

    /// Objects that the store takes. Ten times what a large single machine runs.
    package var objectLimit = 50_000
    /// The version of the latest change of any object.
    package private(set) var resourceVersion: Int
    var kinds: [String: Kind] = [:]
    private(set) var journal: Journal
    private var shelves: [String: Shelf] = [:]
    private var count = 0
    /// Where the object with a uid lies.
    private var addresses: [String: Address] = [:]
    /// The objects that name a uid as owner.
    private var dependents: [String: Set<Address>] = [:]

    /// An empty store that knows the built-in kinds and, unless they shall come as definitions,
    /// those of Argo Rollouts.
    package init(
        resourceVersion: Int = 0, journalLimit: Int = journalLimit, knowsRollouts: Bool = true
    ) {
        self.resourceVersion = resourceVersion
        journal = Journal(capacity: journalLimit, horizon: resourceVersion)
        for kind in Kind.builtIn + Kind.expected + (knowsRollouts ? Kind.rolloutKinds : []) {
            kinds[kind.key] = kind
        }
    }

    /// The store that held `objects` at `resourceVersion`, with the kinds that definitions among
    /// them define. Watches from before are gone; everything else goes on as it was.
    ///
    /// - Throws: where an object is of no known kind, or carries a version that has not been
    ///   reached.
    package init(
        restoring objects: some Sequence<Object>, resourceVersion: Int,
        journalLimit: Int = journalLimit, knowsRollouts: Bool = true
    ) throws(StoreError) {
        self.init(
            resourceVersion: resourceVersion, journalLimit: journalLimit,
            knowsRollouts: knowsRollouts)
        var rest: [Object] = []
        let definitions = Resource.customResourceDefinitions
        for object in objects {
            guard Int(object.resourceVersion).map({ $0 <= resourceVersion }) ?? false else {
                throw .badRequest(
                    "\(object.kind) \(object.namespace)/\(object.name) has version "
                        + "\"\(object.resourceVersion)\", the store was at \(resourceVersion); "
                        + "restore objects and version from the same moment")
            }
            if object.kind == definitions.kind && object.apiVersion == definitions.apiVersion {
                place(
                    object,
                    at: Address(kind: definitions.qualifiedName, namespace: "", name: object.name))
                define(object)
            } else {
                rest.append(object)
            }
        }
        let known = Dictionary(
            kinds.values.map { ("\($0.resource.apiVersion) \($0.resource.kind)", $0) },
            uniquingKeysWith: { first, _ in first })
        for object in rest {
            guard let kind = known["\(object.apiVersion) \(object.kind)"] else {
                throw .badRequest(
                    "\(object.apiVersion) \(object.kind) \(object.name) is of no known kind; "
                        + "restore its CustomResourceDefinition with it")
            }
            place(
                object, at: Address(kind: kind.key, namespace: object.namespace, name: object.name))
        }
    }

    /// The kinds that can be stored, for discovery; by group and plural.
    package var resources: [Resource] {
        kinds.values.map(\.resource).sorted { ($0.group, $0.plural) < ($1.group, $1.plural) }
    }

    /// Adds a kind, or replaces what is known of it. Objects stay.
    package mutating func register(_ resource: Resource, scale: ScalePaths? = nil) {
        let kind = Kind(resource, scale: scale)
        kinds[kind.key] = kind
    }

    /// All objects by kind, namespace and name, as a copy to disk wants them.
    package var objects: [Object] {
        shelves.keys.sorted().flatMap { shelves[$0]?.objects(in: nil) ?? [] }
    }

    /// How many objects the store holds.
    package var objectCount: Int { count }
}

// What follows are the primitives that everything else is made of. They keep the indexes true.
extension ObjectStore {
    subscript(address: Address) -> Object? {
        shelves[address.kind]?[address.namespace, address.name]
    }

    func address(ofUID uid: String) -> Address? { addresses[uid] }

    func shelf(_ key: String) -> Shelf { shelves[key] ?? Shelf() }

    /// The objects that name `uid` as owner, in the order of lists.
    func dependents(of uid: String) -> [Address] { dependents[uid]?.sorted() ?? [] }

    /// Stores `object` under the next version. Returns it as stored.
    mutating func put(_ object: Object, at address: Address, in turn: inout Turn) -> Object {
        let before = self[address]
        resourceVersion += 1
        var object = object
        object["metadata", "resourceVersion"] = .string(String(resourceVersion))
        if let before { unlink(before, address) }
        place(object, at: address)
        journal.append(
            Journal.Entry(
                version: resourceVersion, address: address, before: before, after: object,
                isRemoval: false))
        turn.note(object, at: address, version: resourceVersion, of: kinds[address.kind])
        return object
    }

    /// Removes what lies at `address`; `last` is the object as watches see it for the last time.
    mutating func take(_ last: Object, at address: Address, in turn: inout Turn) -> Object {
        guard let before = self[address] else { return last }
        resourceVersion += 1
        var last = last
        last["metadata", "resourceVersion"] = .string(String(resourceVersion))
        unlink(before, address)
        shelves[address.kind]?.remove(address.namespace, address.name)
        count -= 1
        journal.append(
            Journal.Entry(
                version: resourceVersion, address: address, before: before, after: last,
                isRemoval: true))
        turn.note(nil, at: address, version: resourceVersion, of: kinds[address.kind])
        return last
    }

    private mutating func place(_ object: Object, at address: Address) {
        if self[address] == nil { count += 1 }
        shelves[address.kind, default: Shelf()].put(object, address.namespace, address.name)
        if !object.uid.isEmpty { addresses[object.uid] = address }
        for owner in object.owners { dependents[owner.uid, default: []].insert(address) }
    }

    private mutating func unlink(_ object: Object, _ address: Address) {
        addresses[object.uid] = nil
        for owner in object.owners {
            dependents[owner.uid]?.remove(address)
            if dependents[owner.uid]?.isEmpty == true { dependents[owner.uid] = nil }
        }
    }
}
