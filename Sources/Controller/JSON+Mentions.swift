import Documents

extension JSON {
    /// Whether some string in this value is `text`.
    func mentions(_ text: String) -> Bool {
        switch self {
        case .string(let string): string == text
        case .array(let values): values.contains { $0.mentions(text) }
        case .object(let object): object.members.contains { $0.value.mentions(text) }
        case .null, .bool, .int, .number: false
        }
    }
}
