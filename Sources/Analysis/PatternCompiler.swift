/// Turns the text of a pattern into states.
struct PatternCompiler {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private var ignoresCase = false
    private var dotMatchesNewline = false
    private var isMultiline = false

    /// Patterns are names and short alternatives; these bounds keep nested repetition from
    /// exploding.
    private enum Limit {
        static let characters = 2_000
        static let states = 10_000
        static let depth = 100
        /// RE2's own bound for `{n,m}`.
        static let repetitions = 1_000
    }

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func compile() throws(PatternError) -> [Instruction] {
        guard scalars.count <= Limit.characters else {
            throw PatternError(message: "longer than \(Limit.characters) characters")
        }
        let body = try alternatives()
        if peek != nil { throw PatternError(message: "unexpected ): `\(rest)`") }
        return body + [.match]
    }

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
    private var rest: String {
        String(String.UnicodeScalarView(scalars[min(index, scalars.count)...]))
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        index += 1
        return true
    }

    private mutating func take(text: String) -> Bool {
        guard scalars[index...].starts(with: text.unicodeScalars) else { return false }
        index += text.unicodeScalars.count
        return true
    }

    // Fragments are relocatable: their targets are relative until `shifted` moves them.
    private func shifted(_ code: [Instruction], by offset: Int) -> [Instruction] {
        code.map {
            switch $0 {
            case .split(let a, let b): .split(a + offset, b + offset)
            case .jump(let a): .jump(a + offset)
            default: $0
            }
        }
    }

    private func joined(_ parts: [[Instruction]]) throws(PatternError) -> [Instruction] {
        var code: [Instruction] = []
        for part in parts {
            code += shifted(part, by: code.count)
            if code.count > Limit.states { throw PatternError(message: "expression is too large") }
        }
        return code
    }

    private mutating func alternatives() throws(PatternError) -> [Instruction] {
        depth += 1
        defer { depth -= 1 }
        if depth > Limit.depth { throw PatternError(message: "expression nests too deeply") }
        var code = try sequence()
        while take("|") {
            let other = try sequence()
            // split first jump second: the jump leads past the second.
            let end = code.count + 2 + other.count
            let split = Instruction.split(1, code.count + 2)
            code =
                [split] + shifted(code, by: 1) + [.jump(end)] + shifted(other, by: code.count + 2)
            if code.count > Limit.states { throw PatternError(message: "expression is too large") }
        }
        return code
    }

    private mutating func sequence() throws(PatternError) -> [Instruction] {
        var parts: [[Instruction]] = []
        while let scalar = peek, scalar != "|", scalar != ")" {
            let part = try atom()
            parts.append(try repeated(part))
        }
        return try joined(parts)
    }

    private mutating func repeated(_ part: [Instruction]) throws(PatternError) -> [Instruction] {
        var code = part
        while let range = try quantifier() {
            _ = take("?")  // Lazy or greedy is the same where only the match counts.
            var parts = Array(repeating: code, count: range.lowerBound)
            if range.upperBound == Int.max {
                // split body jump: the body any number of times.
                let body = shifted(code, by: 1)
                parts.append([.split(1, code.count + 2)] + body + [.jump(0)])
            } else {
                let optional = [.split(1, code.count + 1)] + shifted(code, by: 1)
                parts += Array(repeating: optional, count: range.count - 1)
            }
            code = try joined(parts)
        }
        return code
    }

    private mutating func quantifier() throws(PatternError) -> ClosedRange<Int>? {
        if take("*") { return 0...Int.max }
        if take("+") { return 1...Int.max }
        if take("?") { return 0...1 }
        let start = index
        guard take("{") else { return nil }
        let lower = number()
        let isRange = take(",")
        let upper = isRange ? number() : lower
        guard let lower, take("}") else {
            // As in RE2, a brace that is no repetition is a brace.
            index = start
            return nil
        }
        guard lower <= Limit.repetitions, (upper ?? 0) <= Limit.repetitions, lower <= upper ?? lower
        else {
            throw PatternError(message: "invalid repeat count")
        }
        return lower...(upper ?? Int.max)
    }

    private mutating func number() -> Int? {
        let start = index
        while let scalar = peek, ("0"..."9").contains(scalar) { index += 1 }
        return Int(String(String.UnicodeScalarView(scalars[start..<index])))
    }

