extension JSON {
    /// The compact JSON text. Reading a compact text and writing it gives the same bytes, but for
    /// needless escapes.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The compact JSON text as UTF-8.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    /// The text with one member or element on a line, indented by two spaces, without a last new
    /// line.
    package var indented: String {
        var writer = JSONWriter(bytes: [], indents: true)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The compact text as Go's `encoding/json` writes it: <, >, & and the line separators U+2028
    /// and U+2029 are escaped. For hashes that must come out as theirs.
    package var goText: String {
        var writer = JSONWriter(bytes: [], escapesHTML: true)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Appends the compact text, so that many values can share one buffer.
    package func write(to bytes: inout [UInt8]) {
        var writer = JSONWriter(bytes: bytes)
        bytes = []
        writer.write(self)
        bytes = writer.bytes
    }
}

private struct JSONWriter {
    var bytes: [UInt8]
    var indents = false
    var escapesHTML = false
    private var depth = 0

    init(bytes: [UInt8], indents: Bool = false, escapesHTML: Bool = false) {
        self.bytes = bytes
        self.indents = indents
        self.escapesHTML = escapesHTML
    }

    mutating func write(_ value: JSON) {
        switch value {
        case .null: write("null")
        case .bool(let value): write(value ? "true" : "false")
        case .int(let value): write(String(value))
        case .number(let text): write(text)
        case .string(let text): quote(text)
        case .array(let values):
            open("[")
            for (position, value) in values.enumerated() {
                separate(position)
                write(value)
            }
            close("]", isEmpty: values.isEmpty)
        case .object(let object):
            open("{")
            for (position, member) in object.members.enumerated() {
                separate(position)
                quote(member.key)
                write(indents ? ": " : ":")
                write(member.value)
            }
            close("}", isEmpty: object.isEmpty)
        }
    }

    private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func open(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        depth += 1
    }

    private mutating func separate(_ position: Int) {
        if position > 0 { bytes.append(UInt8(ascii: ",")) }
        breakLine()
    }

    private mutating func close(_ bracket: Unicode.Scalar, isEmpty: Bool) {
        depth -= 1
        if !isEmpty { breakLine() }
        bytes.append(UInt8(ascii: bracket))
    }

    private mutating func breakLine() {
        guard indents else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if escapesHTML {
            for scalar in text.unicodeScalars { appendForGo(scalar) }
        } else {
            var text = text
            text.withUTF8 { appendRuns(of: $0) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends what needs no escape in long runs, as nearly all text is one.
    private mutating func appendRuns(of text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            append(byte)
            start = index + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }

    private mutating func append(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0x0A: write("\\n")
        case 0x0D: write("\\r")
        case 0x09: write("\\t")
        case 0x08: write("\\b")
        case 0x0C: write("\\f")
        case 0..<0x20: appendEscape(UInt32(byte))
        default: bytes.append(byte)
        }
    }

    private mutating func appendForGo(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "<", ">", "&", "\u{2028}", "\u{2029}": appendEscape(scalar.value)
        default: for byte in scalar.utf8 { append(byte) }
        }
    }

    private mutating func appendEscape(_ value: UInt32) {
        let digits = String(value, radix: 16)
        write("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
}
