import Documents

extension JSON {
    /// Whether this value says all that `wanted` does. Servers fill in what was left out.
    func includes(_ wanted: JSON) -> Bool {
        switch (self, wanted) {
        case (.object(let object), .object(let members)):
            members.members.allSatisfy { object[$0.key]?.includes($0.value) ?? false }
        case (.array(let values), .array(let elements)):
            values.count == elements.count
                && zip(values, elements).allSatisfy { $0.includes($1) }
        default: self == wanted
        }
    }
}
