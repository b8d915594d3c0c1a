/// The methods of times and durations, and what only expressions over an object know, whose members
/// have names of their own.
extension ExpressionParser {
    /// `time.Now()` and `time.Parse(text)`.
    mutating func clock(at: Int) throws(ConditionError) -> Node {
        try expect(".")
        let names = ["Now": "now", "Parse": "date"]
        guard case .name(let name) = current.kind, let builtin = names[name] else {
            throw ConditionError("time knows Now() and Parse(text)", at: current.at)
        }
        advance()
        return try call(builtin, at: at, first: nil)
    }

    /// A method of a time or a duration, as operator on `base`; nil where there is none of that
    /// name.
    mutating func method(
        _ name: String, of base: Node, at: Int
    ) throws(ConditionError) -> Node? {
        if Builtin.methods.contains(name) {
            try expect("(")
            let arguments = name == "Format" ? [try expression(0)] : []
            try expect(")")
            return try Node(
                .call(".\(name)", [base] + arguments), at: at, parts: [base] + arguments)
        }
        let operators = ["Sub": "-", "Add": "+", "Before": "<", "After": ">", "Equal": "=="]
        guard let operation = operators[name] else { return nil }
        try expect("(")
        let other = try expression(0)
        try expect(")")
        return try Node(.binary(operation, base, other), at: at, parts: [base, other])
    }

    /// `isNil` and `default` of a metric's condition ask for the whole result; elsewhere they mean
    /// what they are given.
    func absence(
        _ name: String, _ arguments: [Node], at: Int
    ) throws(ConditionError) -> Node? {
        switch name {
        case "isNil":
            let null = try Node(.literal(.null), at: at)
            return try Node(.binary("==", arguments[0], null), at: at, parts: arguments)
        case "default":
            return try Node(
                .binary("??", arguments[0], arguments[1]), at: at, parts: arguments)
        default: return nil
        }
    }
}
