import Foundation
import Testing

@testable import Documents

/// Ways in which programs repeat a text that they were given.
private enum Spelling: String, CaseIterable {
    case plain, json, goJSON, percent, percentLowercase, form, nestedURL, html, base64, base64URL
    case basic, hexadecimal

    func write(_ text: String) -> String {
        switch self {
        case .plain: text
        case .json: JSON.string(text).text
        case .goJSON:
            JSON.string(text).text.replacing("<", with: "\\u003c").replacing("&", with: "\\u0026")
        case .percent: percentEncoded(text)
        case .percentLowercase: lowercased(percentEncoded(text))
        case .form: percentEncoded(text).replacing("%20", with: "+")
        case .nestedURL: percentEncoded(percentEncoded(text))
        case .html:
            text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
                .replacing("\"", with: "&#34;").replacing("'", with: "&#x27;")
        case .base64: Data(text.utf8).base64EncodedString()
        case .base64URL:
            Data(text.utf8).base64EncodedString().replacing("+", with: "-")
                .replacing("/", with: "_").replacing("=", with: "")
        case .basic: Data("somebody:\(text)".utf8).base64EncodedString()
        case .hexadecimal: text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    /// With the escapes, and not the letters beside them, in small letters.
    private func lowercased(_ text: String) -> String {
        text.replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() }
    }
}

/// A made-up secret, with the characters that escapes are for.
private func secret(seed: UInt64) -> String {
    var generator = SeededGenerator(state: seed)
    let characters = Array("abcdefghijkXYZ0123456789%\\/\"'&<>+ =:?#é€😀")
    let middle = (0..<Int.random(in: 10...40, using: &generator)).compactMap { _ in
        characters.randomElement(using: &generator)
    }
    // A blank at an end would be another secret to programs that trim.
    return "s" + String(middle) + "t"
}

struct `A redactor` {
    @Test(arguments: 0..<40)
    func `finds a secret in every spelling and surrounding`(seed: UInt64) {
        let text = secret(seed: seed)
        let redactor = Redactor([Secret(text)])
        for spelling in Spelling.allCases {
            for (before, after) in [("", ""), ("token=", "&x=1"), ("\"", "\"}"), ("(", "\u{301})")]
            {
                let written = spelling.write(text)
                let redacted = redactor.redact(before + written + after)
                #expect(
                    Data(redacted.utf8).range(of: Data(Redactor.mark.utf8)) != nil,
                    "\(spelling) of \(text)")
                #expect(parts(of: written, in: redacted).isEmpty, "\(spelling) of \(text)")
            }
        }
    }

    /// What of `secret` is still in `text`, in pieces of six bytes: an accent in the text makes
    /// another character of a letter, and hides nothing.
    private func parts(of secret: String, in text: String) -> [String] {
        let bytes = Array(secret.utf8)
        guard bytes.count >= 6 else { return [] }
        return (0...bytes.count - 6).map { Data(bytes[$0..<$0 + 6]) }
            .filter { Data(text.utf8).range(of: $0) != nil }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: 0..<40)
    func `leaves a text alone that holds no secret`(seed: UInt64) {
        var made = RandomJSON(seed: seed)
        let text = made.value(depth: 3).text
        #expect(Redactor([Secret("Kqj7#mmZ/unlikely")]).redact(text) == text)
        #expect(Redactor.none.redact(text) == text)
    }

    @Test func `leaves no part of a secret beside another`() {
        let redactor = Redactor([Secret("xabc"), Secret("abcdefgh"), Secret("ghij")])
        #expect(redactor.redact("-xabcdefghij-abc") == "-*****-abc")
    }

    @Test func `cuts after it has looked, so that no secret is cut in two`() {
        let redactor = Redactor([Secret("correct-horse")])
        #expect(redactor.redact("the key correct-horse", upTo: 15) == "the key *****")
    }

    @Test func `knows the lines of a key, the token of a header, the password of a login`() {
        let key = "-----BEGIN KEY-----\nMIIEowIBAAKCAQEA\nu1SU1LfVLPHCozMx\n-----END KEY-----"
        #expect(Redactor([Secret(key)]).redact("line u1SU1LfVLPHCozMx") == "line *****")
        #expect(Redactor([Secret("Bearer eyJhbGciOi")]).redact("bad eyJhbGciOi") == "bad *****")
        #expect(Redactor([Secret("anna:open-sesame")]).redact("no open-sesame") == "no *****")
        let basic = Data("anna:open-sesame".utf8).base64EncodedString()
        #expect(Redactor([Secret(basic)]).redact("no open-sesame") == "no *****")
        let address = "http://anna:open-sesame@prometheus:9090"
        #expect(Redactor([Secret(address)]).redact("no open-sesame") == "no *****")
    }

    @Test func `shows nothing of what it knows`() {
        var dumped = "\(Redactor([Secret("canary-value")])) \(Secret("canary-value"))"
        dump(Redactor([Secret("canary-value")]), to: &dumped)
        dump(Secret("canary-value"), to: &dumped)
        #expect(!dumped.contains("canary"))
    }
}

struct `Percent encoding` {
    @Test(arguments: ["", "a b", "100%", "é€😀", "%zz", "a+b/c?d=e&f#g"])
    func `is read back to what was written`(text: String) {
        #expect(percentDecoded(percentEncoded(text)) == text)
    }
}
