/// Finds eight characters in a row of any canary, however a text writes them: as they are, escaped
/// as URLs, JSON or HTML do it, as hexadecimal digits, or in Base64 of either alphabet whatever is
/// around. It shares no code with what takes secrets out.
struct CanarySearch: Sendable {
    private struct Window {
        let name: String
        let core: Int
        let offset: Int
    }

    private let windows: [UInt64: Window]
    /// How many characters in a row are a hit, for each core.
    private let required: [Int]
    /// Whether any window ends with these sixteen bits: most places of a text are passed by that.
    private let endings: [Bool]

    init(_ cores: [(name: String, text: String)]) {
        var windows: [UInt64: Window] = [:]
        var endings = Array(repeating: false, count: 1 << 16)
        for (core, (name, text)) in cores.enumerated() {
            let bytes = Array(text.utf8)
            for offset in 0...bytes.count - 8 {
                let window = bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
                windows[window] = Window(name: name, core: core, offset: offset)
                endings[Int(window & 0xFFFF)] = true
            }
        }
        self.windows = windows
        self.endings = endings
        required = cores.map { $0.text.allSatisfy(\.isNumber) ? 24 : 8 }
    }

    /// A line for each canary of which something stands in `bytes`: its name, how it is written,
    /// and what stands before it.
    func hits(in bytes: [UInt8]) -> [String] {
        var found: [String: String] = [:]
        func look(_ view: [UInt8], _ spelling: String) {
            for (name, end) in hits(inPlain: view) where found[name] == nil {
                let around = String(decoding: view[max(0, end - 70)..<end], as: UTF8.self)
                found[name] = "\(name) as \(spelling): …\(around)"
            }
        }
        let open = unescaped(unescaped(bytes))
        look(bytes, "text")
        if open != bytes { look(open, "escaped text") }
        for word in words(in: open, atLeast: 16, of: { hexadecimalDigit($0) != nil }) {
            for shift in 0..<2 { look(openedHexadecimal(word.dropFirst(shift)), "hexadecimal") }
        }
        for word in words(in: open, atLeast: 11, of: { base64Digit($0) != nil }) {
            for shift in 0..<4 { look(openedBase64(word.dropFirst(shift)), "Base64") }
        }
        return found.values.sorted()
    }

    /// Each canary, and where what was found of it first ends.
    private func hits(inPlain view: [UInt8]) -> [(String, Int)] {
        var found: [(String, Int)] = []
        var last: UInt64 = 0
        var run = (core: -1, offset: -1, length: 0)
        for (index, byte) in view.enumerated() {
            last = last << 8 | UInt64(byte)
            guard endings[Int(last & 0xFFFF)], index >= 7, let window = windows[last] else {
                continue
            }
            let goesOn = run.core == window.core && run.offset + 1 == window.offset
            run = (window.core, window.offset, goesOn ? run.length + 1 : 8)
            if run.length == required[window.core] { found.append((window.name, index + 1)) }
        }
        return found
    }
}

/// The longest runs of bytes that `belongs` takes.
private func words(
    in bytes: [UInt8], atLeast length: Int, of belongs: (UInt8) -> Bool
) -> [ArraySlice<UInt8>] {
    var words: [ArraySlice<UInt8>] = []
    var start = 0
    for (index, byte) in bytes.enumerated() where !belongs(byte) {
        if index - start >= length { words.append(bytes[start..<index]) }
        start = index + 1
    }
    if bytes.count - start >= length { words.append(bytes[start...]) }
    return words
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
}

private func base64Digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 65...90: byte - 65
    case 97...122: byte - 71
    case 48...57: byte + 4
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
}

private func openedHexadecimal(_ word: ArraySlice<UInt8>) -> [UInt8] {
    var opened: [UInt8] = []
    var high: UInt8?
    for digit in word.compactMap(hexadecimalDigit) {
        if let first = high {
            opened.append(first << 4 | digit)
            high = nil
        } else {
            high = digit
        }
    }
    return opened
}

private func openedBase64(_ word: ArraySlice<UInt8>) -> [UInt8] {
    var opened: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for digit in word.compactMap(base64Digit) {
        bits = bits << 6 | UInt32(digit)
        count += 6
        if count >= 8 {
            count -= 8
            opened.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
    }
    return opened
}

/// `%41`, `\u0041`, `\x41`, `\/`, `&#65;` and `&#x41;` as the byte they stand for.
private func unescaped(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
        if let (byte, length) = escape(bytes[index...]) {
            result.append(byte)
            index += length
        } else {
            result.append(bytes[index])
            index += 1
        }
    }
    return result
}

private func escape(_ text: ArraySlice<UInt8>) -> (UInt8, Int)? {
    let rest = text.dropFirst()
    func digits(_ skipped: Int, _ count: Int) -> UInt8? {
        let part = rest.dropFirst(skipped).prefix(count)
        return part.count == count ? UInt8(String(decoding: part, as: UTF8.self), radix: 16) : nil
    }
    switch text.first {
    case UInt8(ascii: "%"): return digits(0, 2).map { ($0, 3) }
    case UInt8(ascii: "\\"):
        if rest.first == UInt8(ascii: "/") { return (UInt8(ascii: "/"), 2) }
        if rest.first == UInt8(ascii: "u") { return digits(1, 4).map { ($0, 6) } }
        return rest.first == UInt8(ascii: "x") ? digits(1, 2).map { ($0, 4) } : nil
    case UInt8(ascii: "&"):
        guard let end = rest.prefix(7).firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: rest[..<end], as: UTF8.self)
        let number = name.hasPrefix("#x") ? UInt8(name.dropFirst(2), radix: 16) : nil
        let byte = number ?? (name.hasPrefix("#") ? UInt8(name.dropFirst()) : nil)
        return byte.map { ($0, end - text.startIndex + 1) }
    default: return nil
    }
}
