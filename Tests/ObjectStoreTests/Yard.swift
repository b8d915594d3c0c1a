import Documents
import KubernetesObjects
import ObjectStore
import Synchronization

/// A store with two namespaces, a clock that stands still and uids that count.
struct Yard {
    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    var store: ObjectStore
    var now = Timestamp(seconds: 1_767_268_800)
    private let counter = Counter()

    init(journalLimit: Int = 10_000) throws(StoreError) {
        store = ObjectStore(journalLimit: journalLimit)
        for name in ["shop", "lab"] {
            _ = try store.create(
                Object(["metadata": ["name": .string(name)]]), in: .namespaces, by: writer())
        }
    }

    func writer(_ manager: String? = nil, isDryRun: Bool = false) -> Writer {
        let counter = counter
        return Writer(manager: manager, now: now, isDryRun: isDryRun) {
            "uid-\(counter.value.wrappingAdd(1, ordering: .relaxed).newValue)"
        }
    }

    @discardableResult
    mutating func create(
        _ resource: Resource, _ name: String, labels: [String: String] = [:],
        owners: [Object] = [], _ rest: JSON = [:], in namespace: String = "shop"
    ) throws(StoreError) -> Object {
        var json = rest
        json["apiVersion"] = .string(resource.apiVersion)
        json["kind"] = .string(resource.kind)
        json.set(.string(name), at: ["metadata", "name"])
        if !labels.isEmpty { json.set(JSON(strings: labels), at: ["metadata", "labels"]) }
        if !owners.isEmpty {
            json.set(.array(owners.map { $0.asOwner.json }), at: ["metadata", "ownerReferences"])
        }
        return try store.create(
            Object(json), in: resource, namespace: resource.isNamespaced ? namespace : "",
            by: writer()
        ).object
    }

    @discardableResult
    mutating func merge(
        _ resource: Resource, _ name: String, _ patch: JSON, at endpoint: Endpoint = .main
    ) throws(StoreError) -> Object {
        try store.patch(at(resource, name), with: .merge(patch), at: endpoint, by: writer()).object
    }

    @discardableResult
    mutating func delete(
        _ resource: Resource, _ name: String, _ deletion: Deletion = Deletion()
    ) throws(StoreError) -> Written {
        try store.delete(at(resource, name), deletion, by: writer())
    }

    func get(_ resource: Resource, _ name: String) throws(StoreError) -> Object {
        try store.get(at(resource, name))
    }

    func has(_ resource: Resource, _ name: String) -> Bool {
        store.objects.contains {
            $0.kind == resource.kind && $0.name == name
                && (!resource.isNamespaced || $0.namespace == "shop")
        }
    }

    func names(_ resource: Resource, _ selection: Selection = .everything) throws(StoreError)
        -> [String]
    {
        try store.list(resource, matching: selection).items.map(\.name)
    }

    func at(_ resource: Resource, _ name: String) -> Reference {
        Reference(resource, namespace: "shop", name: name)
    }

    /// The events after `version` as `ADDED name`.
    func events(
        after version: Int, of resource: Resource, _ selection: Selection = .everything
    ) -> [String] {
        switch store.events(after: version, of: resource, matching: selection) {
        case .events(let events): events.map { "\($0.type.rawValue) \($0.object.name)" }
        case .gone(let error): ["\(error.code)"]
        }
    }
}

extension Object {
    var asOwner: OwnerReference {
        OwnerReference(
            apiVersion: apiVersion, kind: kind, name: name, uid: uid, isController: false)
    }
}
