import Documents
import KubernetesObjects

/// Where an object lies in the store. Ordered as lists are: by kind, namespace and name.
struct Address: Hashable, Comparable {
    let kind: String
    let namespace: String
    let name: String

    static func < (left: Address, right: Address) -> Bool {
        (left.kind, left.namespace, left.name) < (right.kind, right.namespace, right.name)
    }
}

/// The objects of one kind by namespace and name, in the order of lists without sorting at each.
struct Shelf {
    private struct Drawer {
        /// Sorted; the keys of `objects`.
        var names: [String] = []
        var objects: [String: Object] = [:]

        /// Where `name` stands or would stand.
        func position(of name: String) -> Int {
            var low = 0
            var high = names.count
            while low < high {
                let middle = (low + high) / 2
                if names[middle] < name { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private var drawers: [String: Drawer] = [:]
    private(set) var count = 0

    subscript(namespace: String, name: String) -> Object? {
        drawers[namespace]?.objects[name]
    }

    mutating func put(_ object: Object, _ namespace: String, _ name: String) {
        let isNew =
            drawers[namespace, default: Drawer()].objects.updateValue(object, forKey: name) == nil
        guard isNew else { return }
        count += 1
        let position = drawers[namespace]?.position(of: name) ?? 0
        drawers[namespace]?.names.insert(name, at: position)
    }

    mutating func remove(_ namespace: String, _ name: String) {
        guard drawers[namespace]?.objects.removeValue(forKey: name) != nil else { return }
        count -= 1
        if let position = drawers[namespace]?.position(of: name) {
            drawers[namespace]?.names.remove(at: position)
        }
        if drawers[namespace]?.names.isEmpty == true { drawers[namespace] = nil }
    }

    func names(in namespace: String) -> [String] { drawers[namespace]?.names ?? [] }

    var namespaces: [String] { drawers.keys.sorted() }

    /// The objects of a namespace (nil: of all) by namespace and name.
    func objects(in namespace: String?) -> [Object] {
        let namespaces = namespace.map { [$0] } ?? namespaces
        return namespaces.flatMap { namespace in
            guard let drawer = drawers[namespace] else { return [Object]() }
            return drawer.names.compactMap { drawer.objects[$0] }
        }
    }
}
