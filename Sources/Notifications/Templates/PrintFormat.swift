import Documents

/// A format of `printf`: the verbs and flags that messages use.
struct PrintFormat {
    private enum Part {
        case text(String)
        case verb(Verb)
    }

    private struct Verb {
        let letter: Character
        var width = 0
        var precision: Int?
        var isLeft = false
        var isZeroPadded = false
        var hasSign = false
    }

    private var parts: [Part] = []

    /// Wider fields are no message.
    private static let widest = 1_000

    /// - Throws: for a verb that is not understood.
    init(parsing format: String) throws(FunctionFault) {
        var rest = Substring(format)
        while let percent = rest.firstIndex(of: "%") {
            if percent > rest.startIndex { parts.append(.text(String(rest[..<percent]))) }
            rest = rest[percent...].dropFirst()
            if rest.first == "%" {
                parts.append(.text("%"))
                rest = rest.dropFirst()
            } else {
                parts.append(.verb(try Self.verb(&rest)))
            }
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
    }

    private static func verb(_ rest: inout Substring) throws(FunctionFault) -> Verb {
        let start = rest
        var verb = Verb(letter: "v")
        while let flag = rest.first, "-0+".contains(flag) {
            if flag == "-" { verb.isLeft = true }
            if flag == "0" { verb.isZeroPadded = true }
            if flag == "+" { verb.hasSign = true }
            rest = rest.dropFirst()
        }
        verb.width = try number(&rest) ?? 0
        if rest.first == "." {
            rest = rest.dropFirst()
            verb.precision = try number(&rest) ?? 0
        }
        guard let letter = rest.first, "vsdqtfxXT".contains(letter), letter != "T" else {
            throw FunctionFault("printf: \"%\(start.prefix(6))\" is not supported")
        }
        rest = rest.dropFirst()
        return Verb(
            letter: letter, width: verb.width, precision: verb.precision, isLeft: verb.isLeft,
            isZeroPadded: verb.isZeroPadded, hasSign: verb.hasSign)
    }

    private static func number(_ rest: inout Substring) throws(FunctionFault) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty else { return nil }
        guard let value = Int(digits), value <= widest else {
            throw FunctionFault("printf: \(digits.prefix(20)) is too wide")
        }
        rest = rest.dropFirst(digits.count)
        return value
    }

    /// The text with `values` in it.
    func text(_ values: [JSON]) throws(FunctionFault) -> String {
        var values = values[...]
        var text = ""
        for part in parts {
            switch part {
            case .text(let plain): text += plain
            case .verb(let verb):
                guard let value = values.popFirst() else {
                    throw FunctionFault("a value is missing for %\(verb.letter)")
                }
                text += padded(try written(value, verb), verb)
            }
        }
        guard values.isEmpty else { throw FunctionFault("there are more values than verbs") }
        return text
    }

    private func written(_ value: JSON, _ verb: Verb) throws(FunctionFault) -> String {
        switch verb.letter {
        case "d":
            guard case .int(let int) = value else { throw refused(value, verb) }
            return (verb.hasSign && int >= 0 ? "+" : "") + "\(int)"
        case "f":
            guard let double = value.double else { throw refused(value, verb) }
            return (verb.hasSign && double >= 0 ? "+" : "")
                + (try fixed(double, digits: verb.precision ?? 6))
        case "t":
            guard case .bool(let bool) = value else { throw refused(value, verb) }
            return "\(bool)"
        case "x", "X":
            let isUpper = verb.letter == "X"
            if case .int(let int) = value { return String(int, radix: 16, uppercase: isUpper) }
            guard case .string(let text) = value else { throw refused(value, verb) }
            return text.utf8.map { byte in
                let digits = String(byte, radix: 16, uppercase: isUpper)
                return digits.count < 2 ? "0" + digits : digits
            }.joined()
        case "q": return JSON.string(cut(value.goPrinted, verb)).text
        case "s" where value.isNull: throw refused(value, verb)
        default: return cut(value.isNull ? "<nil>" : value.goPrinted, verb)
        }
    }

    private func cut(_ text: String, _ verb: Verb) -> String {
        verb.precision.map { String(text.prefix($0)) } ?? text
    }

    private func refused(_ value: JSON, _ verb: Verb) -> FunctionFault {
        FunctionFault("%\(verb.letter) does not print \(value.kindName)")
    }

    private func padded(_ text: String, _ verb: Verb) -> String {
        let missing = verb.width - text.count
        guard missing > 0 else { return text }
        if verb.isLeft { return text + String(repeating: " ", count: missing) }
        guard verb.isZeroPadded, "df".contains(verb.letter) else {
            return String(repeating: " ", count: missing) + text
        }
        let sign = text.prefix { $0 == "-" || $0 == "+" }
        return sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count)
    }

    /// Decimals without an exponent.
    private func fixed(_ value: Double, digits: Int) throws(FunctionFault) -> String {
        guard digits <= 15, value.magnitude < 1e15 else {
            throw FunctionFault("%f takes up to 15 digits, and numbers below 10^15")
        }
        let whole = value.magnitude.rounded(.down)
        let factor = (0..<digits).reduce(1.0) { factor, _ in factor * 10 }
        let fraction = ((value.magnitude - whole) * factor).rounded(.toNearestOrEven)
        let carry = fraction >= factor
        let sign = value < 0 ? "-" : ""
        let head = Int64(whole) + (carry ? 1 : 0)
        guard digits > 0 else {
            return "\(sign)\(Int64(value.magnitude.rounded(.toNearestOrEven)))"
        }
        let tail = "\(carry ? 0 : Int64(fraction))"
        return "\(sign)\(head).\(String(repeating: "0", count: digits - tail.count))\(tail)"
    }
}
