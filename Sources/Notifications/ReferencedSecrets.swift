import Documents

/// The Secret that a configuration refers to with `$key`.
struct ReferencedSecrets {
    /// Nil where only the configuration is looked at: then every key is there.
    let values: [String: Secret]?
    /// The keys of the Secret in order.
    private let keys: [String]

    init(values: [String: Secret]?) {
        self.values = values
        keys = values?.keys.sorted() ?? []
    }

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
            let key = key(in: rest[dollar...].dropFirst())
            rest = rest[dollar...].dropFirst(1 + key.count)
            if key.isEmpty {
                result += "$"
            } else if let value = values?[key] {
                result += value.reveal()
            } else if values == nil {
                result += "placeholder"
            } else {
                reader.refuse(
                    "the Secret has no key \"\(key)\"",
                    remedy: "add it to the Secret \(NotificationKeys.secret)")
            }
        }
        return result + rest
    }

    /// The name that a text begins with. A dot belongs to it where the Secret has such a key, as in
    /// `$tls.crt`; else it ends it, as in `https://$host.example.com`. Where other keys go on with
    /// that dot the whole is mistyped, and another secret must not go out in its place.
    private func key(in text: Substring) -> String {
        let isName = { (character: Character) in
            character.isASCII
                && (character.isLetter || character.isNumber || "-_".contains(character))
        }
        let whole = text.prefix(longestKey).prefix { isName($0) || $0 == "." }
        var key = whole
        while let dot = key.lastIndex(of: "."), values?[String(key)] == nil { key = key[..<dot] }
        let isMistyped = key != whole && !key.isEmpty && hasKey(beginningWith: "\(key).")
        return String(isMistyped ? whole : key)
    }

    /// The first key that does not come before `prefix` begins with it, or none does.
    private func hasKey(beginningWith prefix: String) -> Bool {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < prefix { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low].hasPrefix(prefix)
    }
}

/// No key of a Secret is longer, and each dot in a longer name would cost a look at all of it.
private let longestKey = 253
