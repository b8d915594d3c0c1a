import Documents

/// SplitMix64: the same seed always makes the same values.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Values that are hard on readers and writers: texts that look like something else, odd
/// characters, numbers at the edges, empty things.
struct RandomJSON {
    var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(state: seed)
    }

    private static let texts = [
        "", " ", "a", "true", "Yes", "no", "on", "off", "y", "null", "~", "0", "-1", "010", "0x1F",
        "0o7", "1e3",
        "1.5", ".5", "5.", "1_000", "1:30", "2026-01-02", "2026-01-02T03:04:05Z", ".inf", "-.INF",
        ".NaN", "<<",
        "=", "- a", "-", "--", "---", "--- a", "...", "--port=80", "-v", "? a", "a: b", "a:", ":a",
        "a #b", "#a",
        "a#b", "[a]", "{a}", "a, b", "&a", "*a", "!a", "!!str a", "|", ">", "%a", "@a", "`a", "'a'",
        "\"a\"",
        " a", "a ", "\ta", "a\t", "a\nb", "a\n", "a\n\n", "\n", "\n\n", "\na", "\n\na\n\n",
        "  a\n b\n", "a\n  b",
        "a\n   \nb", "a\n ", "a\n \n", " \n", "\t\n a", "a\r\nb", "a\rb", "#a\n#b", "---\na",
        "- a\n- b: c\n",
        "é", "😀", "e\u{301}", "\u{301}", "\u{85}", "\u{A0}", "\u{2028}", "a\u{2029}b\n", "\u{FEFF}",
        "\u{FFFD}",
        "\u{FFFE}", "\u{FFFF}", "\u{10FFFF}", "\u{0}", "\u{7}", "\u{7F}", "\u{80}", "\\", "\\n",
        "a\\", "100%", "a\u{0}\nb",
    ]
    private static let numbers = [
        "1.0", "-0", "-0.0", "1E+2", "1e-7", "0.1", "123456789012345678901234567890",
        "9223372036854775808",
    ]

    mutating func text() -> String {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0:
            let scalars = (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x30FF, using: &generator))
            }
            return String(String.UnicodeScalarView(scalars))
        case 1:
            return (0..<3).map { _ in Self.texts.randomElement(using: &generator) ?? "" }.joined()
        case 2: return String(repeating: "long ", count: Int.random(in: 1...300, using: &generator))
        default: return Self.texts.randomElement(using: &generator) ?? ""
        }
    }

    mutating func value(depth: Int = 5) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 12 : 7), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .int(Int64.random(in: .min ... .max, using: &generator))
        case 3: return .number(Self.numbers.randomElement(using: &generator) ?? "0.5")
        case 4...6: return .string(text())
        case 7...8:
            return .array(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in value(depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...5, using: &generator) {
                object[text()] = value(depth: depth - 1)
            }
            return .object(object)
        }
    }
}
