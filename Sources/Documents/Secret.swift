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

/// Whether a header, or a variable of an environment, is called like something to be kept secret. A
/// tenant's name or a region is none.
package func namesSecret(_ name: String) -> Bool {
    ["auth", "cookie", "token", "key", "secret", "password", "credential"]
        .contains { name.lowercased().contains($0) }
}

extension Secret: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: []) }
}
