/// Builds the tree of an expression by operator precedence (expr 1.15's table).
struct ExpressionParser {
    private let tokens: [Token]
    let members: Set<String>
    private var position = 0
    private var nesting = 0
    /// The closures around this place, the innermost last.
    var closures: [Closure] = []
    /// What is bound around this place, the innermost last.
    var variables: [Variable] = []

    static let precedence: [String: Int] = [
        "|": 0, "or": 10, "||": 10, "and": 15, "&&": 15, "==": 20, "!=": 20, "<": 20, ">": 20,
        ">=": 20,
        "<=": 20, "in": 20, "matches": 20, "contains": 20, "startsWith": 20, "endsWith": 20,
        "..": 25,
        "+": 30, "-": 30, "*": 60, "/": 60, "%": 60, "**": 100, "^": 100, "??": 500,
    ]
    static let prefixes = ["not": 50, "!": 50, "-": 90, "+": 90]
    private static let negatable: Set<String> = [
        "in", "matches", "contains", "startsWith", "endsWith",
    ]

    /// - Parameter members: those of the result that are known by their own names.
    init(_ tokens: [Token], members: Set<String> = []) {
        self.tokens = tokens
        self.members = members
    }

    mutating func parse() throws(ConditionError) -> Node {
        let node = try expression(0)
        guard current.kind == .end else { throw unexpected() }
        return node
    }

    var current: Token { tokens[position] }
    var following: Token { tokens[min(position + 1, tokens.count - 1)] }

    mutating func advance() {
        if position + 1 < tokens.count { position += 1 }
    }

    /// The operator at `offset` from here, whether written as a symbol or as a word.
    private func operation(_ offset: Int = 0) -> String? {
        guard position + offset < tokens.count else { return nil }
        switch tokens[position + offset].kind {
        case .symbol(let text), .name(let text): return text
        default: return nil
        }
    }

