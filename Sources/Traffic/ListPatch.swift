import Documents
import KubernetesObjects

/// Changes of single elements of lists, as a JSON patch. The API knows elements by their index
/// only: each one that is changed is tested for what it was called when it was seen, so that a list
/// that was reordered meanwhile refuses the patch as a whole, and is looked at again.
struct ListPatch {
    private var tests: [JSON] = []
    private var changes: [JSON] = []
    /// Objects that were missing, and are made by this patch.
    private var made: Set<Path> = []

    /// Nil where there is nothing to change.
    var patch: Patch? { changes.isEmpty ? nil : .json(tests + changes) }

    /// The value at `path` must still be this one.
    mutating func require(_ value: JSON, at path: Path) {
        let test: JSON = ["op": "test", "path": .string(path.pointer), "value": value]
        if !tests.contains(test) { tests.append(test) }
    }

    /// Sets a member that may be there or not; at the end of a list, it is one more element.
    mutating func set(_ value: JSON, at path: Path) {
        changes.append(["op": "add", "path": .string(path.pointer), "value": value])
    }

    mutating func remove(at path: Path) {
        changes.append(["op": "remove", "path": .string(path.pointer)])
    }

    /// Sets or (nil) removes a label.
    mutating func label(_ key: String, _ value: String?, on object: Object) {
        mark(key, value, under: "labels", of: object)
    }

    /// Sets or (nil) removes an annotation.
    mutating func annotate(_ key: String, _ value: String?, on object: Object) {
        mark(key, value, under: "annotations", of: object)
    }

    private mutating func mark(
        _ key: String, _ value: String?, under member: String, of object: Object
    ) {
        let marks = object.metadata[member]
        if marks?[key]?.string == value { return }
        let path = Path([.key("metadata"), .key(member)])
        guard let value else { return remove(at: path.appending(key)) }
        if marks == nil, !made.contains(path) {
            // What is added replaces what came there meanwhile.
            require(.null, at: path)
            set([:], at: path)
            made.insert(path)
        }
        set(.string(value), at: path.appending(key))
    }
}

extension Path {
    /// As RFC 6901 writes it.
    fileprivate var pointer: String {
        components.map { component in
            switch component {
            case .key(let key):
                "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
            case .index(let index): "/\(index)"
            }
        }.joined()
    }
}
