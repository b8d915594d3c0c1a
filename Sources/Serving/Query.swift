/// The parameters behind the `?` of a request, decoded, in their order.
package struct Query: Sendable, Hashable {
    /// One parameter; without `=` its value is empty.
    package struct Parameter: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package let parameters: [Parameter]

    /// Reads `a=1&b=x%20y`; a broken percent escape stays as it is written.
    package init(parsing text: some StringProtocol) {
        parameters = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return Parameter(
                name: percentDecoded(Substring(parts[0]), plusIsSpace: true),
                value: parts.count > 1 ? percentDecoded(Substring(parts[1]), plusIsSpace: true) : ""
            )
        }
    }

    /// The first value of `name`; nil where it is not given.
    package subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// Whether `name` is given as `true` or `1`.
    package func isTrue(_ name: String) -> Bool {
        self[name] == "true" || self[name] == "1"
    }
}

/// `text` with its percent escapes decoded; bytes that are no UTF-8 become U+FFFD.
func percentDecoded(_ text: Substring, plusIsSpace: Bool) -> String {
    var decoded: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
        let byte = bytes[index]
        if byte == UInt8(ascii: "%"), index + 2 < bytes.count,
            let high = hexadecimal(bytes[index + 1]), let low = hexadecimal(bytes[index + 2])
        {
            decoded.append(high << 4 | low)
            index += 3
            continue
        }
        decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        index += 1
    }
    return String(decoding: decoded, as: UTF8.self)
}

private func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
