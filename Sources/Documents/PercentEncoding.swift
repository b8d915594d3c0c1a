/// The text as a URL writes it: all but the unreserved characters of RFC 3986, section 2.3.
package func percentEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~":
            result.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            result += "%" + (digits.count == 1 ? "0" : "") + digits
        }
    }
    return result
}

/// The text that a URL writes so; what is no escape stands for itself.
package func percentDecoded(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
        let escape = bytes[index] == UInt8(ascii: "%") ? escapes(at: index, of: bytes).first : nil
        result.append(escape?.byte ?? bytes[index])
        index += escape?.length ?? 1
    }
    return String(decoding: result, as: UTF8.self)
}
