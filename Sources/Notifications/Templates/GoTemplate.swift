import Documents

/// A text with actions in double braces, as Go's `text/template` reads it, parsed once and rendered
/// in bounded time. It knows the part of the language that messages use; what it does not know is
/// refused by name when it is parsed, never rendered as something else.
package struct GoTemplate: Sendable {
    let parts: [TemplatePart]
    /// What `define` and `block` have named.
    let named: [String: [TemplatePart]]

    /// - Throws: what is wrong first, with its line and column in `text`.
    package init(parsing text: String) throws(TemplateFault) {
        guard text.utf8.count <= Limit.sourceBytes else {
            throw TemplateFault("the template is longer than \(Limit.sourceBytes) bytes")
        }
        var parser = TemplateParser(try TemplateScanner.items(of: text))
        parts = try parser.parse()
        named = parser.named
        for (name, spot) in parser.called where named[name] == nil {
            throw TemplateFault("no template is called \"\(name)\"", at: spot)
        }
    }

    /// The text, with `data` as the dot.
    /// - Throws: where a value is not of the kind that the template takes it for, or where the
    ///   result or the work goes beyond the limits.
    package func render(_ data: JSON, now: Timestamp) throws(TemplateFault) -> String {
        var run = TemplateRun(named: named, data: data, now: now)
        return try run.text(of: parts)
    }

    /// The bounds of one template. Messages are written by hand and read by people.
    enum Limit {
        static let sourceBytes = 64 << 10
        /// Nesting of blocks and parentheses, and of templates that call each other.
        static let depth = 50
        /// Parts rendered and values walked; far below a second of work.
        static let steps = 300_000
        /// Of the result, and of any text on the way. What services take is far shorter.
        static let textBytes = 1 << 20
    }
}

/// What is wrong in a template, or in what it was rendered with.
package struct TemplateFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A place in the text of the template, from 1.
    struct Spot: Hashable, Sendable {
        let line: Int
        let column: Int
    }

    package let message: String
    let spot: Spot?

    init(_ message: String, at spot: Spot? = nil) {
        self.message = message
        self.spot = spot
    }

    package var description: String {
        spot.map { "\(message) (line \($0.line), column \($0.column) of the template)" } ?? message
    }
}
