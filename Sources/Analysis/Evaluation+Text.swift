import Documents

extension Evaluation {
    /// The builtins that make or take text.
    mutating func textual(
        _ name: String, _ values: [MetricValue], at: Int
    ) throws(ConditionError) -> MetricValue {
        switch name {
        case "string":
            if case .string = values[0] { return values[0] }
            try spendWalk(over: values[0], at: at)
            let text = values[0].text
            try spendText(text.utf8.count, at: at)
            return .string(text)
        case "join":
            let separator = values.count > 1 ? try text(values[1], for: name, at: at) : ""
            return .string(try join(values[0], by: separator, at: at))
        case "duration":
            let text = try text(values[0], for: name, at: at)
            guard let span = GoDuration(parsing: text) else {
                throw ConditionError("invalid duration \(quoted(text))", at: at)
            }
            return .duration(span)
        case "date": return .time(try date(values, at: at))
        default: break
        }
        let text = try text(values[0], for: name, at: at)
        switch name {
        case "upper": return .string(text.uppercased())
        case "lower": return .string(text.lowercased())
        case "fromJSON": return try parsed(text, at: at)
        case "toBase64":
            try spendText(text.utf8.count / 3 * 4, at: at)
            return .string(base64Text(Array(text.utf8)))
        case "fromBase64":
            guard let bytes = decodedBase64(text),
                let opened = String(validating: bytes, as: UTF8.self)
            else { throw ConditionError("fromBase64: \(quoted(text)) is no text", at: at) }
            return .string(opened)
        default: return try piece(name, of: text, values.dropFirst(), at: at)
        }
    }

    private mutating func parsed(
        _ text: String, at: Int
    ) throws(ConditionError) -> MetricValue {
        let json: JSON
        do {
            json = try JSON(parsing: text)
        } catch {
            throw ConditionError("fromJSON: \(error)", at: at)
        }
        let value = MetricValue(json)
        try spendWalk(over: value, at: at)
        return value
    }

    func text(
        _ value: MetricValue, for name: String, at: Int
    ) throws(ConditionError) -> String {
        guard case .string(let text) = value else { throw refused(name, value, at: at) }
        return text
    }

    private mutating func join(
        _ value: MetricValue, by separator: String, at: Int
    ) throws(ConditionError) -> String {
        var joined = ""
        for (index, value) in try list(value, for: "join", at: at).enumerated() {
            let part = (index > 0 ? separator : "") + (try text(value, for: "join", at: at))
            joined += part
            try spend(1 + part.utf8.count / Condition.Limit.bytesOfStep, at: at)
            try checkLength(joined.utf8.count, at: at)
        }
        return joined
    }
}
