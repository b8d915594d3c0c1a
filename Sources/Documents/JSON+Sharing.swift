extension JSON {
    /// The same value, with the memory of `other` wherever the two say the same: versions of an
    /// object, and objects made from one template, differ in little.
    package func sharing(_ other: JSON) -> JSON {
        if isWritten(like: other) { return other }
        switch (self, other) {
        case (.object(let own), .object(let others)):
            return .object(
                JSONObject(
                    own.members.map { key, value in
                        guard
                            let member = others.members.first(where: { $0.key.isWritten(like: key) }
                            )
                        else {
                            return (key, value)
                        }
                        return (member.key, value.sharing(member.value))
                    }))
        case (.array(let own), .array(let others)):
            return .array(
                own.indices.map { index in
                    others.indices.contains(index)
                        ? own[index].sharing(others[index]) : own[index]
                })
        default: return self
        }
    }

    /// Equal values may still be written in different ways: in another order, as 1 and 1.0, in
    /// other characters for the same letter. None of that is lost.
    private func isWritten(like other: JSON) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let own), .bool(let others)): own == others
        case (.int(let own), .int(let others)): own == others
        case (.number(let own), .number(let others)), (.string(let own), .string(let others)):
            own.isWritten(like: others)
        case (.array(let own), .array(let others)):
            own.count == others.count && zip(own, others).allSatisfy { $0.isWritten(like: $1) }
        case (.object(let own), .object(let others)):
            own.hasSameStorage(as: others)
                || own.count == others.count
                    && zip(own.members, others.members).allSatisfy {
                        $0.key.isWritten(like: $1.key) && $0.value.isWritten(like: $1.value)
                    }
        default: false
        }
    }
}

extension String {
    fileprivate func isWritten(like other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}

/// Makes JSON values small that are kept for long: without the room that lists have for growing,
/// and with one copy of each long key for all.
package struct Compactor: Sendable {
    private var keys: Set<String> = []

    /// Shorter texts take no memory of their own.
    private static let longestInline = 15
    /// More field names than all kinds together have; the rest are somebody's labels.
    private static let maximumKeys = 2_000

    package init() {}

    /// The same value in as little memory as it needs.
    package mutating func compact(_ json: JSON) -> JSON {
        switch json {
        case .null, .bool, .int, .number, .string: json
        case .array(let values): .array(values.map { compact($0) })
        case .object(let object):
            .object(JSONObject(object.members.map { (shared($0.key), compact($0.value)) }))
        }
    }

    private mutating func shared(_ key: String) -> String {
        if key.utf8.count <= Self.longestInline { return key }
        if let index = keys.firstIndex(of: key), keys[index].isWritten(like: key) {
            return keys[index]
        }
        if keys.count < Self.maximumKeys { keys.insert(key) }
        return key
    }
}
