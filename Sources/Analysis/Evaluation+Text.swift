import Documents

extension Evaluation {
    /// The builtins on text: trim, upper, lower, split, join, string, duration, date, fromJSON.
    mutating func textual(
        _ name: String, _ values: [MetricValue], at: Int
    ) throws(ConditionError) -> MetricValue {
        switch name {
        case "string":
            if case .string = values[0] { return values[0] }
            return .string(try bounded(values[0].text, at: at))
        case "join":
            let separator = values.count > 1 ? try text(values[1], for: name, at: at) : ""
            return .string(try join(values[0], by: separator, at: at))
        case "duration":
            let text = try text(values[0], for: name, at: at)
            guard let span = GoDuration(parsing: text) else {
                throw ConditionError("invalid duration \(quoted(text))", at: at)
            }
            return .duration(span)
        case "date": return .time(try date(try text(values[0], for: name, at: at), at: at))
        default: break
        }
        let text = try text(values[0], for: name, at: at)
        try spend(text.utf8.count / 16, at: at)
        switch name {
        case "upper": return .string(text.uppercased())
        case "lower": return .string(text.lowercased())
        case "trim":
            let cut = values.count > 1 ? try self.text(values[1], for: name, at: at) : nil
            return .string(trimmed(text, of: cut))
        case "split":
            let separator = try self.text(values[1], for: name, at: at)
            return .list(try split(text, by: separator, limit: values.dropFirst(2).first, at: at))
        case "fromJSON":
            do {
                return MetricValue(try JSON(parsing: text))
            } catch {
                throw ConditionError("fromJSON: \(error)", at: at)
            }
        default: throw ConditionError("unknown function \(quoted(name))", at: at)
        }
    }

    private func text(
        _ value: MetricValue, for name: String, at: Int
    ) throws(ConditionError) -> String {
        guard case .string(let text) = value else {
            throw ConditionError("invalid argument for \(name) (type \(value.typeName))", at: at)
        }
        return text
    }

    private func trimmed(_ text: String, of cut: String?) -> String {
        let characters = cut.map { Set($0.unicodeScalars) }
        func isCut(_ scalar: Unicode.Scalar) -> Bool {
            characters?.contains(scalar) ?? scalar.properties.isWhitespace
        }
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, isCut(first) { scalars.removeFirst() }
        while let last = scalars.last, isCut(last) { scalars.removeLast() }
        return String(scalars)
    }

    private mutating func split(
        _ text: String, by separator: String, limit: MetricValue?, at: Int
    ) throws(ConditionError) -> [MetricValue] {
        var most = Int.max
        if let limit {
            guard case .int(let count) = limit else {
                throw ConditionError("split takes an integer as its third argument", at: at)
            }
            if count == 0 { return [] }
            most = count < 0 ? Int.max : count
        }
        var parts: [MetricValue] = []
        var rest = Substring(text)
        while parts.count + 1 < most {
            if separator.isEmpty {
                guard rest.count > 1, let first = rest.popFirst() else { break }
                parts.append(.string(String(first)))
            } else {
                guard let range = rest.firstRange(of: separator) else { break }
                parts.append(.string(String(rest[..<range.lowerBound])))
                rest = rest[range.upperBound...]
            }
            try spend(1, at: at)
        }
        return parts + [.string(String(rest))]
    }

    private mutating func join(
        _ value: MetricValue, by separator: String, at: Int
    ) throws(ConditionError) -> String {
        guard case .list(let values) = value else {
            throw ConditionError("invalid argument for join (type \(value.typeName))", at: at)
        }
        var joined = ""
        for (index, value) in values.enumerated() {
            if index > 0 { joined += separator }
            joined += try text(value, for: "join", at: at)
            joined = try bounded(joined, at: at)
            try spend(1, at: at)
        }
        return joined
    }

    /// The layouts that are in use: RFC 3339, and a plain date or date and time in UTC.
    private func date(_ text: String, at: Int) throws(ConditionError) -> Timestamp {
        let candidates = [
            text, "\(text)T00:00:00Z", text.replacing(" ", with: "T") + "Z", "\(text)Z",
        ]
        for candidate in candidates {
            if let time = Timestamp(rfc3339: candidate) { return time }
        }
        throw ConditionError("invalid date \(quoted(text))", at: at)
    }
}
