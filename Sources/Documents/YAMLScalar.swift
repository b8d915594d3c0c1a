/// What a scalar of YAML stands for.
enum YAMLScalar {
    case value(JSON)
    case refused(message: String, remedy: String)

    init(_ text: String, isPlain: Bool, tag: String?) {
        switch tag {
        case nil: self = isPlain ? Self.plain(text) : .value(.string(text))
        case "!", "tag:yaml.org,2002:str": self = .value(.string(text))
        case "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int",
            "tag:yaml.org,2002:float":
            self = Self.tagged(text, tag ?? "")
        default:
            self = .refused(message: "the tag \(tag ?? "") is not known", remedy: "remove the tag")
        }
    }

    private static func tagged(_ text: String, _ tag: String) -> YAMLScalar {
        let scalar = plain(text)
        guard case .value(let value) = scalar else { return scalar }
        let fits =
            switch value {
            case .null: tag.hasSuffix("null")
            case .bool: tag.hasSuffix("bool")
            case .int: tag.hasSuffix("int") || tag.hasSuffix("float")
            case .number: tag.hasSuffix("float")
            default: false
            }
        guard fits else {
            return .refused(
                message: "\"\(text)\" is not what its tag says", remedy: "remove the tag")
        }
        return scalar
    }

    /// The core schema of YAML 1.2, section 10.3.2, and octal numbers as Kubernetes reads them.
    static func plain(_ text: String) -> YAMLScalar {
        switch text {
        case "", "~", "null", "Null", "NULL": return .value(.null)
        case "true", "True", "TRUE": return .value(.bool(true))
        case "false", "False", "FALSE": return .value(.bool(false))
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan",
            ".NaN", ".NAN":
            return .refused(
                message: "JSON has no number \(text)", remedy: "put it in quotes if it is text")
        default: break
        }
        // Most scalars are words; no number begins like one.
        guard let first = text.utf8.first, first < UInt8(ascii: ":") else {
            return .value(.string(text))
        }
        return .value(radixNumber(text) ?? decimalNumber(text) ?? .string(text))
    }

    /// 0x1F, 0o17, and 017, which is octal for Kubernetes: `defaultMode: 0644`.
    private static func radixNumber(_ text: String) -> JSON? {
        let (radix, digits): (Int, Substring)
        if text.hasPrefix("0x") {
            (radix, digits) = (16, text.dropFirst(2))
        } else if text.hasPrefix("0o") {
            (radix, digits) = (8, text.dropFirst(2))
        } else if text.hasPrefix("0"), text.utf8.count > 1 {
            (radix, digits) = (8, text.dropFirst(1))
        } else {
            return nil
        }
        // Int64 would also take a sign here.
        guard digits.utf8.first != UInt8(ascii: "+"), digits.utf8.first != UInt8(ascii: "-") else {
            return nil
        }
        return Int64(digits, radix: radix).map { .int($0) }
    }

    /// A decimal number in the form that JSON has for it: no plus sign, no leading zeros, digits on
    /// both sides of the point.
    private static func decimalNumber(_ text: String) -> JSON? {
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let whole = digits(&rest)
        var fraction: Substring?
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = digits(&rest)
        }
        guard !whole.isEmpty || fraction?.isEmpty == false else { return nil }
        guard let exponent = exponent(&rest), rest.isEmpty else { return nil }
        let significant = whole.drop { $0 == "0" }
        var number = (isNegative ? "-" : "") + (significant.isEmpty ? "0" : significant)
        if fraction == nil, exponent.isEmpty, number != "-0", let int = Int64(number) {
            return .int(int)
        }
        if let fraction { number += "." + (fraction.isEmpty ? "0" : fraction) }
        return .number(number + exponent)
    }

    private static func digits(_ rest: inout Substring.UTF8View) -> Substring {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest[digits.endIndex...]
        return Substring(digits)
    }

    /// The exponent as it stands, empty where there is none; nil for one without digits.
    private static func exponent(_ rest: inout Substring.UTF8View) -> Substring? {
        let start = rest
        guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return "" }
        rest.removeFirst()
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        return digits(&rest).isEmpty ? nil : Substring(start[..<rest.startIndex])
    }
}
