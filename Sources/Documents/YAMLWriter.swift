/// Writes block style as `kubectl -o yaml` does: lists are not indented below their key.
struct YAMLWriter {
    private(set) var text = ""

    /// libyaml looks no further than 1,024 characters for the colon of a key; longer ones are
    /// written with `?`.
    private static let longestSimpleKey = 1000

    mutating func writeDocument(_ value: JSON) {
        switch value {
        case .object(let object) where !object.isEmpty: write(object, indent: 0)
        case .array(let values) where !values.isEmpty: write(values, indent: 0)
        default: writeInline(value, indent: 0)
        }
    }

    private mutating func pad(_ indent: Int) {
        text.append(String(repeating: " ", count: indent))
    }

    /// The members, the first of which continues the current line.
    private mutating func write(_ object: JSONObject, indent: Int) {
        for (position, member) in object.members.enumerated() {
            if position > 0 { pad(indent) }
            let key = YAMLText.flow(member.key)
            if key.utf8.count > Self.longestSimpleKey {
                text += "? \(key)\n"
                pad(indent)
            } else {
                text += key
            }
            text += ":"
            switch member.value {
            case .object(let object) where !object.isEmpty:
                text += "\n"
                pad(indent + 2)
                write(object, indent: indent + 2)
            case .array(let values) where !values.isEmpty:
                text += "\n"
                pad(indent)
                write(values, indent: indent)
            default:
                text += " "
                writeInline(member.value, indent: indent + 2)
            }
        }
    }

    /// The elements, the first of which continues the current line.
    private mutating func write(_ values: [JSON], indent: Int) {
        for (position, value) in values.enumerated() {
            if position > 0 { pad(indent) }
            text += "- "
            switch value {
            case .object(let object) where !object.isEmpty: write(object, indent: indent + 2)
            case .array(let values) where !values.isEmpty: write(values, indent: indent + 2)
            default: writeInline(value, indent: indent + 2)
            }
        }
    }

    /// A value that begins on the current line; further lines of text are indented by `indent`,
    /// which is two more than what stands around it, or two at the root.
    private mutating func writeInline(_ value: JSON, indent: Int) {
        switch value {
        case .null: text += "null\n"
        case .bool(let value): text += value ? "true\n" : "false\n"
        case .int(let value): text += "\(value)\n"
        case .number(let number): text += "\(number)\n"
        case .array: text += "[]\n"
        case .object: text += "{}\n"
        case .string(let string):
            if let header = YAMLText.literalHeader(string) {
                writeLiteral(string, header, indent: max(indent, 2))
            } else {
                text += "\(YAMLText.flow(string))\n"
            }
        }
    }

    private mutating func writeLiteral(_ string: String, _ header: String, indent: Int) {
        text += "\(header)\n"
        var lines = string.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            if !line.isEmpty { pad(indent) }
            text += "\(line)\n"
        }
    }
}

/// How a text is written so that it is read as the same text, by us and by readers of YAML 1.1.
enum YAMLText {
    /// Plain where nothing can misread it, in double quotes otherwise.
    static func flow(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    /// The header of a literal block for text of several lines; nil where it must be quoted.
    static func literalHeader(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "\n")),
            text.utf8.contains(where: { $0 != UInt8(ascii: "\n") }),
            text.unicodeScalars.allSatisfy({ $0 == "\n" || $0 == "\t" || isPrintable($0) })
        else { return nil }
        let first = text.utf8.first
        let startsBlank =
            first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") || first == UInt8(ascii: "\n")
        let chomping =
            !text.utf8.hasSuffix("\n") ? "-" : text.utf8.hasSuffix("\n\n") ? "+" : ""
        return "|" + (startsBlank ? "2" : "") + chomping
    }

    /// Characters that may stand as they are; the line separators of Unicode are line breaks in
    /// YAML.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
            0x10000...0x10FFFF:
            true
        default: false
        }
    }

    private static let wordsOfYAML11: Set<String> = ["y", "n", "yes", "no", "on", "off"]
    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    private static let numberLike = Set("0123456789abcdefABCDEFxXoO_.,:+-TtZz ".utf8)

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, mayBegin(text, with: first),
            text.utf8.last != UInt8(ascii: " "), text.utf8.last != UInt8(ascii: ":"),
            text.unicodeScalars.allSatisfy(isPrintable)
        else { return false }
        var previous: Unicode.Scalar = "a"
        for scalar in text.unicodeScalars {
            if previous == ":" && scalar == " " || previous == " " && scalar == "#" { return false }
            previous = scalar
        }
        guard case .value(.string) = YAMLScalar.plain(text) else { return false }
        // Dates, 1_000 and 1:30 are no strings for readers of YAML 1.1.
        if first < ":", text.utf8.contains(where: digits.contains),
            text.utf8.allSatisfy(numberLike.contains)
        {
            return false
        }
        return text.utf8.count > 3 || !wordsOfYAML11.contains(text.lowercased())
    }

    private static func mayBegin(_ text: String, with first: Unicode.Scalar) -> Bool {
        switch first {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "/", ".": return !text.hasPrefix("...")
        case "-":
            // A flag of a command line, `--port` or `-v`; everything else could begin a list or
            // document.
            let next = text.unicodeScalars.drop { $0 == "-" }.first
            return !text.hasPrefix("---") && next?.properties.isAlphabetic == true
        default: return first.value > 0x7F
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if isPrintable(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return result + "\""
    }
}

extension String.UTF8View {
    fileprivate func hasSuffix(_ suffix: String) -> Bool {
        reversed().starts(with: suffix.utf8.reversed())
    }
}
