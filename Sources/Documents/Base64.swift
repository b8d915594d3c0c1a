/// Decodes base64 (RFC 4648, section 4), as kubeconfig files and Secrets use it. Line breaks are
/// skipped, for people paste wrapped text. Nil for anything else.
package func decodedBase64(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 4 * 3)
    var bits: UInt32 = 0
    var count = 0
    var padding = 0
    for character in text.utf8 {
        let value: UInt32
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(character) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(character) - 97 + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(character) - 48 + 52
        case UInt8(ascii: "+"): value = 62
        case UInt8(ascii: "/"): value = 63
        case UInt8(ascii: "="):
            padding += 1
            continue
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): continue
        default: return nil
        }
        guard padding == 0 else { return nil }
        bits = bits << 6 | value
        count += 1
        if count % 4 == 0 {
            bytes += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8)]
            bytes.append(UInt8(truncatingIfNeeded: bits))
        }
    }
    switch (count % 4, padding) {
    case (0, 0): break
    case (2, 2): bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
    case (3, 1):
        bytes += [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
    default: return nil
    }
    return bytes
}

/// The Base64 of the bytes, without the signs that only fill up the last group.
func encodedBase64(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0) }
        for place in 0...group.count { result.append(alphabet[bits >> (18 - 6 * place) & 63]) }
    }
    return result
}

/// The Base64 of the bytes with its padding, on one line.
package func base64Text(_ bytes: [UInt8]) -> String {
    let digits = encodedBase64(bytes)
    let padding = String(repeating: "=", count: (4 - digits.count % 4) % 4)
    return String(decoding: digits, as: UTF8.self) + padding
}

/// Whether the byte belongs to a word of Base64, in either alphabet.
func isOfBase64(_ byte: UInt8) -> Bool {
    switch Unicode.Scalar(byte) {
    case "A"..."Z", "a"..."z", "0"..."9", "+", "/", "-", "_", "=": true
    default: false
    }
}
