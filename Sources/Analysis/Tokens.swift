/// One word of the condition language.
struct Token {
    enum Kind: Equatable {
        case int(Int)
        case float(Double)
        case string(String)
        case name(String)
        /// `#`, `#index`: the element of a closure.
        case pointer(String)
        case symbol(String)
        case end
    }
    let kind: Kind
    /// The first character, counted from 1.
    let at: Int
}

/// Splits an expression into its words; the last one is always `.end`.
func tokens(of text: String) throws(ConditionError) -> [Token] {
    var scanner = Scanner(scalars: Array(text.unicodeScalars))
    var result: [Token] = []
    repeat {
        result.append(try scanner.next())
    } while result.last?.kind != .end
    return result
}

private struct Scanner {
    let scalars: [Unicode.Scalar]
    var index = 0

    private static let symbols2 = ["&&", "||", "==", "!=", "<=", ">=", "**", "??", "?.", ".."]
    private static let symbols1 = Set("+-*/%^<>=!?:()[]{},.|;".unicodeScalars)

    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        index + ahead < scalars.count ? scalars[index + ahead] : nil
    }

    mutating func next() throws(ConditionError) -> Token {
        try skipBlanks()
        let at = index + 1
        guard let scalar = peek() else { return Token(kind: .end, at: at) }
        if isDigit(scalar) || (scalar == "." && peek(1).map(isDigit) == true) {
            return Token(kind: try number(), at: at)
        }
        if isLetter(scalar) { return Token(kind: .name(name()), at: at) }
        if scalar == "#" {
            index += 1
            return Token(kind: .pointer(name()), at: at)
        }
        if scalar == "\"" || scalar == "'" || scalar == "`" {
            return Token(kind: .string(try quotedText(by: scalar)), at: at)
        }
        if let following = peek(1) {
            let pair = String(String.UnicodeScalarView([scalar, following]))
            // "1..3" is a range, "a?.5:1" a choice between numbers.
            let splits = pair == "?." && peek(2).map(isDigit) == true
            if Self.symbols2.contains(pair) && !splits {
                index += 2
                return Token(kind: .symbol(pair), at: at)
            }
        }
        guard Self.symbols1.contains(scalar) else {
            throw ConditionError("unrecognized character \"\(scalar)\"", at: at)
        }
        index += 1
        return Token(kind: .symbol(String(scalar)), at: at)
    }

    private mutating func skipBlanks() throws(ConditionError) {
        while let scalar = peek() {
            if scalar.properties.isWhitespace {
                index += 1
            } else if scalar == "/" && peek(1) == "/" {
                while let inner = peek(), inner != "\n" { index += 1 }
            } else if scalar == "/" && peek(1) == "*" {
                let start = index + 1
                index += 2
                while !(peek() == "*" && peek(1) == "/") {
                    guard peek() != nil else { throw ConditionError("unclosed comment", at: start) }
                    index += 1
                }
                index += 2
            } else {
                return
            }
        }
    }

    private mutating func name() -> String {
        let start = index
        while let scalar = peek(), isLetter(scalar) || isDigit(scalar) { index += 1 }
        return text(from: start)
    }

    private mutating func number() throws(ConditionError) -> Token.Kind {
        let start = index
        if peek() == "0", let mark = peek(1), let radix = ["x": 16, "o": 8, "b": 2][mark] {
            index += 2
            let digits = name().filter { $0 != "_" }
            guard let value = Int(digits, radix: radix) else { throw bad(start) }
            return .int(value)
        }
        skipDigits()
        var isFloat = false
        // Two dots are a range, not a fraction.
        if peek() == ".", peek(1) != "." {
            isFloat = true
            index += 1
            skipDigits()
        }
        if peek() == "e" || peek() == "E" {
            isFloat = true
            index += 1
            if peek() == "+" || peek() == "-" { index += 1 }
            skipDigits()
        }
        if let scalar = peek(), isLetter(scalar) { throw bad(start) }
        let digits = text(from: start).filter { $0 != "_" }
        if !isFloat {
            guard let value = Int(digits) else { throw bad(start) }
            return .int(value)
        }
        let padded =
            (digits.hasPrefix(".") ? "0" : "") + digits + (digits.hasSuffix(".") ? "0" : "")
        guard let value = Double(padded) else { throw bad(start) }
        return .float(value)
    }

    private func bad(_ start: Int) -> ConditionError {
        ConditionError("bad number syntax \"\(text(from: start))\"", at: start + 1)
    }

    private mutating func skipDigits() {
        while let scalar = peek(), isDigit(scalar) || scalar == "_" { index += 1 }
    }

    private mutating func quotedText(by quote: Unicode.Scalar) throws(ConditionError) -> String {
        let start = index + 1
        index += 1
        var result = String.UnicodeScalarView()
        while let scalar = peek() {
            index += 1
            if scalar == quote { return String(result) }
            if scalar == "\\" && quote != "`" {
                result.append(try escaped())
            } else {
                result.append(scalar)
            }
        }
        throw ConditionError("literal not terminated", at: start)
    }

    private mutating func escaped() throws(ConditionError) -> Unicode.Scalar {
        let at = index
        guard let scalar = peek() else { throw ConditionError("literal not terminated", at: at) }
        index += 1
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "\\", "\"", "'", "`", "/": return scalar
        case "x": return try hex(digits: 2, at: at)
        case "u": return try hex(digits: 4, at: at)
        default: throw ConditionError("unknown escape \"\\\(scalar)\"", at: at)
        }
    }

    private mutating func hex(digits: Int, at: Int) throws(ConditionError) -> Unicode.Scalar {
        let start = index
        index = min(index + digits, scalars.count)
        guard let code = UInt32(text(from: start), radix: 16), let scalar = Unicode.Scalar(code)
        else {
            throw ConditionError("bad character code", at: at)
        }
        return scalar
    }

    private func text(from start: Int) -> String {
        String(String.UnicodeScalarView(scalars[start..<index]))
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
    private func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic
    }
}
