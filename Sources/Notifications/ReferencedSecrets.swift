import Documents

/// The Secret that a configuration refers to with `$key`.
struct ReferencedSecrets {
    /// Nil where only the configuration is looked at: then every key is there.
    let values: [String: Secret]?

    /// `json` with every reference replaced. Notes those that lead nowhere.
    func resolved(_ reader: Reader) -> JSON? {
        guard let value = reader.value else { return nil }
        switch value {
        case .string(let text): return .string(resolved(text, reader))
        case .array: return .array(reader.elements().map { resolved($0) ?? .null })
        case .object:
            return .object(
                JSONObject(reader.members().map { ($0.key, resolved($0.reader) ?? .null) }))
        case .null, .bool, .int, .number: return value
        }
    }

    private func resolved(_ text: String, _ reader: Reader) -> String {
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let behind = rest[dollar...].dropFirst()
            let key = behind.prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
            }
            rest = behind.dropFirst(key.count)
            if key.isEmpty {
                result += "$"
            } else if let values {
                if let value = values[String(key)] {
                    result += value.reveal()
                } else {
                    reader.refuse(
                        "the Secret has no key \"\(key)\"",
                        remedy: "add it to the Secret \(NotificationKeys.secret)")
                }
            } else {
                result += "placeholder"
            }
        }
        return result + rest
    }
}