    mutating func take(_ symbol: String) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String) throws(ConditionError) {
        guard take(symbol) else { throw unexpected(wanted: symbol) }
    }

    private func unexpected(wanted: String? = nil) -> ConditionError {
        let found =
            switch current.kind {
            case .end: "the end"
            case .int(let value): "\(value)"
            case .float(let value): "\(value)"
            case .string(let value): "\"\(value)\""
            case .name(let value), .symbol(let value): "\"\(value)\""
            case .pointer(let value): "\"#\(value)\""
            }
        let hint = wanted.map { ", expected \"\($0)\"" } ?? ""
        return ConditionError("unexpected \(found)\(hint)", at: current.at)
    }

    mutating func expression(_ minimum: Int) throws(ConditionError) -> Node {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > Condition.Limit.depth {
            throw ConditionError("nested deeper than \(Condition.Limit.depth)", at: current.at)
        }
        if minimum == 0, let bound = try binding() { return bound }
        var left = try prefixed()
        var previous = ""
        while let found = operation() {
            let negated = found == "not"
            guard let name = negated ? operation(1) : found,
                !negated || Self.negatable.contains(name),
                let precedence = Self.precedence[name], precedence >= minimum
            else { break }
            let at = current.at
            if previous == "??" && name != "??" {
                throw ConditionError("put parentheses around the ?? or around the \(name)", at: at)
            }
            advance()
            if negated { advance() }
            if name == "|" {
                left = try piped(left)
            } else {
                let rightFirst = name == "**" || name == "^"
                let right = try expression(rightFirst ? precedence : precedence + 1)
                left = try Node(
                    .binary(canonical(name), left, right), at: at, parts: [left, right])
                if negated { left = try Node(.unary("!", left), at: at, parts: [left]) }
            }
            previous = name
        }
        return minimum == 0 ? try choice(left) : left
    }

    /// The words and second spellings of an operator, brought to one.
    private func canonical(_ name: String) -> String {
        switch name {
        case "or": "||"
        case "and": "&&"
        case "^": "**"
        default: name
        }
    }

    private mutating func piped(_ value: Node) throws(ConditionError) -> Node {
        guard case .name(let name) = current.kind else { throw unexpected() }
        let at = current.at
        advance()
        return try accesses(try call(name, at: at, first: value))
    }

    private mutating func choice(_ condition: Node) throws(ConditionError) -> Node {
        guard take("?") else { return condition }
        let yes: Node
        if take(":") {
            yes = condition
        } else {
            yes = try expression(0)
            try expect(":")
        }
        let no = try expression(0)
        let parts = [condition, yes, no]
        return try Node(.choice(condition, yes, no), at: condition.at, parts: parts)
    }

    private mutating func prefixed() throws(ConditionError) -> Node {
        guard let name = operation(), let precedence = Self.prefixes[name] else {
            return try accesses(try primary())
        }
        let at = current.at
        advance()
        let operand = try expression(precedence)
        let node = try Node(.unary(name == "not" ? "!" : name, operand), at: at, parts: [operand])
        return try accesses(node)
    }

    private mutating func primary() throws(ConditionError) -> Node {
        let token = current
        switch token.kind {
        case .int(let value):
            advance()
            return try Node(.literal(.int(value)), at: token.at)
        case .float(let value):
            advance()
            return try Node(.literal(.float(value)), at: token.at)
        case .string(let value):
            advance()
            return try Node(.literal(.string(value)), at: token.at)
        case .pointer(let name):
            advance()
            return try pointer(name, at: token.at)
        case .symbol("("):
            advance()
            let inner = try expression(0)
            try expect(")")
            return inner
        case .symbol("["): return try list()
        case .symbol("{"): return try map()
        case .symbol(".") where !closures.isEmpty: return try pointer("", at: token.at)
        case .name(let name):
            advance()
            return try named(name, at: token.at)
        default: throw unexpected()
        }
    }

    private mutating func named(_ name: String, at: Int) throws(ConditionError) -> Node {
        switch name {
        case "true": return try Node(.literal(.bool(true)), at: at)
        case "false": return try Node(.literal(.bool(false)), at: at)
        case "nil": return try Node(.literal(.null), at: at)
        case "result" where members.isEmpty: return try Node(.result, at: at)
        case "$env": return try environment(at: at)
        case "time" where members.contains(name): return try clock(at: at)
        case _ where members.contains(name):
            let result = try Node(.result, at: at)
            let member = Node.Access.member(name, optional: false, at: at)
            return try Node(.access(result, [member]), at: at, parts: [result])
        default: break
        }
        if let variable = try variable(name, at: at) { return variable }
        guard current.kind == .symbol("(") else {
            let known = members.isEmpty ? ["result"] : members.sorted()
            let names = known.map { "\"\($0)\"" }.joined(separator: ", ")
            let remedy =
                Builtin.names.contains(name)
                ? "call it with ()" : "only \(names) \(known.count == 1 ? "is" : "are") known"
            throw ConditionError("unknown name \"\(name)\": \(remedy)", at: at)
        }
        return try call(name, at: at, first: nil)
    }

    mutating func call(
        _ name: String, at: Int, first: Node?
    ) throws(ConditionError) -> Node {
        guard Builtin.names.contains(name) else {
            throw ConditionError("unknown function \"\(name)\"", at: at)
        }
        try expect("(")
        var arguments = first.map { [$0] } ?? []
        let takesClosure = Builtin.closures.contains(name)
        while !take(")") {
            if arguments.count > (first == nil ? 0 : 1) { try expect(",") }
            if takesClosure && arguments.count == 1 {
                arguments.append(try closure(of: name))
            } else {
                arguments.append(try expression(0))
            }
        }
        guard Builtin.arity(of: name).contains(arguments.count) else {
            throw ConditionError(
                "\(name) takes \(Builtin.arityText(of: name)), found \(arguments.count)", at: at)
        }
        if takesClosure {
            let body = arguments.count > 1 ? arguments[1] : try Node(.element, at: at)
            let extra = arguments.dropFirst(2).first
            return try Node(.each(name, arguments[0], body, extra), at: at, parts: arguments)
        }
        if !members.isEmpty, let node = try absence(name, arguments, at: at) { return node }
        return try Node(.call(name, arguments), at: at, parts: arguments)
    }

    private mutating func list() throws(ConditionError) -> Node {
        let at = current.at
        try expect("[")
        var elements: [Node] = []
        while !take("]") {
            if !elements.isEmpty { try expect(",") }
            elements.append(try expression(0))
        }
        return try Node(.list(elements), at: at, parts: elements)
    }

    private mutating func map() throws(ConditionError) -> Node {
        let at = current.at
        try expect("{")
        var members: [(String, Node)] = []
        while !take("}") {
            if !members.isEmpty { try expect(",") }
            switch current.kind {
            case .name(let key), .string(let key):
                advance()
                try expect(":")
                members.append((key, try expression(0)))
            default: throw unexpected()
            }
        }
        return try Node(.map(members), at: at, parts: members.map(\.1))
    }

    /// `.name`, `[index]`, `[from:to]` and their optional forms after a value.
    private mutating func accesses(_ start: Node) throws(ConditionError) -> Node {
        var base = start
        var found: [Node.Access] = []
        var parts = [base]
        while true {
            let at = current.at
            let optional = current.kind == .symbol("?.")
            if optional || current.kind == .symbol(".") {
                advance()
                if case .name(let name) = current.kind {
                    advance()
                    guard current.kind != .symbol("(") else {
                        let value = try accessed(base, found, parts)
                        guard !members.isEmpty || !value.isPartOfResult,
                            let node = try method(name, of: value, at: at)
                        else { throw ConditionError("methods cannot be called", at: at) }
                        (base, found, parts) = (node, [], [node])
                        continue
                    }
                    found.append(.member(name, optional: optional, at: at))
                    continue
                }
                guard optional, current.kind == .symbol("[") else { throw unexpected() }
            }
            guard take("[") else { break }
            let (access, inside) = try bracket(optional: optional, at: at)
            found.append(access)
            parts += inside
        }
        return try accessed(base, found, parts)
    }

    private func accessed(
        _ base: Node, _ found: [Node.Access], _ parts: [Node]
    ) throws(ConditionError) -> Node {
        found.isEmpty ? base : try Node(.access(base, found), at: base.at, parts: parts)
    }

    private mutating func bracket(
        optional: Bool, at: Int
    ) throws(ConditionError) -> (Node.Access, [Node]) {
        let from = current.kind == .symbol(":") ? nil : try expression(0)
        if take(":") {
            let to = current.kind == .symbol("]") ? nil : try expression(0)
            try expect("]")
            return (.slice(from: from, to: to, at: at), [from, to].compactMap { $0 })
        }
        try expect("]")
        guard let from else { throw unexpected() }
        return (.index(from, optional: optional), [from])
    }
}
