/// Who sends a message of e-mail to whom, and how the sender logs in.
package struct MailEnvelope: Sendable {
    /// Addresses without a name.
    package var from: String
    package var recipients: [String]
    /// Empty for no login.
    package var username = ""
    package var password = ""
    /// Whether the connection must be encrypted before anything is told; else it is where the
    /// server offers it.
    package var requiresTLS = true

    package init(from: String, recipients: [String]) {
        self.from = from
        self.recipients = recipients
    }

    /// What makes it impossible to send; nil where nothing does.
    var fault: String? {
        if recipients.isEmpty { return "the message has no recipient" }
        for address in [from] + recipients
        where address.isEmpty
            || address.utf8.contains(where: { $0 <= 0x20 || "<>\u{7f}".utf8.contains($0) })
        { return "an address of the message is none" }
        return nil
    }
}

// Requests carry passwords: whoever prints one sees none of them.
extension MailEnvelope: CustomStringConvertible, CustomReflectable {
    package var description: String { "(envelope)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The text of a message, as libcurl reads it bit by bit.
final class MailText {
    private let bytes: [UInt8]
    private var read = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Fills the buffer with what comes next.
    /// - Returns: how many bytes; 0 at the end.
    func next(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - read)
        buffer.copyBytes(from: bytes[read..<(read + count)])
        read += count
        return count
    }
}
