extension Evaluation {
    /// A builtin that looks at the elements of a list, one after the other.
    mutating func each(
        _ name: String, _ list: Node, _ body: Node, _ extra: Node?, at: Int
    ) throws(ConditionError) -> MetricValue {
        let value = try value(of: list)
        guard case .list(let values) = value else {
            throw ConditionError("builtin \(name) takes only array (got \(value.typeName))", at: at)
        }
        if values.isEmpty, list.isPartOfResult { isOverNothing = true }
        switch name {
        case "map": return .list(try images(of: values, by: body))
        case "sum":
            var total = MetricValue.int(0)
            for image in try images(of: values, by: body) {
                total = try operate("+", total, image, at: at)
            }
            return total
        case "groupBy": return try grouped(values, by: body, at: at)
        case "sortBy":
            let order = try extra.map { node throws(ConditionError) in try self.value(of: node) }
            let keys = try images(of: values, by: body)
            return .list(try places(of: keys, in: order, for: name, at: at).map { values[$0] })
        case Builtin.reducing: return try reduced(values, by: body, from: extra, at: at)
        default: return try matched(name, values, by: body)
        }
    }

    /// What the closure makes of one element.
    private mutating func image(
        of element: Element, by body: Node
    ) throws(ConditionError) -> MetricValue {
        elements.append(element)
        defer { elements.removeLast() }
        return try value(of: body)
    }

    private mutating func images(
        of values: [MetricValue], by body: Node
    ) throws(ConditionError) -> [MetricValue] {
        var images: [MetricValue] = []
        for (index, value) in values.enumerated() {
            images.append(try image(of: Element(value: value, index: index), by: body))
        }
        return images
    }

    /// Whether the closure holds for an element.
    private mutating func holds(
        _ body: Node, for value: MetricValue, _ index: Int
    ) throws(ConditionError) -> Bool {
        elements.append(Element(value: value, index: index))
        defer { elements.removeLast() }
        return try truth(of: body)
    }

    /// The builtins that ask of each element whether something holds: all, any, one, none, filter,
    /// count and what begins with find.
    private mutating func matched(
        _ name: String, _ values: [MetricValue], by body: Node
    ) throws(ConditionError) -> MetricValue {
        if name.hasPrefix("find") { return try found(name, values, by: body) }
        var kept: [MetricValue] = []
        for (index, value) in values.enumerated() {
            let holds = try holds(body, for: value, index)
            switch name {
            case "all" where !holds, "none" where holds: return .bool(false)
            case "any" where holds: return .bool(true)
            default: if holds { kept.append(value) }
            }
        }
        switch name {
        case "all", "none": return .bool(true)
        case "any": return .bool(false)
        case "one": return .bool(kept.count == 1)
        case "count": return .int(kept.count)
        default: return .list(kept)
        }
    }

    /// The first or last element for which the closure holds, or its index; else nil.
    private mutating func found(
        _ name: String, _ values: [MetricValue], by body: Node
    ) throws(ConditionError) -> MetricValue {
        let isFromEnd = name.hasPrefix("findLast")
        for index in values.indices {
            let index = isFromEnd ? values.count - 1 - index : index
            guard try holds(body, for: values[index], index) else { continue }
            return name.hasSuffix("Index") ? .int(index) : values[index]
        }
        return .null
    }

    private mutating func grouped(
        _ values: [MetricValue], by body: Node, at: Int
    ) throws(ConditionError) -> MetricValue {
        var groups: [MetricValue: [MetricValue]] = [:]
        for (key, value) in zip(try images(of: values, by: body), values) {
            try checkKey(key, for: "groupBy", at: at)
            groups[key, default: []].append(value)
        }
        return MetricValue(entries: groups.mapValues { .list($0) })
    }

    /// Refuses what cannot be a key of a map, and charges for looking it up.
    mutating func checkKey(
        _ key: MetricValue, for name: String, at: Int
    ) throws(ConditionError) {
        guard key.isKey else { throw refused(name, key, at: at) }
        try spendWalk(over: key, at: at)
    }

    private mutating func reduced(
        _ values: [MetricValue], by body: Node, from initial: Node?, at: Int
    ) throws(ConditionError) -> MetricValue {
        var rest = values[...]
        var accumulator: MetricValue
        if let initial {
            accumulator = try value(of: initial)
        } else if let first = rest.popFirst() {
            accumulator = first
        } else {
            throw ConditionError("reduce of no values", at: at)
        }
        for index in rest.indices {
            let element = Element(value: rest[index], index: index, accumulator: accumulator)
            accumulator = try image(of: element, by: body)
            // It may hold itself, many times over.
            try spendWalk(over: accumulator, at: at)
        }
        return accumulator
    }
}
