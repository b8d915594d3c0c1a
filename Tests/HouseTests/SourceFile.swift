/// A Swift file as the rules read it: its lines as they stand, and the words the compiler acts on.
struct SourceFile: Sendable {
    struct Token: Sendable {
        let text: String
        /// Counted from 1.
        let line: Int
        let followsSpace: Bool
    }

    let path: String
    let lines: [Substring]
    /// Identifiers, numbers and single signs, without comments and without the text of literals.
    let tokens: [Token]
    /// Where each word stands among the tokens.
    private let positions: [String: [Int]]

    init(path: String) {
        self.init(path: path, text: Repository.text(path))
    }

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        tokens = Self.tokens(of: CodeOnly.of(text))
        positions = Dictionary(grouping: tokens.indices, by: { [tokens] in tokens[$0].text })
    }

    /// Where these words stand one after the other.
    func positions(of words: [String]) -> [Int] {
        guard let first = words.first, let starts = positions[first] else { return [] }
        return starts.filter { start in
            tokens[start...].prefix(words.count).map(\.text) == words
        }
    }

    /// The target it belongs to: the directory below `Sources` or `Tests`.
    var room: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    private static func tokens(of code: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var line = 1
        var index = 0
        var followsSpace = true
        while index < code.count {
            let start = index
            let byte = code[index]
            index += 1
            if byte <= 0x20 {
                if byte == UInt8(ascii: "\n") { line += 1 }
                followsSpace = true
                continue
            }
            if byte == UInt8(ascii: "`") {
                while index < code.count, code[index] != byte { index += 1 }
                index = min(index + 1, code.count)
            } else if isWord(byte) {
                while index < code.count, isWord(code[index]) { index += 1 }
            }
            let text = String(decoding: code[start..<index], as: UTF8.self)
            tokens.append(Token(text: text, line: line, followsSpace: followsSpace))
            followsSpace = false
        }
        return tokens
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}

/// Blanks comments and the text of literals; line breaks and interpolated code stay.
struct CodeOnly {
    private var bytes: [UInt8]
    private var index = 0

    static func of(_ text: String) -> [UInt8] {
        // Two bytes beyond the end, so that looking ahead needs no check.
        var reader = CodeOnly(bytes: Array(text.utf8) + [0x0A, 0x0A])
        reader.readCode(untilParenthesis: false)
        return reader.bytes
    }

    private var isAtEnd: Bool { index + 2 >= bytes.count }

    private mutating func blank() {
        if bytes[index] != UInt8(ascii: "\n") { bytes[index] = 0x20 }
        index += 1
    }

    private mutating func blank(_ count: Int) {
        for _ in 0..<count where !isAtEnd { blank() }
    }

    /// Reads code to the end, or to the parenthesis that ends an interpolation.
    private mutating func readCode(untilParenthesis: Bool) {
        var depth = 0
        while !isAtEnd {
            switch (bytes[index], bytes[index + 1]) {
            case (UInt8(ascii: "/"), UInt8(ascii: "/")):
                while !isAtEnd, bytes[index] != UInt8(ascii: "\n") { blank() }
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                readBlockComment()
            case (UInt8(ascii: "\""), _), (UInt8(ascii: "#"), UInt8(ascii: "\"")),
                (UInt8(ascii: "#"), UInt8(ascii: "#")):
                readLiteral()
            case (UInt8(ascii: "("), _):
                depth += 1
                index += 1
            case (UInt8(ascii: ")"), _):
                depth -= 1
                if untilParenthesis, depth < 0 { return }
                index += 1
            default:
                index += 1
            }
        }
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            let pair = (bytes[index], bytes[index + 1])
            let begins = pair == (UInt8(ascii: "/"), UInt8(ascii: "*"))
            let ends = pair == (UInt8(ascii: "*"), UInt8(ascii: "/"))
            depth += begins ? 1 : ends ? -1 : 0
            blank(begins || ends ? 2 : 1)
        } while depth > 0 && !isAtEnd
    }

    private mutating func readLiteral() {
        var hashes = 0
        while !isAtEnd, bytes[index] == UInt8(ascii: "#") {
            hashes += 1
            blank()
        }
        let quotes = isQuoted(3) ? 3 : 1
        blank(quotes)
        while !isAtEnd {
            switch bytes[index] {
            case UInt8(ascii: "\\") where areHashes(hashes, after: 1):
                let isCode = byte(after: 1 + hashes) == UInt8(ascii: "(")
                blank(hashes + 2)
                if isCode { readCode(untilParenthesis: true) }
            case UInt8(ascii: "\"") where isQuoted(quotes) && areHashes(hashes, after: quotes):
                blank(quotes + hashes)
                return
            default:
                blank()
            }
        }
    }

    private func byte(after offset: Int) -> UInt8? {
        index + offset < bytes.count ? bytes[index + offset] : nil
    }

    private func isQuoted(_ count: Int) -> Bool {
        (0..<count).allSatisfy { byte(after: $0) == UInt8(ascii: "\"") }
    }

    private func areHashes(_ count: Int, after offset: Int) -> Bool {
        (0..<count).allSatisfy { byte(after: offset + $0) == UInt8(ascii: "#") }
    }
}
