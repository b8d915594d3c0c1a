import Documents

extension LabelSelector {
    /// Bytes of a selector in its string form; a request line is not longer.
    package static let textLimit = 16 << 10

    /// Reads the string form. The empty string selects everything.
    package init(parsing text: String) throws(SelectorError) {
        guard text.utf8.count <= Self.textLimit else {
            throw SelectorError("the label selector is longer than \(Self.textLimit) bytes")
        }
        var scanner = SelectorScanner(text)
        var requirements: [Requirement] = []
        if scanner.token != .end {
            requirements.append(try scanner.requirement())
            while scanner.token == .symbol(",") {
                scanner.advance()
                requirements.append(try scanner.requirement())
            }
            guard scanner.token == .end else { throw scanner.surprise(wanted: "',' or the end") }
        }
        self.init(requirements)
    }
}

/// Reads the requirements of a selector, token by token.
private struct SelectorScanner {
    enum Token: Equatable {
        case word(String)
        /// One of `=`, `==`, `!=`, `!`, `,`, `(`, `)`, `<`, `>`.
        case symbol(String)
        case end
    }

    private let text: String
    private var rest: Substring
    private(set) var token = Token.end

    init(_ text: String) {
        self.text = text
        rest = text[...]
        advance()
    }

    mutating func advance() {
        rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
        guard let first = rest.first else {
            token = .end
            return
        }
        if Self.symbols.contains(first) {
            let isDouble = rest.hasPrefix("==") || rest.hasPrefix("!=")
            let symbol = rest.prefix(isDouble ? 2 : 1)
            rest = rest.dropFirst(symbol.count)
            token = .symbol(String(symbol))
        } else {
            let word = rest.prefix { !Self.symbols.contains($0) && !$0.isWhitespace }
            rest = rest.dropFirst(word.count)
            token = .word(String(word))
        }
    }

    private static let symbols: Set<Character> = ["=", "!", ",", "(", ")", "<", ">"]

    func surprise(wanted: String) -> SelectorError {
        let found =
            switch token {
            case .word(let word): "'\(word)'"
            case .symbol(let symbol): "'\(symbol)'"
            case .end: "the end"
            }
        return SelectorError(
            "unable to parse requirement: found \(found), expected: \(wanted) in \"\(text)\"")
    }

    mutating func requirement() throws(SelectorError) -> LabelSelector.Requirement {
        let isAbsent = token == .symbol("!")
        if isAbsent { advance() }
        let key = try word(wanted: "identifier")
        if let problem = Naming.labelKeyProblem(key) {
            throw SelectorError("invalid label key \"\(key)\": \(problem)")
        }
        if isAbsent { return .absent(key: key) }
        switch token {
        case .end, .symbol(","):
            return .exists(key: key)
        case .symbol("="), .symbol("=="):
            advance()
            return .isIn(key: key, values: [try value()])
        case .symbol("!="):
            advance()
            return .notIn(key: key, values: [try value()])
        case .symbol(">"):
            advance()
            return .greater(key: key, than: try number())
        case .symbol("<"):
            advance()
            return .less(key: key, than: try number())
        case .word("in"):
            advance()
            return .isIn(key: key, values: try values())
        case .word("notin"):
            advance()
            return .notIn(key: key, values: try values())
        default:
            throw surprise(wanted: "in, notin, =, ==, !=, <, > or the end")
        }
    }

    private mutating func word(wanted: String) throws(SelectorError) -> String {
        guard case .word(let word) = token else { throw surprise(wanted: wanted) }
        advance()
        return word
    }

    /// A value; nothing before a comma or the end is the empty value.
    private mutating func value() throws(SelectorError) -> String {
        switch token {
        case .end, .symbol(","), .symbol(")"): return ""
        default: break
        }
        let value = try word(wanted: "a value")
        if let problem = Naming.labelValueProblem(value) {
            throw SelectorError("invalid label value \"\(value)\": \(problem)")
        }
        return value
    }

    private mutating func number() throws(SelectorError) -> Int {
        let text = try word(wanted: "an integer")
        guard let number = Int(text) else {
            throw SelectorError(
                "for 'Gt', 'Lt' operators, the value must be an integer, found \"\(text)\"")
        }
        return number
    }

    private mutating func values() throws(SelectorError) -> Set<String> {
        guard token == .symbol("(") else { throw surprise(wanted: "'('") }
        advance()
        var values: Set<String> = [try value()]
        while token == .symbol(",") {
            advance()
            values.insert(try value())
        }
        guard token == .symbol(")") else { throw surprise(wanted: "',' or ')'") }
        advance()
        return values
    }
}
