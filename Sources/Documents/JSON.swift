/// A JSON value that loses nothing: objects keep the order of their members and the members nobody
/// knows, numbers that are not 64-bit integers keep their source text.
package enum JSON: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    /// A number that is no 64-bit integer, as it was written.
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// The members of a JSON object in their order. Kubernetes objects are small, so a lookup is a
/// linear scan, which beats hashing at that size.
package struct JSONObject: Sendable {
    /// A key and its value.
    package typealias Member = (key: String, value: JSON)

    package var members: [Member]

    package init(_ members: [Member] = []) {
        self.members = members
    }

    /// The value under `key`. Setting keeps the member's position, adds it at the end, or (nil)
    /// removes it.
    package subscript(key: String) -> JSON? {
        get {
            // By index: a loop over the members would copy each of them.
            var index = 0
            while index < members.count {
                if members[index].key == key { return members[index].value }
                index += 1
            }
            return nil
        }
        set {
            if let index = members.firstIndex(where: { $0.key == key }) {
                if let newValue {
                    members[index].value = newValue
                } else {
                    members.remove(at: index)
                }
            } else if let newValue {
                members.append((key, newValue))
            }
        }
    }

    package var keys: [String] { members.map(\.key) }
    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
}

/// Two objects are equal when they have the same members; their order does not matter.
extension JSONObject: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        guard left.members.count == right.members.count else { return false }
        if left.hasSameStorage(as: right) { return true }
        // Nearly always the order is the same; then no key has to be looked up.
        if zip(left.members, right.members).allSatisfy({ $0.key == $1.key }) {
            return zip(left.members, right.members).allSatisfy { $0.value == $1.value }
        }
        let values = Dictionary(
            right.members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        return left.members.allSatisfy { values[$0.key] == $0.value }
    }

    /// Whether both are copies of one value, of which nobody has changed one yet: versions of an
    /// object share what they have in common.
    func hasSameStorage(as other: Self) -> Bool {
        members.withUnsafeBufferPointer { own in
            other.members.withUnsafeBufferPointer { own.baseAddress == $0.baseAddress }
        }
    }

    package func hash(into hasher: inout Hasher) {
        // The order of members must not show in the hash, since it does not show in equality.
        hasher.combine(members.count)
        hasher.combine(members.reduce(0) { $0 ^ $1.key.hashValue })
    }
}

extension JSON: Hashable {
    package static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        case (.number(let a), .number(let b)): a == b || Double(a) == Double(b)
        case (.number(let a), .int(let b)), (.int(let b), .number(let a)): Double(a) == Double(b)
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(Double(value))
        // Equal to an integer of the same value, so it must hash like one.
        case .number(let text): hasher.combine(Double(text) ?? .nan)
        case .string(let value): hasher.combine(value)
        case .array(let values): hasher.combine(values)
        case .object(let object): hasher.combine(object)
        }
    }
}

// What follows reads a value as the type it should have; nil where it has another.
extension JSON {
    /// The member `key` of an object; nil for an absent member and for anything that is no object.
    package subscript(key: String) -> JSON? {
        get {
            if case .object(let object) = self { object[key] } else { nil }
        }
        set {
            var object = self.object ?? JSONObject()
            object[key] = newValue
            self = .object(object)
        }
    }

    /// The element at `index` of an array; nil outside of it.
    package subscript(index: Int) -> JSON? {
        guard case .array(let values) = self, values.indices.contains(index) else { return nil }
        return values[index]
    }

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var int: Int? {
        if case .int(let value) = self { Int(value) } else { nil }
    }

    /// Any number as a double.
    package var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .number(let text): Double(text)
        default: nil
        }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var array: [JSON]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// An object of strings as a dictionary, as labels, annotations and selectors are; other values
    /// are left out.
    package var strings: [String: String] {
        guard case .object(let object) = self else { return [:] }
        return Dictionary(
            object.members.compactMap { member in member.value.string.map { (member.key, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// An object with the members of `strings`, sorted by key so that the same dictionary always
    /// writes the same text.
    package init(strings: [String: String]) {
        self = .object(
            JSONObject(strings.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    /// What kind of value this is, in the words that users know.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int: "an integer"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

/// Not by `nil`: in `condition ? nil : value` it would mean null, where the writer means absent.
extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements.map { ($0.0, $0.1) }))
    }
}
