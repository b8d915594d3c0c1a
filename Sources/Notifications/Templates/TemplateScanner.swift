import Documents

/// One word of an action.
struct TemplateToken: Sendable {
    enum Kind: Hashable, Sendable {
        case word(String)
        case field(String)
        case dot
        /// With its dollar sign.
        case variable(String)
        case literal(JSON)
        /// One of `| ( ) := = ,`
        case symbol(String)
    }

    let kind: Kind
    let spot: TemplateFault.Spot
    /// Whether it follows the one before without a space: `.a.b` is one operand, `.a .b` are two.
    let isAttached: Bool
}

/// What a template is made of, in its order.
enum TemplateItem: Sendable {
    case text(String)
    case action([TemplateToken], TemplateFault.Spot)
}

/// Cuts a template into texts and actions, and actions into words.
struct TemplateScanner {
    private let bytes: [UInt8]
    private let lineStarts: [Int]
    private var index = 0
    private var items: [TemplateItem] = []

    /// The items of a template.
    static func items(of text: String) throws(TemplateFault) -> [TemplateItem] {
        var scanner = TemplateScanner(bytes: Array(text.utf8))
        try scanner.scan()
        return scanner.items
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    private mutating func scan() throws(TemplateFault) {
        var trimsLeft = false
        while index < bytes.count {
            let end = position(of: "{{", from: index) ?? bytes.count
            let isTrimming = end < bytes.count && bytes(at: end + 2, are: "-", beforeBlank: true)
            addText(index..<end, trimsLeft: trimsLeft, trimsRight: isTrimming)
            guard end < bytes.count else { return }
            index = end + 2 + (isTrimming ? 2 : 0)
            trimsLeft = try action(from: end)
        }
    }

    private mutating func addText(_ range: Range<Int>, trimsLeft: Bool, trimsRight: Bool) {
        var text = bytes[range]
        if trimsLeft { text = text.drop(while: isBlank) }
        if trimsRight, let last = text.lastIndex(where: { !isBlank($0) }) {
            text = text[...last]
        } else if trimsRight {
            text = []
        }
        if !text.isEmpty { items.append(.text(String(decoding: text, as: UTF8.self))) }
    }

    /// Reads up to the closing braces.
    /// - Returns: whether they take the blanks behind them.
    private mutating func action(from start: Int) throws(TemplateFault) -> Bool {
        if bytes(at: index, are: "/*") {
            guard let end = position(of: "*/", from: index + 2) else {
                throw fault("a comment is not closed; end it with */", at: start)
            }
            index = end + 2
            guard let trims = takeEnd(blankBefore: isBlankAt(index)) else {
                throw fault("a comment takes the whole action; put }} behind */", at: end)
            }
            return trims
        }
        var tokens: [TemplateToken] = []
        while true {
            let before = index
            while index < bytes.count, isBlank(bytes[index]) { index += 1 }
            if let trims = takeEnd(blankBefore: index > before) {
                items.append(.action(tokens, spot(start)))
                return trims
            }
            guard index < bytes.count else {
                throw fault("an action is not closed; end it with }}", at: start)
            }
            let at = index
            let kind = try token()
            tokens.append(
                TemplateToken(
                    kind: kind, spot: spot(at), isAttached: before == at && !tokens.isEmpty))
        }
    }

    /// Takes `}}`, or `-}}` where a blank is before it. Nil where neither stands here.
    private mutating func takeEnd(blankBefore: Bool) -> Bool? {
        var place = index
        while place < bytes.count, isBlank(bytes[place]) { place += 1 }
        if bytes(at: place, are: "}}") {
            index = place + 2
            return false
        }
        guard blankBefore, bytes(at: place, are: "-}}") else { return nil }
        index = place + 3
        return true
    }

    private func isBlankAt(_ place: Int) -> Bool {
        bytes.indices.contains(place) && isBlank(bytes[place])
    }

    private mutating func token() throws(TemplateFault) -> TemplateToken.Kind {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "\""): return .literal(.string(try quoted()))
        case UInt8(ascii: "`"): return .literal(.string(try raw()))
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "|"), UInt8(ascii: ","),
            UInt8(ascii: "="):
            index += 1
            return .symbol(String(UnicodeScalar(byte)))
        case UInt8(ascii: ":") where bytes(at: index, are: ":="):
            index += 2
            return .symbol(":=")
        case UInt8(ascii: "$"):
            index += 1
            return .variable("$" + name())
        case UInt8(ascii: "."):
            if index + 1 < bytes.count, isDigit(bytes[index + 1]) { return try number() }
            index += 1
            let field = name()
            return field.isEmpty ? .dot : .field(field)
        default: break
        }
        let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
        let next = index + 1 < bytes.count ? bytes[index + 1] : 0
        if isDigit(byte) || (isSign && (isDigit(next) || next == UInt8(ascii: "."))) {
            return try number()
        }
        let word = name()
        guard !word.isEmpty else {
            let rest = String(decoding: bytes[index...].prefix(8), as: UTF8.self)
            throw fault("unexpected \"\(rest.prefix(1))\" in an action", at: index)
        }
        switch word {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "nil": return .literal(.null)
        default: return .word(word)
        }
    }

    /// Letters, digits and underscores; letters of all languages.
    private mutating func name() -> String {
        let start = index
        while index < bytes.count, isLetter(bytes[index]) || isDigit(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func number() throws(TemplateFault) -> TemplateToken.Kind {
        let start = index
        index += 1
        while index < bytes.count, isOfNumber(bytes[index]) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        // Other forms mean other numbers in Go.
        let isPlain = text.wholeMatch(of: /[-+]?(0|[1-9][0-9]*)?(\.[0-9]+)?/) != nil
        guard isPlain, let value = Double(text), value.isFinite else {
            throw fault("\"\(text)\" is no number that is understood here", at: start)
        }
        return .literal(Int64(text).map(JSON.int) ?? .number("\(value)"))
    }

    private mutating func raw() throws(TemplateFault) -> String {
        guard let end = bytes[(index + 1)...].firstIndex(of: UInt8(ascii: "`")) else {
            throw fault("a text is not closed; end it with `", at: index)
        }
        let text = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
        index = end + 1
        return text
    }

    private mutating func quoted() throws(TemplateFault) -> String {
        let start = index
        index += 1
        var text: [UInt8] = []
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                text += try escape()
            } else {
                text.append(byte)
            }
        }
        throw fault("a text is not closed; end it with \"", at: start)
    }

    private mutating func escape() throws(TemplateFault) -> [UInt8] {
        guard index < bytes.count else { throw fault("a text ends with \\", at: index) }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "'"): return [byte]
        case UInt8(ascii: "u"):
            let digits = String(decoding: bytes[index...].prefix(4), as: UTF8.self)
            guard digits.utf8.count == 4, let value = UInt32(digits, radix: 16),
                let scalar = Unicode.Scalar(value)
            else { throw fault("\\u takes four hexadecimal digits", at: index) }
            index += 4
            return Array(String(scalar).utf8)
        default:
            throw fault("\\\(Unicode.Scalar(byte)) is not understood in a text", at: index - 1)
        }
    }
}

// Where things are.
extension TemplateScanner {
    private func bytes(at place: Int, are text: String, beforeBlank: Bool = false) -> Bool {
        guard place <= bytes.count, bytes[place...].starts(with: text.utf8) else { return false }
        return !beforeBlank || isBlankAt(place + text.utf8.count)
    }

    private func position(of text: String, from start: Int) -> Int? {
        var place = start
        while place < bytes.count {
            if bytes(at: place, are: text) { return place }
            place += 1
        }
        return nil
    }

    private func spot(_ place: Int) -> TemplateFault.Spot {
        var (low, high) = (0, lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= place { low = middle } else { high = middle }
        }
        return .init(line: low + 1, column: place - lineStarts[low] + 1)
    }

    private func fault(_ message: String, at place: Int) -> TemplateFault {
        TemplateFault(message, at: spot(min(place, bytes.count)))
    }
}

private func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte }

private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")) ~= byte || byte == UInt8(ascii: "_")
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")) ~= byte || byte >= 0x80
}

/// All that a number may be written with; whether it is one is asked of the whole.
private func isOfNumber(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: ".")
}
