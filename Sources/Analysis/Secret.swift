/// A resolved secret. It has no description and no encoding, and its text is not stored where
/// reflection finds it: whoever needs it says so by `reveal()`.
package struct Secret: Sendable {
    private let text: @Sendable () -> String

    package init(_ text: String) {
        self.text = { text }
    }

    /// The secret itself, to be sent to where it belongs and nowhere else.
    package func reveal() -> String { text() }
}

extension Secret: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Takes the secrets that are in use out of every text that leaves: measurement values, messages,
/// queries.
package struct Redactor: Sendable {
    /// What stands where a secret stood.
    package static let mark = "*****"

    private let needles: @Sendable () -> [String]

    /// Knows `secrets` as they are, and as JSON, URLs and lines of a longer text show them.
    package init(_ secrets: [Secret]) {
        var forms: Set<String> = []
        for text in secrets.map({ $0.reveal() }) {
            let trimmed = String(
                text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            for form in [text, trimmed] {
                forms.formUnion([
                    form, String(quoted(form).dropFirst().dropLast()),
                    percentEncoded(form, space: "%20"),
                    percentEncoded(form, space: "+"),
                ])
            }
            // A secret of several lines also leaks line by line; short lines would redact ordinary
            // words.
            forms.formUnion(
                text.split(whereSeparator: \.isNewline).map(String.init).filter { $0.count >= 8 })
        }
        forms.remove("")
        // The longest first, so that no part of a secret survives beside the mark.
        let sorted = forms.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
        needles = { sorted }
    }

    /// Redacts nothing.
    package static let none = Redactor([])

    /// The text with every known secret value replaced by a mark.
    package func redact(_ text: String) -> String {
        needles().reduce(text) { text, needle in
            text.contains(needle) ? text.replacing(needle, with: Self.mark) : text
        }
    }
}

extension Redactor: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The text as a URL's query writes it.
package func percentEncoded(_ text: String, space: String = "%20") -> String {
    var result = ""
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            result.unicodeScalars.append(Unicode.Scalar(byte))
        case UInt8(ascii: " "): result += space
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            result += "%" + (digits.count == 1 ? "0" : "") + digits
        }
    }
    return result
}
