import Documents

/// Values as templates see them.
extension JSON {
    /// Whether it is neither empty, nor zero, nor missing.
    var isTrue: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .number: double != 0
        case .string(let value): !value.isEmpty
        case .array(let values): !values.isEmpty
        case .object(let object): !object.isEmpty
        }
    }

    /// As `%v` prints it; what is missing says so.
    var goPrinted: String { isNull ? "<no value>" : printed }

    private var printed: String {
        switch self {
        case .null: "<nil>"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .number(let text): text
        case .string(let value): value
        case .array(let values): "[\(values.map(\.printed).joined(separator: " "))]"
        case .object(let object): "map[\(pairs(of: object).joined(separator: " "))]"
        }
    }

    private func pairs(of object: JSONObject) -> [String] {
        sortedMembers(object).map { "\($0.key):\($0.value.printed)" }
    }

    /// The value as JSON with its keys in the order that Go writes them in.
    var withSortedKeys: JSON {
        switch self {
        case .array(let values): .array(values.map(\.withSortedKeys))
        case .object(let object):
            .object(JSONObject(sortedMembers(object).map { ($0.key, $0.value.withSortedKeys) }))
        case .null, .bool, .int, .number, .string: self
        }
    }

    /// The work of a walk over the whole value. Stops where it is larger than `room` bytes, which
    /// then is below zero.
    func weight(within room: inout Int) -> Int {
        room -= 1
        guard room >= 0 else { return 0 }
        switch self {
        case .null, .bool, .int: return 1
        case .number(let text), .string(let text):
            room -= text.utf8.count
            return 1 + text.utf8.count / 256
        case .array(let values):
            var work = 1
            for value in values where room >= 0 { work += value.weight(within: &room) }
            return work
        case .object(let object):
            var work = 1
            for member in object.members where room >= 0 {
                room -= member.key.utf8.count
                work += member.value.weight(within: &room)
            }
            return work
        }
    }
}

private func sortedMembers(_ object: JSONObject) -> [JSONObject.Member] {
    object.members.sorted { $0.key < $1.key }
}
