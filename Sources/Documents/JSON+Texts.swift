extension JSON {
    /// The same document, every text of it passed through `change`.
    package func changingTexts(_ change: (String) -> String) -> JSON {
        switch self {
        case .null, .bool, .int, .number: self
        case .string(let text): .string(change(text))
        case .array(let values): .array(values.map { $0.changingTexts(change) })
        case .object(let object):
            .object(
                JSONObject(object.members.map { ($0.key, $0.value.changingTexts(change)) }))
        }
    }
}
