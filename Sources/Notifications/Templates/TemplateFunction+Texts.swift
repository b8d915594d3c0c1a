import Documents

extension TemplateFunction {
    /// What makes texts of texts. What comes through the pipe is the last argument.
    static let texts: [String: TemplateFunction] = [
        "print": .init(0...many) { values, _ in .string(printed(values)) },
        "println": .init(0...many) { values, _ in
            .string(values.map(\.goPrinted).joined(separator: " ") + "\n")
        },
        "printf": .init(1...many) { values, _ throws(FunctionFault) in
            try .string(PrintFormat(parsing: values[0].asText()).text(Array(values.dropFirst())))
        },
        "upper": mapping { $0.uppercased() }, "lower": mapping { $0.lowercased() },
        "title": mapping { capitalized($0) },
        "trim": mapping { trimmed($0, of: " \t\n\r") },
        "nospace": mapping { $0.filter { !$0.isWhitespace } },
        "trimAll": pair { trimmed(String($1), of: String($0)) },
        "trimPrefix": pair {
            $1.starts(with: $0) ? String($1.dropFirst($0.count)) : String($1)
        },
        "trimSuffix": pair { ends($1, with: $0) ? String($1.dropLast($0.count)) : String($1) },
        "contains": asking { $0.isEmpty || $1.firstRange(of: $0) != nil },
        "hasPrefix": asking { $1.starts(with: $0) }, "hasSuffix": asking { ends($1, with: $0) },
        "replace": .init(3...3) { values, _ throws(FunctionFault) in
            let (old, new, text) = try (
                values[0].asText(), values[1].asText(), values[2].asText()
            )
            if old.isEmpty { throw FunctionFault("what is to be replaced is empty") }
            return .string(try bounded(pieces(of: text, between: old), by: new))
        },
        "trunc": .init(2...2) { values, _ throws(FunctionFault) in
            let (length, text) = try (values[0].asInt(), values[1].asText())
            let (count, scalars) = (Int(clamping: length.magnitude), text.unicodeScalars)
            return .string(String(length < 0 ? scalars.suffix(count) : scalars.prefix(count)))
        },
        "abbrev": .init(2...2) { values, _ throws(FunctionFault) in
            let (length, text) = try (Int(clamping: values[0].asInt()), values[1].asText())
            let scalars = text.unicodeScalars
            guard length >= 4, scalars.count > length else { return .string(text) }
            return .string(String(scalars.prefix(length - 3)) + "...")
        },
        "substr": .init(3...3) { values, _ throws(FunctionFault) in
            let text = try values[2].asText()
            let start = max(0, Int(clamping: try values[0].asInt()))
            let end = Int(clamping: try values[1].asInt())
            let part = text.unicodeScalars.dropFirst(start)
            return .string(String(end < 0 ? part : part.prefix(max(0, end - start))))
        },
        "repeat": .init(2...2) { values, _ throws(FunctionFault) in
            let (count, text) = try (values[0].asInt(), values[1].asText())
            let limit = Int64(GoTemplate.Limit.textBytes)
            guard count >= 0, count <= limit, count * Int64(text.utf8.count) <= limit else {
                throw FunctionFault("the result is too large")
            }
            return .string(String(repeating: text, count: Int(count)))
        },
        "indent": indenting(after: ""), "nindent": indenting(after: "\n"),
        "quote": .init(1...many) { values, _ in
            .string(
                values.filter { !$0.isNull }.map { JSON.string($0.goPrinted).text }.joined(
                    separator: " "))
        },
        "squote": .init(1...many) { values, _ in
            .string(values.filter { !$0.isNull }.map { "'\($0.goPrinted)'" }.joined(separator: " "))
        },
        "cat": .init(1...many) { values, _ in
            .string(values.filter { !$0.isNull }.map(\.goPrinted).joined(separator: " "))
        },
        "toString": .init(1...1) { values, _ in .string(values[0].goPrinted) },
    ]

    private static func mapping(_ change: @escaping @Sendable (String) -> String)
        -> TemplateFunction
    {
        .init(1...1) { values, _ throws(FunctionFault) in .string(change(try values[0].asText())) }
    }

    /// A line break of Windows is two characters in Go, and only one in Swift: whoever replaces or
    /// cuts it must find both.
    private typealias Characters = String.UnicodeScalarView

    private static func pair(
        _ change: @escaping @Sendable (Characters, Characters) -> String
    ) -> TemplateFunction {
        .init(2...2) { values, _ throws(FunctionFault) in
            .string(
                change(try values[0].asText().unicodeScalars, try values[1].asText().unicodeScalars)
            )
        }
    }

    private static func asking(
        _ holds: @escaping @Sendable (Characters, Characters) -> Bool
    ) -> TemplateFunction {
        .init(2...2) { values, _ throws(FunctionFault) in
            .bool(
                holds(try values[0].asText().unicodeScalars, try values[1].asText().unicodeScalars))
        }
    }

    private static func ends(_ text: Characters, with end: Characters) -> Bool {
        text.reversed().starts(with: end.reversed())
    }

    private static func indenting(after start: String) -> TemplateFunction {
        .init(2...2) { values, _ throws(FunctionFault) in
            let (count, text) = try (values[0].asInt(), values[1].asText())
            guard (0...1_000).contains(count) else {
                throw FunctionFault("indents by 0 to 1000 blanks")
            }
            let blanks = String(repeating: " ", count: Int(count))
            let lines = pieces(of: text, between: "\n")
            return .string(start + blanks + (try bounded(lines, by: "\n" + blanks)))
        }
    }
}

/// The parts with `separator` between them, where that is no longer than a text may be.
func bounded(_ parts: [some StringProtocol], by separator: String) throws(FunctionFault) -> String {
    let size =
        parts.reduce(0) { $0 + $1.utf8.count } + separator.utf8.count * max(0, parts.count - 1)
    guard size <= GoTemplate.Limit.textBytes else {
        throw FunctionFault("the result is too large")
    }
    return parts.joined(separator: separator)
}

/// What stands between the occurrences of `separator`, as Go finds them: character by character.
func pieces(of text: String, between separator: String) -> [String] {
    text.unicodeScalars.split(
        separator: Array(separator.unicodeScalars), omittingEmptySubsequences: false
    ).map { String($0) }
}

/// Without the `characters` at both ends. A line break of Windows is two of them.
private func trimmed(_ text: String, of characters: String) -> String {
    let (scalars, set) = (text.unicodeScalars, characters.unicodeScalars)
    guard let first = scalars.firstIndex(where: { !set.contains($0) }),
        let last = scalars.lastIndex(where: { !set.contains($0) })
    else { return "" }
    return String(scalars[first...last])
}

private func capitalized(_ text: String) -> String {
    var isAtStart = true
    return text.reduce(into: "") { result, character in
        result += isAtStart ? character.uppercased() : String(character)
        isAtStart = !(character.isLetter || character.isNumber || character == "'")
    }
}

/// Blanks only between values of which neither is a text, as Go prints them.
private func printed(_ values: [JSON]) -> String {
    var text = ""
    for (index, value) in values.enumerated() {
        if index > 0, value.string == nil, values[index - 1].string == nil { text += " " }
        text += value.isNull ? "<nil>" : value.goPrinted
    }
    return text
}
