import Documents
import KubernetesObjects

/// How a type of the Kubernetes API stands in JSON when Go writes it: its fields in their order,
/// and what is left out when empty. Hashes of templates and steps are hashes of those bytes
/// (rollout-semantics §3.1).
struct GoFields: Sendable {
    /// How one field is written.
    enum Form: Hashable, Sendable {
        /// A plain value, left out when it is zero.
        case value
        /// A value behind a pointer: written whenever it is there.
        case pointer
        /// Written always, as `absent` where the document has none.
        case always(absent: JSON)
        /// A struct, written always; as a pointer only when it is there.
        case structure(String, isPointer: Bool)
        /// A list of structs, left out when empty unless the field is required.
        case list(String, isRequired: Bool)
        /// A list of plain values, left out when empty.
        case values
        /// A map of strings, sorted by key.
        case map
        /// A map of quantities in canonical form, sorted by key.
        case quantities
        /// One quantity; a struct in Go, so that it is written as "0" where there is none.
        case quantity(isPointer: Bool)
        /// `creationTimestamp`, which libraries before Kubernetes 0.34 wrote as null where there is
        /// none.
        case creationTimestamp
    }

    struct Field: Hashable, Sendable {
        let name: String
        let form: Form
    }

    private let types: [String: [Field]]

    /// Reads a table: one type on a line, `Type: field field …`. A bare field is `.value`; `name?`
    /// a pointer; `name!`, `name!0`, `name!null` always written, as "", 0 or null; `name=T` and
    /// `name:T` a struct and a pointer to one; `name*T` and `name*!T` a list and a required list of
    /// structs; `name*` a list of values; `name{}` a map, `name{q}` one of quantities; `name~` and
    /// `name?~` a quantity; `name^` creationTimestamp.
    init(tables: [String]) {
        var types: [String: [Field]] = [:]
        for line in tables.joined(separator: "\n").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let name = words.first?.dropLast() else { continue }
            types[String(name), default: []] += words.dropFirst().map(Self.field)
        }
        self.types = types
    }

    private static func field(_ word: Substring) -> Field {
        let name = word.prefix { $0.isLetter || $0.isNumber }
        let rest = word.dropFirst(name.count)
        let type = String(rest.dropFirst().drop { $0 == "!" })
        let form: Form =
            switch rest.first {
            case "?": rest.last == "~" ? .quantity(isPointer: true) : .pointer
            case "!": .always(absent: type == "0" ? 0 : type == "null" ? .null : "")
            case "=": .structure(type, isPointer: false)
            case ":": .structure(type, isPointer: true)
            case "*":
                type.isEmpty ? .values : .list(type, isRequired: rest.dropFirst().first == "!")
            case "{": rest == "{q}" ? .quantities : .map
            case "~": .quantity(isPointer: false)
            case "^": .creationTimestamp
            default: .value
            }
        return Field(name: String(name), form: form)
    }

    /// The fields of `type` in Go's order; none for a type that the tables do not list.
    func fields(of type: String) -> [Field] { types[type] ?? [] }

    /// Which of Go's libraries wrote the JSON.
    enum Library: Sendable {
        /// Kubernetes 0.34 and later, as Argo Rollouts 1.9 uses it.
        case current
        /// Before: every metadata has `"creationTimestamp":null`.
        case former
    }

    /// `json` as Go would write it as a `type`. Members that the tables do not know follow in the
    /// order in which they were given: a field newer than the tables must still change the hash.
    func written(_ json: JSON?, as type: String, by library: Library = .current) -> JSON {
        guard let fields = types[type] else { return json ?? .null }
        let object = json?.object ?? JSONObject()
        var members: [JSONObject.Member] = []
        for field in fields {
            let value = object[field.name]
            let present = value?.isNull == true ? Optional.none : value
            if let written = written(present, as: field.form, by: library) {
                members.append((field.name, written))
            }
        }
        let known = Set(fields.map(\.name))
        members += object.members.filter { !known.contains($0.key) && !$0.value.isNull }
        return .object(JSONObject(members))
    }

    // Every way out is a statement of its own: in an expression, nil would become the JSON null.
    private func written(_ value: JSON?, as form: Form, by library: Library) -> JSON? {
        switch form {
        case .always(let absent): return value ?? absent
        case .structure(let type, isPointer: false): return written(value, as: type, by: library)
        case .list(_, isRequired: true) where value == nil: return .some(.null)
        case .quantity(isPointer: false) where value == nil: return "0"
        case .creationTimestamp where value == nil && library == .former: return .some(.null)
        default: break
        }
        guard let value else { return .none }
        switch form {
        case .value:
            if value.isZero { return .none }
        case .values, .list(_, isRequired: false):
            if value.array?.isEmpty == true { return .none }
        case .map, .quantities:
            if value.object?.isEmpty == true { return .none }
        default: break
        }
        return present(value, as: form, by: library)
    }

    private func present(_ value: JSON, as form: Form, by library: Library) -> JSON {
        switch form {
        case .structure(let type, _): written(value, as: type, by: library)
        case .list(let type, _):
            value.array.map { .array($0.map { written($0, as: type, by: library) }) } ?? value
        case .map: sortedMap(value) { $0 }
        case .quantities: sortedMap(value, \.canonicalQuantity)
        case .quantity: value.canonicalQuantity
        case .value, .pointer, .always, .values, .creationTimestamp: value
        }
    }

    private func sortedMap(_ value: JSON, _ element: (JSON) -> JSON) -> JSON {
        guard let object = value.object else { return value }
        let members = object.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return .object(JSONObject(members.map { ($0.key, element($0.value)) }))
    }
}

extension JSON {
    /// Whether Go's `omitempty` leaves this plain value out.
    fileprivate var isZero: Bool {
        switch self {
        case .null, .bool(false), .int(0), .string(""): true
        case .array(let values): values.isEmpty
        case .object(let object): object.isEmpty
        default: false
        }
    }

    /// The value as a quantity in canonical form; itself where it is none.
    fileprivate var canonicalQuantity: JSON {
        let text: String? =
            switch self {
            case .string(let text): text
            case .int(let value): String(value)
            case .number(let text): text
            default: nil
            }
        return text.flatMap(Quantity.init).map { .string($0.text) } ?? self
    }
}
