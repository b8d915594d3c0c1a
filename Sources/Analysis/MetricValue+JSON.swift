import Documents

extension MetricValue {
    /// A JSON document as a provider or `fromJSON` hands it over. Every number is a float, as in
    /// Go's decoder.
    package init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .float(Double(value))
        case .number(let text): self = .float(Double(text) ?? .nan)
        case .string(let value): self = .string(value)
        case .array(let values): self = .list(values.map(MetricValue.init))
        case .object(let object):
            self = .object(
                Dictionary(
                    object.members.map { ($0.key, MetricValue($0.value)) },
                    uniquingKeysWith: { first, _ in first }))
        }
    }

    /// The value as JSON text, keys sorted. `indent` spaces for each level; nil writes one line.
    package func json(indent: Int?, level: Int = 0) -> String {
        let outer = indent.map { "\n" + String(repeating: " ", count: $0 * level) } ?? ""
        let inner = indent.map { "\n" + String(repeating: " ", count: $0 * (level + 1)) } ?? ""
        switch self {
        case .null: return "null"
        case .bool, .int: return text
        case .float(let value): return value.isFinite ? text : "null"
        case .string(let value): return quoted(value)
        case .time, .duration: return quoted(text)
        case .list(let values):
            if values.isEmpty { return "[]" }
            let parts = values.map { inner + $0.json(indent: indent, level: level + 1) }
            return "[" + parts.joined(separator: ",") + outer + "]"
        case .object, .map:
            guard let entries, !entries.isEmpty else { return "{}" }
            let colon = indent == nil ? ":" : ": "
            let parts = entries.map { key, value in
                inner + quoted(key.text) + colon + value.json(indent: indent, level: level + 1)
            }
            return "{" + parts.joined(separator: ",") + outer + "}"
        }
    }
}

/// A JSON string literal.
func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
