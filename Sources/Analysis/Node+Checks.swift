/// What can be said about an expression without evaluating all of it.
extension Node {
    /// Refuses an access that the type of `result` cannot have, also in a branch that is never
    /// taken: `true || result[0] > 1` is an error on a scalar.
    func check(result: MetricValue) throws(ConditionError) {
        switch result {
        case .null, .list, .object: return
        default: break
        }
        if case .access(let base, let accesses) = kind, case .result = base.kind,
            let first = accesses.first
        {
            switch first {
            case .member(let name, _, let at):
                throw ConditionError("type \(result.typeName) has no field \(name)", at: at)
            case .index, .slice:
                throw ConditionError("type \(result.typeName)[int] is undefined", at: base.at)
            }
        }
        for part in parts { try part.check(result: result) }
    }

    /// Whether its type is known before anything is computed. That of what a document or a function
    /// holds is not.
    func isTyped(of result: MetricValue) -> Bool {
        switch kind {
        case .result, .list, .map, .elementIndex: true
        case .literal(let value): value != .null
        case .access(let base, let accesses):
            base.isResult && accesses.count == 1 && result.typeName == "[]float64"
        case .unary(_, let operand): operand.isTyped(of: result)
        case .binary("??", _, _): false
        case .binary(_, let left, let right):
            left.isTyped(of: result) && right.isTyped(of: result)
        case .call(let name, _): Self.typed.contains(name)
        case .each(let name, _, _, _): ["all", "any", "none", "one", "count"].contains(name)
        case .choice, .element, .accumulator, .variable, .binding: false
        }
    }

    /// Functions that always answer in one type.
    private static let typed: Set = [
        "len", "int", "float", "string", "asInt", "asFloat", "isNaN", "isInf", "isNil", "upper",
        "lower", "trim", "toJSON", "now", "date", "duration",
    ]

    private var isResult: Bool {
        if case .result = kind { true } else { false }
    }

    /// Whether this asks, anywhere, if there is a value at all.
    var speaksOfAbsence: Bool {
        switch kind {
        case .call("isNaN", _), .call("isNil", _), .call("default", _): return true
        case .call("len", let arguments) where arguments.first?.isPartOfResult == true:
            return true
        case .binary("??", _, _): return true
        case .binary("==", let left, let right), .binary("!=", let left, let right):
            if left.isNil || right.isNil { return true }
        default: break
        }
        return parts.contains { $0.speaksOfAbsence }
    }

    /// Whether it is what was measured, perhaps in another order, and not what the expression makes
    /// of that.
    var isPartOfResult: Bool {
        switch kind {
        case .result: true
        case .variable(_, let isPartOfResult): isPartOfResult
        case .access(let base, _): base.isPartOfResult
        case .map(let members): members.contains { $0.1.isPartOfResult }
        case .call("sort", let values), .call("reverse", let values), .call("take", let values),
            .call("concat", let values):
            values.contains(where: \.isPartOfResult)
        case .each("sortBy", let list, _, _): list.isPartOfResult
        default: false
        }
    }

    private var isNil: Bool {
        if case .literal(.null) = kind { true } else { false }
    }

    private var parts: [Node] {
        switch kind {
        case .literal, .result, .element, .elementIndex, .accumulator, .variable: []
        case .binding(let value, let rest): [value, rest]
        case .list(let nodes), .call(_, let nodes): nodes
        case .map(let members): members.map(\.1)
        case .unary(_, let operand): [operand]
        case .binary(_, let left, let right): [left, right]
        case .choice(let condition, let yes, let no): [condition, yes, no]
        case .each(_, let list, let body, let extra): [list, body] + (extra.map { [$0] } ?? [])
        case .access(let base, let accesses):
            [base]
                + accesses.flatMap { access -> [Node] in
                    switch access {
                    case .member: []
                    case .index(let node, _): [node]
                    case .slice(let from, let to, _): [from, to].compactMap { $0 }
                    }
                }
        }
    }
}
