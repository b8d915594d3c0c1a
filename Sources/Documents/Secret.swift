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
