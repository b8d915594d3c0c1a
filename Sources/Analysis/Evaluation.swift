import Documents

/// One evaluation of an expression: its inputs, the closures it is in, and the work done so far.
struct Evaluation {
    let result: MetricValue
    let now: Timestamp
    /// Whether it went over a list of the result that has nothing in it.
    private(set) var isOverNothing = false
    private var steps = 0
    private var elements: [(value: MetricValue, index: Int)] = []

    init(result: MetricValue, now: Timestamp) {
        self.result = result
        self.now = now
    }

    /// Counts work, so that no expression can hold the controller up.
    mutating func spend(_ work: Int, at: Int) throws(ConditionError) {
        steps += work
        if steps > Condition.Limit.steps {
            throw ConditionError("takes more than \(Condition.Limit.steps) steps", at: at)
        }
    }

    mutating func value(of node: Node) throws(ConditionError) -> MetricValue {
        try spend(1, at: node.at)
        switch node.kind {
        case .literal(let value): return value
        case .result: return result
        case .element: return elements.last?.value ?? .null
        case .elementIndex: return .int(elements.last?.index ?? 0)
        case .list(let nodes): return .list(try values(of: nodes))
        case .map(let members): return try map(members)
        case .unary(let name, let operand): return try unary(name, operand, at: node.at)
        case .binary(let name, let left, let right):
            return try binary(name, left, right, at: node.at)
        case .choice(let condition, let yes, let no):
            return try value(of: try truth(of: condition) ? yes : no)
        case .access(let base, let accesses): return try access(base, accesses)
        case .call(let name, let arguments):
            return try call(name, try values(of: arguments), at: node.at)
        case .each(let name, let list, let body): return try each(name, list, body, at: node.at)
        }
    }

    private mutating func values(of nodes: [Node]) throws(ConditionError) -> [MetricValue] {
        var values: [MetricValue] = []
        for node in nodes { values.append(try value(of: node)) }
        return values
    }

    private mutating func map(_ members: [(String, Node)]) throws(ConditionError) -> MetricValue {
        var object: [String: MetricValue] = [:]
        for (key, node) in members { object[key] = try value(of: node) }
        return .object(object)
    }

    private mutating func truth(of node: Node) throws(ConditionError) -> Bool {
        let value = try value(of: node)
        guard case .bool(let truth) = value else {
            throw ConditionError("expected bool, but got \(value.typeName)", at: node.at)
        }
        return truth
    }

    private mutating func unary(
        _ name: String, _ operand: Node, at: Int
    ) throws(ConditionError) -> MetricValue {
        if name == "!" { return .bool(!(try truth(of: operand))) }
        let value = try value(of: operand)
        switch value {
        case .int(let number):
            if name == "+" { return value }
            guard number != .min else { throw ConditionError("integer overflow", at: at) }
            return .int(-number)
        case .float(let number): return .float(name == "-" ? -number : number)
        case .duration(let span) where name == "-":
            return .duration(GoDuration(nanoseconds: 0 &- span.nanoseconds))
        default: throw ConditionError("invalid operation: \(name)\(value.typeName)", at: at)
        }
    }

    private mutating func binary(
        _ name: String, _ left: Node, _ right: Node, at: Int
    ) throws(ConditionError) -> MetricValue {
        switch name {
        case "&&": return .bool(try truth(of: left) ? try truth(of: right) : false)
        case "||": return .bool(try truth(of: left) ? true : try truth(of: right))
        case "??":
            let value = try value(of: left)
            if case .null = value { return try self.value(of: right) }
            return value
        default:
            return try operate(name, try value(of: left), try value(of: right), at: at)
        }
    }

