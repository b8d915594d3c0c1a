import Documents

extension JSONPath {
    /// Reads `{$.data.items[0].value}`; the `$` may be left out.
    package init(parsing text: String) throws(JSONPathError) {
        guard text.utf8.count <= maximumBytes else {
            throw JSONPathError("a path is no longer than \(maximumBytes) bytes")
        }
        var parser = JSONPathParser(text)
        parser.skipSpaces()
        try parser.take("{", "the path stands in braces")
        parser.skipSpaces()
        steps = try parser.path()
        parser.skipSpaces()
        try parser.take("}", "the path ends with a brace")
        parser.skipSpaces()
        guard parser.isAtEnd else { throw parser.wrong("only one path is possible") }
    }
}

/// Nobody writes a longer path by hand.
private let maximumBytes = 4_096

/// Filters within filters: each looks at all that the one around it keeps.
private let maximumDepth = 2

private struct JSONPathParser {
    private let characters: [Character]
    private var index = 0
    private var depth = 0

    init(_ text: String) { characters = Array(text) }

    var isAtEnd: Bool { index == characters.count }
    private var next: Character? { isAtEnd ? nil : characters[index] }

    func wrong(_ what: String) -> JSONPathError {
        JSONPathError("JSONPath: \(what) (at character \(index + 1))")
    }

    mutating func skipSpaces() {
        while let next, next.isWhitespace { index += 1 }
    }

    mutating func take(_ character: Character, _ otherwise: String) throws(JSONPathError) {
        guard skip(character) else { throw wrong(otherwise) }
    }

    private mutating func skip(_ character: Character) -> Bool {
        guard next == character else { return false }
        index += 1
        return true
    }

    /// Steps until something comes that begins none.
    mutating func path() throws(JSONPathError) -> [JSONPath.Step] {
        var steps: [JSONPath.Step] = []
        let hasRoot = skip("$") || skip("@")
        if !hasRoot, let next, isOfName(next) { steps.append(.names([try name()])) }
        while let next {
            if next == "." {
                steps += try afterDot()
            } else if next == "[" {
                index += 1
                steps.append(try selector())
            } else {
                break
            }
        }
        return steps
    }

    private mutating func afterDot() throws(JSONPathError) -> [JSONPath.Step] {
        index += 1
        let isDescent = skip(".")
        let before: [JSONPath.Step] = isDescent ? [.descent] : []
        switch next {
        case "*":
            index += 1
            return before + [.everything]
        case "[" where isDescent: return before
        case let character? where isOfName(character): return before + [.names([try name()])]
        // A lone dot is the value itself.
        case nil, "}": if !isDescent { return [] }
        default: break
        }
        throw wrong("a name belongs here")
    }

    private func isOfName(_ character: Character) -> Bool {
        !character.isWhitespace && !".[](){}*,'\"@$=!<>?&|:".contains(character)
    }

    private mutating func name() throws(JSONPathError) -> String {
        var name = ""
        while let next, isOfName(next) {
            index += 1
            if next == "\\" {
                guard !isAtEnd else { throw wrong("a character belongs here") }
                name.append(characters[index])
                index += 1
            } else {
                name.append(next)
            }
        }
        return name
    }

    /// What stands in brackets.
    private mutating func selector() throws(JSONPathError) -> JSONPath.Step {
        skipSpaces()
        let step: JSONPath.Step
        switch next {
        case "*":
            index += 1
            step = .everything
        case "?":
            index += 1
            step = .filter(try filter())
        case "'", "\"":
            step = .names(try list { parser throws(JSONPathError) in try parser.text() })
        default: step = try numbers()
        }
        skipSpaces()
        try take("]", "a bracket belongs here")
        return step
    }

    private mutating func list<Element>(
        _ element: (inout Self) throws(JSONPathError) -> Element
    ) throws(JSONPathError) -> [Element] {
        var elements = [try element(&self)]
        skipSpaces()
        while skip(",") {
            skipSpaces()
            elements.append(try element(&self))
            skipSpaces()
        }
        return elements
    }

    private mutating func text() throws(JSONPathError) -> String {
        guard let quote = next, "'\"".contains(quote) else { throw wrong("a quote belongs here") }
        index += 1
        var text = ""
        while let character = next, character != quote {
            index += 1
            if character == "\\", let escaped = next {
                text.append(escaped)
                index += 1
            } else {
                text.append(character)
            }
        }
        try take(quote, "the text has no end")
        return text
    }

    private mutating func numbers() throws(JSONPathError) -> JSONPath.Step {
        let from = next == ":" ? nil : try integer()
        skipSpaces()
        guard skip(":") else {
            guard let from else { throw wrong("a number belongs here") }
            guard skip(",") else { return .indices([from]) }
            skipSpaces()
            return .indices(
                [from] + (try list { parser throws(JSONPathError) in try parser.integer() }))
        }
        let to = ":]".contains(next ?? "]") ? nil : try integer()
        let step = skip(":") && next != "]" ? try integer() : 1
        guard step > 0 else { throw wrong("step must be > 0") }
        return .slice(from: from, to: to, step: step)
    }

    private mutating func integer() throws(JSONPathError) -> Int {
        var digits = skip("-") ? "-" : ""
        while let next, next.isASCII, next.isNumber {
            digits.append(next)
            index += 1
        }
        guard let number = Int32(digits) else {
            throw wrong("a number, a quoted name, * or ?( belongs here")
        }
        return Int(number)
    }

    private mutating func filter() throws(JSONPathError) -> JSONPath.Filter {
        depth += 1
        guard depth <= maximumDepth else { throw wrong("filters are nested too deep") }
        defer { depth -= 1 }
        try take("(", "a parenthesis belongs here")
        let left = try operand()
        skipSpaces()
        var test: JSONPath.Test?
        if next != ")" {
            test = JSONPath.Test(by: try comparison(), right: try operand())
            skipSpaces()
        }
        try take(")", "a filter is one comparison and ends with a parenthesis")
        return JSONPath.Filter(left: left, test: test)
    }

    private mutating func comparison() throws(JSONPathError) -> JSONPath.Comparison {
        // Those of two characters come first among all cases.
        for comparison in JSONPath.Comparison.allCases {
            let sign = Array(comparison.rawValue)
            if characters[index...].starts(with: sign) {
                index += sign.count
                return comparison
            }
        }
        throw wrong("a comparison belongs here: ==, !=, <, <=, > or >=")
    }

    private mutating func operand() throws(JSONPathError) -> JSONPath.Operand {
        skipSpaces()
        switch next {
        case "'", "\"": return .value(.string(try text()))
        case "@", "$", ".", "[": return .path(try path())
        default: break
        }
        let start = index
        while let next, !next.isWhitespace, !")=!<>".contains(next) { index += 1 }
        let word = String(characters[start..<index])
        switch word {
        case "true": return .value(.bool(true))
        case "false": return .value(.bool(false))
        case "null", "nil": return .value(.null)
        default:
            guard Double(word) != nil else {
                throw wrong("@, a quoted text, a number, true or false belongs here")
            }
            return .value(Int64(word).map(JSON.int) ?? .number(word))
        }
    }
}