    private mutating func atom() throws(PatternError) -> [Instruction] {
        guard let scalar = peek else { return [] }
        index += 1
        switch scalar {
        case "(": return try group()
        case "[": return [.character(cased(try bracket()))]
        case ".":
            let newline = CharacterSet(ranges: [0x0A...0x0A], isNegated: true)
            return [.character(dotMatchesNewline ? .all : newline)]
        case "^": return [.assertion(isMultiline ? .lineStart : .textStart)]
        case "$": return [.assertion(isMultiline ? .lineEnd : .textEnd)]
        case "*", "+", "?":
            throw PatternError(message: "missing argument to repetition operator: `\(scalar)`")
        case "\\": return [try escape()]
        default: return [literal(scalar)]
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> Instruction {
        .character(cased(CharacterSet(ranges: [scalar.value...scalar.value])))
    }

    private func cased(_ set: CharacterSet) -> CharacterSet { ignoresCase ? set.caseless : set }

    private mutating func group() throws(PatternError) -> [Instruction] {
        let saved = (ignoresCase, dotMatchesNewline, isMultiline)
        var isOnlyFlags = false
        if take("?") {
            if take(text: "P<") || take("<") {
                while let scalar = peek, scalar != ">" { index += 1 }
                guard take(">") else { throw PatternError(message: "invalid named capture") }
            } else {
                isOnlyFlags = try flags()
            }
        }
        if isOnlyFlags { return [] }
        let body = try alternatives()
        guard take(")") else { throw PatternError(message: "missing closing )") }
        (ignoresCase, dotMatchesNewline, isMultiline) = saved
        return body
    }

    /// `(?i)` holds to the end of the group around it, `(?i:…)` inside; true for the former.
    private mutating func flags() throws(PatternError) -> Bool {
        var value = true
        while let scalar = peek {
            index += 1
            switch scalar {
            case "i": ignoresCase = value
            case "s": dotMatchesNewline = value
            case "m": isMultiline = value
            case "U": break
            case "-": value = false
            case ":": return false
            case ")": return true
            default:
                throw PatternError(message: "invalid or unsupported Perl syntax: `(?\(scalar)`")
            }
        }
        throw PatternError(message: "missing closing )")
    }

    private mutating func escape() throws(PatternError) -> Instruction {
        guard let scalar = peek else {
            throw PatternError(message: "trailing backslash at end of expression")
        }
        switch scalar {
        case "b": index += 1; return .assertion(.wordEdge)
        case "B": index += 1; return .assertion(.noWordEdge)
        case "A": index += 1; return .assertion(.textStart)
        case "z": index += 1; return .assertion(.textEnd)
        default: return .character(cased(try escapedSet()))
        }
    }

    private mutating func escapedSet() throws(PatternError) -> CharacterSet {
        guard let scalar = peek else {
            throw PatternError(message: "trailing backslash at end of expression")
        }
        index += 1
        func one(_ scalar: Unicode.Scalar) -> CharacterSet {
            CharacterSet(ranges: [scalar.value...scalar.value])
        }
        switch scalar {
        case "d": return .digit
        case "D": return .digit.negated
        case "w": return .word
        case "W": return .word.negated
        case "s": return .space
        case "S": return .space.negated
        case "n": return one("\n")
        case "t": return one("\t")
        case "r": return one("\r")
        case "f": return one("\u{0C}")
        case "v": return one("\u{0B}")
        case "x": return one(try hex())
        default:
            guard scalar.isASCII, !CharacterSet.word.contains(scalar) || scalar == "_" else {
                throw PatternError(message: "invalid escape sequence: `\\\(scalar)`")
            }
            return one(scalar)
        }
    }

    private mutating func hex() throws(PatternError) -> Unicode.Scalar {
        var digits = String.UnicodeScalarView()
        let isBraced = take("{")
        while let scalar = peek, scalar.properties.isASCIIHexDigit,
            digits.count < (isBraced ? 6 : 2)
        {
            digits.append(scalar)
            index += 1
        }
        guard !isBraced || take("}"), let code = UInt32(String(digits), radix: 16),
            let scalar = Unicode.Scalar(code)
        else { throw PatternError(message: "invalid escape sequence: `\\x`") }
        return scalar
    }

    private mutating func bracket() throws(PatternError) -> CharacterSet {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while isFirst || peek != "]" {
            isFirst = false
            guard let scalar = peek else { throw PatternError(message: "missing closing ]") }
            if let named = try namedClass() {
                ranges += named.positive
                continue
            }
            index += 1
            var lower = CharacterSet(ranges: [scalar.value...scalar.value])
            if scalar == "\\" { lower = try escapedSet() }
            let isSingle = !lower.isNegated && lower.ranges.count == 1 && lower.ranges[0].count == 1
            guard isSingle, peek == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
                ranges += lower.positive
                continue
            }
            index += 2
            var upper = scalars[index - 1].value
            if scalars[index - 1] == "\\" { upper = try escapedSet().ranges[0].upperBound }
            guard lower.ranges[0].lowerBound <= upper else {
                throw PatternError(message: "invalid character class range")
            }
            ranges.append(lower.ranges[0].lowerBound...upper)
        }
        index += 1
        return CharacterSet(ranges: ranges, isNegated: isNegated)
    }

    private mutating func namedClass() throws(PatternError) -> CharacterSet? {
        guard take(text: "[:") else { return nil }
        let isNegated = take("^")
        for (name, ranges) in Self.named where take(text: "\(name):]") {
            return CharacterSet(ranges: ranges, isNegated: isNegated)
        }
        throw PatternError(message: "invalid character class range: `[:`")
    }

    private static let named: [(String, [ClosedRange<UInt32>])] = [
        ("alpha", [0x41...0x5A, 0x61...0x7A]), ("digit", [0x30...0x39]),
        ("alnum", [0x30...0x39, 0x41...0x5A, 0x61...0x7A]), ("lower", [0x61...0x7A]),
        ("upper", [0x41...0x5A]), ("space", [0x09...0x0D, 0x20...0x20]),
        ("punct", [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
        ("xdigit", [0x30...0x39, 0x41...0x46, 0x61...0x66]), ("word", CharacterSet.word.ranges),
    ]
}
