import Documents

/// One evaluation of an expression: its inputs, the closures and bindings it is in, and the work
/// done so far.
struct Evaluation {
    /// An element that a closure looks at.
    struct Element {
        let value: MetricValue
        let index: Int
        /// What `reduce` made of the elements before.
        var accumulator = MetricValue.null
    }

    let result: MetricValue
    let now: Timestamp
    /// Whether it went over a list of the result that has nothing in it.
    var isOverNothing = false
    /// The innermost last.
    var elements: [Element] = []
    private var variables: [MetricValue] = []
    private var steps = 0

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

    /// Charges a walk over a whole value. One that nests too deep is refused: whoever walks over it
    /// needs as deep a stack.
    mutating func spendWalk(
        over value: MetricValue, at: Int, depth: Int = 0
    ) throws(ConditionError) {
        guard depth < Condition.Limit.valueDepth else {
            throw ConditionError(
                "builds a value that nests deeper than \(Condition.Limit.valueDepth)", at: at)
        }
        // Each level takes room where the value is written.
        try spend(1 + depth / 8, at: at)
        switch value {
        case .list(let values):
            for value in values { try spendWalk(over: value, at: at, depth: depth + 1) }
        case .object(let members):
            for value in members.values { try spendWalk(over: value, at: at, depth: depth + 1) }
        case .map(let members):
            for value in members.values { try spendWalk(over: value, at: at, depth: depth + 1) }
        case .string(let text): try spendReading(text, at: at)
        case .null, .bool, .int, .float, .time, .duration: break
        }
    }

    mutating func value(of node: Node) throws(ConditionError) -> MetricValue {
        try spend(1, at: node.at)
        switch node.kind {
        case .literal(let value): return value
        case .result: return result
        case .element: return elements.last?.value ?? .null
        case .elementIndex: return .int(elements.last?.index ?? 0)
        case .accumulator: return elements.last?.accumulator ?? .null
        case .variable(let place, _): return variables[place]
        case .binding(let bound, let rest): return try binding(bound, rest)
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
        case .each(let name, let list, let body, let extra):
            return try each(name, list, body, extra, at: node.at)
        }
    }

    private mutating func binding(
        _ bound: Node, _ rest: Node
    ) throws(ConditionError) -> MetricValue {
        let value = try value(of: bound)
        // From now on it may be in another value many times over.
        try spendWalk(over: value, at: bound.at)
        variables.append(value)
        defer { variables.removeLast() }
        return try self.value(of: rest)
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

    mutating func truth(of node: Node) throws(ConditionError) -> Bool {
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
        case "==", "!=": return try equality(name, left, right, at: at)
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
        case .map(let members): return members[.string(name)] ?? .null
        case .null: throw ConditionError("cannot fetch \(name) from nil", at: at)
        default: throw ConditionError("type \(value.typeName) has no field \(name)", at: at)
        }
    }

    private mutating func element(
        _ index: MetricValue, of value: MetricValue, at: Int
    ) throws(ConditionError) -> MetricValue {
        if case .string(let key) = index { try spendReading(key, at: at) }
        switch (value, index) {
        case (.object(let members), .string(let key)): return members[key] ?? .null
        case (.map(let members), _) where index.isKey: return members[index] ?? .null
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

    /// A part of a list, or of the bytes of a text.
    private mutating func slice(
        _ value: MetricValue, from: MetricValue?, to: MetricValue?, at: Int
    ) throws(ConditionError) -> MetricValue {
        switch value {
        case .list(let values):
            let bounds = try bounds(from, to, of: values.count, at: at)
            try spend(bounds.count, at: at)
            return .list(Array(values[bounds]))
        case .string(let text):
            try spendReading(text, at: at)
            let bytes = Array(text.utf8)
            let part = bytes[try bounds(from, to, of: bytes.count, at: at)]
            return .string(String(decoding: part, as: UTF8.self))
        default: throw ConditionError("cannot slice \(value.typeName)", at: at)
        }
    }

    private func bounds(
        _ from: MetricValue?, _ to: MetricValue?, of count: Int, at: Int
    ) throws(ConditionError) -> Range<Int> {
        var bounds = [0, count]
        for (place, bound) in [from, to].enumerated() {
            guard let bound else { continue }
            guard case .int(let position) = bound else {
                throw ConditionError("a slice needs integers (got \(bound.typeName))", at: at)
            }
            // The smallest integer has no other side to count from.
            let counted = position < -count ? 0 : position < 0 ? count + position : position
            bounds[place] = min(counted, count)
        }
        return bounds[0]..<max(bounds[0], bounds[1])
    }
}
