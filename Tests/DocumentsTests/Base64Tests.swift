import Foundation
import Testing

@testable import Documents

struct `Base64` {
    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}\u{7f}ÿ€"])
    func `is read back to what was written`(text: String) {
        #expect(decodedBase64(Data(text.utf8).base64EncodedString()) == Array(text.utf8))
    }

    @Test(arguments: ["Zg", "Zg=", "Z===", "Zg==Zg==", "Zm9v=", "Z g=", "Zm9%"])
    func `that is none is refused`(text: String) {
        #expect(decodedBase64(text) == nil)
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "\u{0}\u{7f}ÿ€"])
    func `is written as it is read, with and without the filling`(text: String) {
        let whole = Data(text.utf8).base64EncodedString()
        #expect(base64Text(Array(text.utf8)) == whole)
        #expect(
            String(decoding: encodedBase64(Array(text.utf8)), as: UTF8.self)
                == whole.replacing("=", with: ""))
    }
}
