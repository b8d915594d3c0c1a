/// What is known in one part of an expression only: the elements of closures, and what `let` binds.
extension ExpressionParser {
    /// A closure that is being read.
    struct Closure {
        let knowsAccumulator: Bool
        var namesElement = false
    }

    /// A name that `let` gave.
    struct Variable {
        let name: String
        let isPartOfResult: Bool
    }

    /// `#`, `#index` and `#acc`, of the innermost closure.
    mutating func pointer(_ name: String, at: Int) throws(ConditionError) -> Node {
        guard let closure = closures.indices.last else {
            throw ConditionError("# is only known inside of a closure", at: at)
        }
        closures[closure].namesElement = true
        switch name {
        case "": return try Node(.element, at: at)
        case "index": return try Node(.elementIndex, at: at)
        case "acc" where closures[closure].knowsAccumulator:
            return try Node(.accumulator, at: at)
        default: throw ConditionError("unknown pointer #\(name)", at: at)
        }
    }

    /// What `function` does with each element, with or without braces. For `sortBy` it may be the
    /// name of a member instead: an expression that does not look at the element.
    mutating func closure(of function: String) throws(ConditionError) -> Node {
        closures.append(Closure(knowsAccumulator: function == Builtin.reducing))
        let hasBraces = take("{")
        let body = try expression(0)
        if hasBraces { try expect("}") }
        guard let closure = closures.popLast(), function == "sortBy", !closure.namesElement else {
            return body
        }
        let element = try Node(.element, at: body.at)
        let member = Node.Access.index(body, optional: false)
        return try Node(.access(element, [member]), at: body.at, parts: [body])
    }

    /// `let name = value; rest`, where one begins here.
    mutating func binding() throws(ConditionError) -> Node? {
        guard case .name("let") = current.kind, case .name(let name) = following.kind else {
            return nil
        }
        let at = current.at
        advance()
        guard isFree(name) else {
            throw ConditionError("cannot redeclare \(quoted(name))", at: current.at)
        }
        advance()
        try expect("=")
        let value = try expression(0)
        try expect(";")
        variables.append(Variable(name: name, isPartOfResult: value.isPartOfResult))
        let rest = try expression(0)
        variables.removeLast()
        return try Node(.binding(value, rest), at: at, parts: [value, rest])
    }

    /// Whether a name has no meaning yet, here and in the language.
    private func isFree(_ name: String) -> Bool {
        let isWord = Self.precedence[name] != nil || Self.prefixes[name] != nil
        let known = members.isEmpty ? ["result"] : members
        return !isWord && !["let", "true", "false", "nil", "$env"].contains(name)
            && !known.contains(name) && !Builtin.names.contains(name)
            && !variables.contains { $0.name == name }
    }

    /// What is bound to this name.
    func variable(_ name: String, at: Int) throws(ConditionError) -> Node? {
        guard let place = variables.firstIndex(where: { $0.name == name }) else { return nil }
        let isPartOfResult = variables[place].isPartOfResult
        return try Node(.variable(place, isPartOfResult: isPartOfResult), at: at)
    }

    /// `$env`, an object of everything that has a name.
    func environment(at: Int) throws(ConditionError) -> Node {
        let result = try Node(.result, at: at)
        guard members.isEmpty else { return result }
        return try Node(.map([("result", result)]), at: at, parts: [result])
    }
}
