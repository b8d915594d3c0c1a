import Curl
import Documents

/// A secret that lets its bearer in. Nothing prints it: not a description, not a dump.
package struct BearerToken: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    let text: String

    /// Nil for a text that is empty or that could not be a header. Blanks and line breaks around it
    /// do not count.
    package init?(_ text: String) {
        let isBlank: (Character) -> Bool = { $0.isWhitespace }
        let trimmed = text.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        self.text = String(trimmed)
        guard !self.text.isEmpty, self.text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return nil
        }
    }

    var header: Header { Header("Authorization", "Bearer \(text)") }

    package var description: String { "(a token)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A name and a password, as some old servers and many gateways still take them. Never printed.
package struct Password: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    let user: String
    let text: String

    package init(user: String, text: String) {
        self.user = user
        self.text = text
    }

    var header: Header {
        Header("Authorization", "Basic \(base64Text(Array("\(user):\(text)".utf8)))")
    }

    package var description: String { "(a password)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
