// Numbers and strings of JSON, the parts where readers differ and we are strict.
extension JSONParser {
    /// Reads a number by the grammar of RFC 8259, section 6.
    mutating func number() throws(Fault) -> JSON {
        let start = index
        let isNegative = byte == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let firstDigit = index
        var magnitude: UInt64 = 0
        var fits = true
        while let digit = digit {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            fits = fits && !overflow && !carry
            magnitude = sum
            index += 1
        }
        try requireDigits(since: firstDigit)
        if index - firstDigit > 1, bytes[firstDigit] == UInt8(ascii: "0") {
            throw fault("a number begins with 0", "remove the zero in front", at: start)
        }
        let integerEnd = index
        try fraction()
        try exponent()
        // -0 is a number of its own: as an integer it would be written back without its sign.
        if index == integerEnd, fits, !(isNegative && magnitude == 0) {
            if !isNegative, magnitude <= UInt64(Int64.max) { return .int(Int64(magnitude)) }
            if isNegative, magnitude <= UInt64(Int64.max) + 1 {
                return .int(Int64(truncatingIfNeeded: 0 &- magnitude))
            }
        }
        return .number(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private var digit: UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        default: nil
        }
    }

    private func requireDigits(since start: Int) throws(Fault) {
        if index == start { throw fault("expected a digit", "write a number like -1.5e3") }
    }

    private mutating func digits() throws(Fault) {
        let start = index
        while digit != nil { index += 1 }
        try requireDigits(since: start)
    }

    private mutating func fraction() throws(Fault) {
        guard byte == UInt8(ascii: ".") else { return }
        index += 1
        try digits()
    }

    private mutating func exponent() throws(Fault) {
        guard byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") else { return }
        index += 1
        if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { index += 1 }
        try digits()
    }

    /// Reads a string; most have no escapes and are taken over in one piece.
    mutating func string() throws(Fault) -> String {
        index += 1
        let start = index
        var allBits: UInt8 = 0
        while index < bytes.count {
            allBits |= bytes[index]
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let part = UnsafeBufferPointer(rebasing: bytes[start..<index])
                // ASCII needs no validation, which costs more than all the rest.
                let string =
                    allBits < 0x80
                    ? String(decoding: part, as: UTF8.self) : try text(part, from: start)
                index += 1
                return string
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw controlCharacter()
            default: index += 1
            }
        }
        throw fault("", "")
    }

    private func controlCharacter() -> Fault {
        fault("a control character in a string", "write it as an escape, for a new line \\n")
    }

    private func text(_ part: UnsafeBufferPointer<UInt8>, from start: Int) throws(Fault) -> String {
        guard let text = String(validating: part, as: UTF8.self) else {
            throw fault(
                "a string is not valid UTF-8", "save the text as UTF-8",
                at: start + validPrefix(of: part))
        }
        return text
    }

    private mutating func escapedString(from start: Int) throws(Fault) -> String {
        var result = ""
        var partStart = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                result += try text(
                    UnsafeBufferPointer(rebasing: bytes[partStart..<index]), from: partStart)
                index += 1
                return result
            case UInt8(ascii: "\\"):
                result += try text(
                    UnsafeBufferPointer(rebasing: bytes[partStart..<index]), from: partStart)
                result.unicodeScalars.append(try escape())
                partStart = index
            case 0..<0x20: throw controlCharacter()
            default: index += 1
            }
        }
        throw fault("", "")
    }

    private mutating func escape() throws(Fault) -> Unicode.Scalar {
        let start = index
        index += 1
        let letter = byte
        guard letter != UInt8(ascii: "u") else { return try unicodeEscape(from: start) }
        let scalar: Unicode.Scalar =
            switch letter {
            case UInt8(ascii: "\""): "\""
            case UInt8(ascii: "\\"): "\\"
            case UInt8(ascii: "/"): "/"
            case UInt8(ascii: "b"): "\u{8}"
            case UInt8(ascii: "f"): "\u{C}"
            case UInt8(ascii: "n"): "\n"
            case UInt8(ascii: "r"): "\r"
            case UInt8(ascii: "t"): "\t"
            default: throw fault("unknown escape", "write a backslash as \\\\")
            }
        index += 1
        return scalar
    }

    private mutating func unicodeEscape(from start: Int) throws(Fault) -> Unicode.Scalar {
        index += 1
        let unit = try hexDigits()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        if unit < 0xDC00, byte == UInt8(ascii: "\\") {
            index += 1
            if byte == UInt8(ascii: "u") {
                index += 1
                let low = try hexDigits()
                if (0xDC00...0xDFFF).contains(low),
                    let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
                {
                    return scalar
                }
            }
        }
        throw fault(
            "half of a surrogate pair",
            "write both halves, \\ud83d\\ude00, or the character itself",
            at: start)
    }

    private mutating func hexDigits() throws(Fault) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw fault("expected four hex digits", "write an escape like \\u00e9")
            }
            unit = unit << 4 | UInt32(digit)
            index += 1
        }
        return unit
    }
}

/// The number of bytes before the first that is not valid UTF-8.
func validPrefix(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var count = 0
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { count += scalar.count }
    return count
}
