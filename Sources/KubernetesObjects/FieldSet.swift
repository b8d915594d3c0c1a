import Documents

/// A set of fields of an object, as `metadata.managedFields` writes them (`fieldsV1`): a tree whose
/// steps are `f:name`, `k:{"name":"web"}` and `v:"value"`, where "." marks a step that is itself in
/// the set.
struct FieldSet: Hashable {
    var isMember = false
    var children: [String: FieldSet] = [:]

    var isEmpty: Bool { !isMember && children.isEmpty }

    /// The set that `fieldsV1` describes; steps it does not know are left out.
    init(json: JSON) {
        guard let object = json.object else { return }
        isMember = object.isEmpty
        for (key, value) in object.members {
            if key == "." {
                isMember = true
            } else if key.hasPrefix("f:") || key.hasPrefix("k:") || key.hasPrefix("v:") {
                children[key] = FieldSet(json: value)
            }
        }
    }

    init(isMember: Bool = false, children: [String: FieldSet] = [:]) {
        self.isMember = isMember
        self.children = children
    }

    /// The form of `fieldsV1`, sorted so that the same set always writes the same text.
    var json: JSON {
        var members: [JSONObject.Member] = []
        if isMember && !children.isEmpty { members.append((".", [:])) }
        members += children.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
        return .object(JSONObject(members))
    }

    func union(_ other: FieldSet) -> FieldSet {
        FieldSet(
            isMember: isMember || other.isMember,
            children: children.merging(other.children) { $0.union($1) })
    }

    /// The fields of this set that are not in `other`.
    func subtracting(_ other: FieldSet) -> FieldSet {
        var result = FieldSet(isMember: isMember && !other.isMember)
        for (key, child) in children {
            let rest = other.children[key].map { child.subtracting($0) } ?? child
            if !rest.isEmpty { result.children[key] = rest }
        }
        return result
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet(isMember: isMember && other.isMember)
        for (key, child) in children {
            guard let both = other.children[key].map({ child.intersection($0) }), !both.isEmpty
            else {
                continue
            }
            result.children[key] = both
        }
        return result
    }

    /// The members as paths in the words of conflict messages:
    /// `.spec.containers[name="web"].image`.
    var paths: [String] { paths(below: "") }

    private func paths(below prefix: String) -> [String] {
        (isMember ? [prefix] : [])
            + children.sorted { $0.key < $1.key }
            .flatMap { $0.value.paths(below: prefix + Self.text(ofStep: $0.key)) }
    }

    private static func text(ofStep step: String) -> String {
        let content = String(step.dropFirst(2))
        switch step.first {
        case "k":
            do {
                let members = try JSON(parsing: content).object?.members ?? []
                return "[" + members.map { "\($0.key)=\($0.value.text)" }.joined(separator: ",")
                    + "]"
            } catch {
                // A client wrote this entry itself; a message shows it as it stands.
                return "[\(content)]"
            }
        case "v": return "[=\(content)]"
        default: return ".\(content)"
        }
    }

    /// The names of the steps of a field set.
    enum Step {
        static func field(_ name: String) -> String { "f:\(name)" }
        static func value(_ value: JSON) -> String { "v:\(value.text)" }

        /// The step of an element of a list that merges by `keys`; nil where the element lacks one
        /// of them.
        static func element(_ element: JSON, keys: [String]) -> String? {
            var members: [JSONObject.Member] = []
            for key in keys.sorted() {
                guard let value = element[key] ?? MergeKeys.keyDefaults[key] else { return nil }
                members.append((key, value))
            }
            return "k:\(JSON.object(JSONObject(members)).text)"
        }
    }
}

extension FieldSet {
    /// All fields of `value` that can be owned: its leaves, empty maps, and the elements of keyed
    /// lists.
    init(of value: JSON, at path: [String] = [], in keys: MergeKeys) {
        self.init()
        switch value {
        case .object(let object) where !object.isEmpty && !keys.isAtomicMap(at: path):
            for (key, child) in object.members {
                children[Step.field(key)] = FieldSet(of: child, at: path + [key], in: keys)
            }
        case .array(let values):
            switch keys.list(at: path) {
            case .atomic:
                isMember = true
            case .set:
                isMember = values.isEmpty
                for value in values { children[Step.value(value)] = FieldSet(isMember: true) }
            case .map(let names):
                isMember = values.isEmpty
                for value in values {
                    guard let step = Step.element(value, keys: names) else { continue }
                    var child = FieldSet(of: value, at: path, in: keys)
                    child.isMember = true
                    children[step] = child
                }
            }
        default:
            isMember = true
        }
    }

    /// The fields of an object as a client may own them: without its identity and what the server
    /// fills in.
    init(ownedIn object: JSON, keys: MergeKeys) {
        self.init(of: object, in: keys)
        children["f:apiVersion"] = nil
        children["f:kind"] = nil
        for name in [
            "name", "namespace", "generateName", "uid", "resourceVersion", "generation", "selfLink",
            "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields",
        ] { children["f:metadata"]?.children["f:\(name)"] = nil }
        if children["f:metadata"]?.children.isEmpty == true { children["f:metadata"] = nil }
    }
}
