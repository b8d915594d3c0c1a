/// Whom a message goes to: a service of the configuration, and a recipient there.
package struct Destination: Hashable, Sendable, CustomStringConvertible {
    package let service: String
    /// Empty where the service has only one, as a webhook.
    package let recipient: String

    package init(service: String, recipient: String) {
        self.service = service
        self.recipient = recipient
    }

    /// `slack:releases`, as default subscriptions are written.
    package init(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            service: parts.first.map { trimmed($0) } ?? "",
            recipient: parts.count > 1 ? trimmed(parts[1]) : "")
    }

    package var description: String { recipient.isEmpty ? service : "\(service):\(recipient)" }
}

/// Without blanks at both ends.
func trimmed(_ text: some StringProtocol) -> String {
    let head = text.drop { $0.isWhitespace }
    return String(head.reversed().drop { $0.isWhitespace }.reversed())
}
