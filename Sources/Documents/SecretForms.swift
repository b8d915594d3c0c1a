/// The spellings in which a secret may come back from a program that was given it.
struct SecretForms {
    /// One spelling, in which every byte may be escaped as URLs, JSON and HTML do it.
    struct Form: Hashable, Sendable {
        let bytes: [UInt8]
        /// A part of a longer word in Base64.
        var isBase64 = false
    }

    let all: Set<Form>

    /// A secret also leaks line by line and word by word, and `user:password` by the password.
    /// Shorter parts would redact ordinary words.
    private static let shortestPart = 8
    /// A key file has some fifty lines. The parts of what is longer than this are no secrets any
    /// more; the whole is still searched for.
    private static let partLimit = 256

    init(of secret: String) {
        let texts = Self.texts(of: secret)
        var forms = Set(texts.map { Form(bytes: Array($0.utf8)) })
        for text in texts { forms.formUnion(Self.encodings(of: Array(text.utf8))) }
        forms.remove(Form(bytes: []))
        all = forms
    }

    private static func texts(of secret: String) -> Set<String> {
        let trimmed = secret.trimmed
        var texts: Set<String> = [secret, trimmed]
        var parts = trimmed.split(whereSeparator: \.isNewline)
            .flatMap { [$0] + $0.split(whereSeparator: \.isWhitespace) }.map(String.init)
        if let opened = decodedBase64(trimmed).flatMap({ String(validating: $0, as: UTF8.self) }) {
            parts.append(opened)
        }
        for text in [trimmed] + parts {
            if let password = text.password { parts.append(password) }
        }
        texts.formUnion(parts.filter { $0.utf8.count >= shortestPart }.prefix(partLimit))
        return texts
    }

    private static func encodings(of bytes: [UInt8]) -> Set<Form> {
        var forms: Set<Form> = []
        for shift in 0..<3 {
            // What stands before the secret in the encoded text decides where its bits lie.
            let word = encodedBase64(Array(repeating: 0, count: shift) + bytes)
            let own = Array(word.prefix((shift + bytes.count) * 8 / 6).dropFirst([0, 2, 3][shift]))
            guard own.count >= shortestPart else { continue }
            forms.insert(Form(bytes: own, isBase64: true))
            forms.insert(Form(bytes: own.map(inURLs), isBase64: true))
        }
        if bytes.count * 2 >= shortestPart {
            forms.insert(Form(bytes: hexadecimal(bytes, "0123456789abcdef")))
            forms.insert(Form(bytes: hexadecimal(bytes, "0123456789ABCDEF")))
        }
        return forms
    }
}

/// A character of Base64 in the alphabet for URLs.
private func inURLs(_ character: UInt8) -> UInt8 {
    switch Unicode.Scalar(character) {
    case "+": UInt8(ascii: "-")
    case "/": UInt8(ascii: "_")
    default: character
    }
}

private func hexadecimal(_ bytes: [UInt8], _ digits: String) -> [UInt8] {
    let digits = Array(digits.utf8)
    return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
}

extension SecretForms.Form {
    /// Where this spelling ends in `text` if it begins at `start`; nil where it does not.
    func end(in text: [UInt8], from start: Int) -> Int? {
        var index = start
        for (count, byte) in bytes.enumerated() {
            guard index < text.count else { return nil }
            if beginsEscape(text[index]) {
                return end(in: text, from: [index], after: count)
            }
            guard text[index] == byte else { return nil }
            index += 1
        }
        return index
    }

    /// The same where escapes occur: a byte may be written in several ways, and only the bytes
    /// behind it tell which was meant.
    private func end(in text: [UInt8], from starts: Set<Int>, after count: Int) -> Int? {
        var places = starts
        for byte in bytes[count...] where !places.isEmpty {
            var next: Set<Int> = []
            for place in places where place < text.count {
                if text[place] == byte { next.insert(place + 1) }
                for escape in escapes(at: place, of: text) where escape.byte == byte {
                    next.insert(place + escape.length)
                }
            }
            places = next
        }
        return places.max()
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// What stands behind the colon of `user:password`, or of `http://user:password@…`.
    fileprivate var password: String? {
        var rest = self[...]
        if let scheme = firstRange(of: "://") {
            let authority = self[scheme.upperBound...].prefix { !"/?#".contains($0) }
            guard let at = authority.lastIndex(of: "@") else { return nil }
            rest = authority[..<at]
        }
        guard let colon = rest.firstIndex(of: ":") else { return nil }
        return String(rest[rest.index(after: colon)...])
    }
}