    private mutating func access(
        _ base: Node, _ accesses: [Node.Access]
    ) throws(ConditionError) -> MetricValue {
        var current = try value(of: base)
        for access in accesses {
            try spend(1, at: base.at)
            switch access {
            case .member(let name, let optional, let at):
                if optional, case .null = current { return .null }
                current = try member(name, of: current, at: at)
            case .index(let node, let optional):
                if optional, case .null = current { return .null }
                let index = try value(of: node)
                current = try element(index, of: current, at: node.at)
            case .slice(let from, let to, let at):
                let lower = try from.map { node throws(ConditionError) in try value(of: node) }
                let upper = try to.map { node throws(ConditionError) in try value(of: node) }
                current = try slice(current, from: lower, to: upper, at: at)
            }
        }
        return current
    }

    private func member(
        _ name: String, of value: MetricValue, at: Int
    ) throws(ConditionError) -> MetricValue {
        switch value {
        case .object(let members): return members[name] ?? .null
        case .null: throw ConditionError("cannot fetch \(name) from nil", at: at)
        default: throw ConditionError("type \(value.typeName) has no field \(name)", at: at)
        }
    }

    private func element(
        _ index: MetricValue, of value: MetricValue, at: Int
    ) throws(ConditionError) -> MetricValue {
        switch (value, index) {
        case (.object(let members), .string(let key)): return members[key] ?? .null
        case (.list(let values), .int(let position)):
            let place = position < 0 ? values.count + position : position
            guard values.indices.contains(place) else {
                throw ConditionError(
                    "index out of range: \(position) (array length is \(values.count))", at: at)
            }
            return values[place]
        case (.list, _):
            throw ConditionError(
                "array elements can only be selected using an integer (got \(index.typeName))",
                at: at)
        case (.null, _): throw ConditionError("cannot fetch \(index.text) from nil", at: at)
        default:
            throw ConditionError("type \(value.typeName)[\(index.typeName)] is undefined", at: at)
        }
    }

    private func slice(
        _ value: MetricValue, from: MetricValue?, to: MetricValue?, at: Int
    ) throws(ConditionError) -> MetricValue {
        guard case .list(let values) = value else {
            throw ConditionError("cannot slice \(value.typeName)", at: at)
        }
        var bounds = [0, values.count]
        for (place, bound) in [from, to].enumerated() {
            guard let bound else { continue }
            guard case .int(let position) = bound else {
                throw ConditionError("a slice needs integers (got \(bound.typeName))", at: at)
            }
            let counted = position < 0 ? values.count + position : position
            bounds[place] = min(max(counted, 0), values.count)
        }
        return .list(bounds[0] < bounds[1] ? Array(values[bounds[0]..<bounds[1]]) : [])
    }

    /// all, any, one, none, map, filter, count, sum, find: the elements of a list, one after the
    /// other.
    private mutating func each(
        _ name: String, _ list: Node, _ body: Node, at: Int
    ) throws(ConditionError) -> MetricValue {
        let value = try value(of: list)
        guard case .list(let values) = value else {
            throw ConditionError("builtin \(name) takes only array (got \(value.typeName))", at: at)
        }
        if values.isEmpty, list.isPartOfResult { isOverNothing = true }
        var matched = 0
        var kept: [MetricValue] = []
        var total = MetricValue.int(0)
        for (index, element) in values.enumerated() {
            elements.append((element, index))
            defer { elements.removeLast() }
            switch name {
            case "map": kept.append(try self.value(of: body))
            case "sum":
                total = try operate("+", total, try self.value(of: body), at: at)
            default:
                let holds = try truth(of: body)
                if holds { matched += 1 }
                switch name {
                case "all" where !holds, "none" where holds: return .bool(false)
                case "any" where holds: return .bool(true)
                case "find" where holds: return element
                case "filter" where holds: kept.append(element)
                default: break
                }
            }
        }
        switch name {
        case "all", "none": return .bool(true)
        case "any": return .bool(false)
        case "one": return .bool(matched == 1)
        case "count": return .int(matched)
        case "sum": return total
        case "find": return .null
        default: return .list(kept)
        }
    }
}

extension Node {
    /// Whether it is what was measured, and not what the expression makes of that.
    fileprivate var isPartOfResult: Bool {
        switch kind {
        case .result: true
        case .access(let base, _): base.isPartOfResult
        default: false
        }
    }
}
