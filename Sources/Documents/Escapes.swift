// How URLs, JSON and HTML write single bytes.

/// Whether an escape may begin with `byte`.
func beginsEscape(_ byte: UInt8) -> Bool {
    switch Unicode.Scalar(byte) {
    case "%", "\\", "&", "+": true
    default: false
    }
}

/// The bytes that the text may mean at `index` if what stands there is an escape, and how long that
/// is.
func escapes(at index: Int, of text: [UInt8]) -> [(byte: UInt8, length: Int)] {
    let rest = text[(index + 1)...]
    switch Unicode.Scalar(text[index]) {
    case "+": return [(UInt8(ascii: " "), 1)]
    case "%":
        // A URL within a URL has its percent signs escaped.
        let hidden = rest.starts(with: Array("25".utf8)) ? number(rest.dropFirst(2).prefix(2)) : nil
        return found((number(rest.prefix(2)), 3), (hidden, 5))
    case "\\":
        guard let letter = rest.first else { return [] }
        let unicode =
            letter == UInt8(ascii: "u") ? number(rest.dropFirst().prefix(4), of: 4) : nil
        let hex = letter == UInt8(ascii: "x") ? number(rest.dropFirst().prefix(2)) : nil
        return found((unescaped(letter), 2), (unicode, 6), (hex, 4))
    case "&":
        guard let end = rest.prefix(8).firstIndex(of: UInt8(ascii: ";")) else { return [] }
        return found((entity(rest[..<end]), end - index + 1))
    default: return []
    }
}

private func found(_ escapes: (byte: UInt8?, length: Int)...) -> [(byte: UInt8, length: Int)] {
    escapes.compactMap { escape in escape.byte.map { ($0, escape.length) } }
}

/// `\n` as JSON and Go write it.
private func unescaped(_ letter: UInt8) -> UInt8? {
    switch Unicode.Scalar(letter) {
    case "n": 10
    case "r": 13
    case "t": 9
    case "b": 8
    case "f": 12
    case "\"", "\\", "/", "'": letter
    default: nil
    }
}

/// What stands between `&` and `;`.
private func entity(_ name: ArraySlice<UInt8>) -> UInt8? {
    switch String(decoding: name, as: UTF8.self) {
    case "amp": UInt8(ascii: "&")
    case "lt": UInt8(ascii: "<")
    case "gt": UInt8(ascii: ">")
    case "quot": UInt8(ascii: "\"")
    case "apos": UInt8(ascii: "'")
    case let text where text.lowercased().hasPrefix("#x"): UInt8(text.dropFirst(2), radix: 16)
    case let text where text.hasPrefix("#"): UInt8(text.dropFirst())
    default: nil
    }
}

/// Hexadecimal digits as one byte; nil where they are no digits, fewer, or more than a byte holds.
private func number(_ digits: ArraySlice<UInt8>, of length: Int = 2) -> UInt8? {
    guard digits.count == length, digits.first != UInt8(ascii: "+") else { return nil }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
}
