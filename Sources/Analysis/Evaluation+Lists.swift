import Documents

extension Evaluation {
    /// The builtins on lists and maps, but for those with a closure; nil for other names.
    mutating func collective(
        _ name: String, _ values: [MetricValue], at: Int
    ) throws(ConditionError) -> MetricValue? {
        switch name {
        case "first", "last":
            let list = try list(values[0], for: name, at: at)
            return (name == "first" ? list.first : list.last) ?? .null
        case "get": return try entry(of: values[0], under: values[1], at: at)
        case "take": return .list(try taken(values, at: at))
        case "reverse":
            let list = try list(values[0], for: name, at: at)
            try spend(list.count, at: at)
            return .list(list.reversed())
        case "concat": return .list(try flat(values, for: name, at: at, isStrict: true))
        case "sort":
            let list = try list(values[0], for: name, at: at)
            let order = values.dropFirst().first
            return .list(try places(of: list, in: order, for: name, at: at).map { list[$0] })
        case "keys", "values", "toPairs":
            guard let entries = values[0].entries else { throw refused(name, values[0], at: at) }
            try spend(entries.count, at: at)
            switch name {
            case "keys": return .list(entries.map(\.key))
            case "values": return .list(entries.map(\.value))
            default: return .list(entries.map { .list([$0.key, $0.value]) })
            }
        case "fromPairs": return try paired(values[0], at: at)
        default: return nil
        }
    }

    func list(
        _ value: MetricValue, for name: String, at: Int
    ) throws(ConditionError) -> [MetricValue] {
        guard case .list(let values) = value else { throw refused(name, value, at: at) }
        return values
    }

    /// The elements of all lists in one; another value is an element by itself, unless `isStrict`.
    mutating func flat(
        _ values: [MetricValue], for name: String, at: Int, isStrict: Bool = false
    ) throws(ConditionError) -> [MetricValue] {
        var flat: [MetricValue] = []
        for value in values {
            guard case .list(let inner) = value else {
                if isStrict { throw refused(name, value, at: at) }
                flat.append(value)
                continue
            }
            // Before they are there: they may be very many.
            try spend(inner.count, at: at)
            flat += inner
        }
        return flat
    }

    /// What stands under an index or a key; nil where nothing does.
    private func entry(
        of value: MetricValue, under key: MetricValue, at: Int
    ) throws(ConditionError) -> MetricValue {
        switch (value, key) {
        case (.null, _): return .null
        case (.list(let values), .int(let position)):
            let place = position < 0 ? values.count + position : position
            return values.indices.contains(place) ? values[place] : .null
        case (.object(let members), .string(let name)): return members[name] ?? .null
        case (.map(let members), _) where key.isKey: return members[key] ?? .null
        default:
            throw ConditionError(
                "cannot get an element of \(value.typeName) by \(key.typeName)", at: at)
        }
    }

    private mutating func taken(
        _ values: [MetricValue], at: Int
    ) throws(ConditionError) -> [MetricValue] {
        let list = try list(values[0], for: "take", at: at)
        guard case .int(let count) = values[1] else { throw refused("take", values[1], at: at) }
        guard count >= 0 else {
            throw ConditionError("take: \(count) is no number of elements", at: at)
        }
        try spend(min(count, list.count), at: at)
        return Array(list.prefix(count))
    }

    private mutating func paired(
        _ value: MetricValue, at: Int
    ) throws(ConditionError) -> MetricValue {
        var entries: [MetricValue: MetricValue] = [:]
        for pair in try list(value, for: "fromPairs", at: at) {
            let pair = try list(pair, for: "fromPairs", at: at)
            guard pair.count == 2 else {
                throw ConditionError("fromPairs: a pair has \(pair.count) elements", at: at)
            }
            try checkKey(pair[0], for: "fromPairs", at: at)
            entries[pair[0]] = pair[1]
        }
        return MetricValue(entries: entries)
    }
}

extension Evaluation {
    /// The places of the keys, sorted; equal ones keep their order. They are all numbers, all
    /// texts, all times or all durations.
    ///
    /// - Parameter order: "asc" or "desc"; nil for the first.
    mutating func places(
        of keys: [MetricValue], in order: MetricValue?, for name: String, at: Int
    ) throws(ConditionError) -> [Int] {
        let isDescending = try isDescending(order, for: name, at: at)
        for key in keys { try spendWalk(over: key, at: at) }
        try spend(keys.count * workOfSorting, at: at)
        func sorted<Key: Comparable>(_ keys: [Key]) -> [Int] {
            keys.indices.sorted { one, other in
                if keys[one] < keys[other] { return !isDescending }
                if keys[other] < keys[one] { return isDescending }
                return one < other
            }
        }
        // NaN comes before all numbers, as Go sorts it.
        let numbers = keys.compactMap(\.number).map { $0.isNaN ? -.infinity : $0 }
        if numbers.count == keys.count { return sorted(numbers) }
        let texts = keys.compactMap(Bytes.init)
        if texts.count == keys.count { return sorted(texts) }
        let times = keys.compactMap(\.time)
        if times.count == keys.count { return sorted(times) }
        let spans = keys.compactMap(\.span)
        if spans.count == keys.count { return sorted(spans) }
        let kinds = Set(keys.map(\.kind)).sorted().joined(separator: ", ")
        throw ConditionError("\(name): \(kinds) have no order", at: at)
    }

    private func isDescending(
        _ order: MetricValue?, for name: String, at: Int
    ) throws(ConditionError) -> Bool {
        switch order {
        case nil, .string("asc")?: return false
        case .string("desc")?: return true
        case let other?:
            guard case .string(let text) = other else { throw refused(name, other, at: at) }
            throw ConditionError(
                "\(name): invalid order \(quoted(text)), expected asc or desc", at: at)
        }
    }
}

/// What sorting costs for each element, beside looking at it: the comparisons of a long list.
private let workOfSorting = 4

/// A text in the order of its bytes, as Go compares, not in that of Unicode.
private struct Bytes: Comparable {
    private let text: String

    /// Nil for what is no text.
    init?(_ value: MetricValue) {
        guard case .string(let text) = value else { return nil }
        self.text = text
    }

    static func < (left: Bytes, right: Bytes) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension MetricValue {
    fileprivate var time: Timestamp? {
        if case .time(let time) = self { time } else { nil }
    }

    fileprivate var span: GoDuration? {
        if case .duration(let span) = self { span } else { nil }
    }
}
