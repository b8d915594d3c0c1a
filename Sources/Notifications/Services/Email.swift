import Curl
import Documents

extension CarrierKind {
    /// E-mail over SMTP. The recipient is an address.
    static let email = CarrierKind("email", fields: ["subject", "body"]) { reader, _ in
        reader.allowOnly([
            "host", "port", "username", "password", "from", "html", "insecure_skip_verify",
        ])
        let host = reader["host"].requiredString()
        let port = reader["port"].int(in: 1...65_535) ?? 587
        let from = reader["from"].requiredString()
        let login = (reader["username"].string() ?? "", reader["password"].string() ?? "")
        let isHTML = reader["html"].bool() ?? false
        let isInsecure = reader["insecure_skip_verify"].bool() ?? false
        return { letter throws(DeliveryFault) in
            guard let sender = Mailbox(from) else {
                throw DeliveryFault("\"from\" holds no address")
            }
            guard let recipient = Mailbox(letter.destination.recipient) else {
                throw DeliveryFault("the recipient is no address of e-mail")
            }
            let message = MailMessage(
                from: sender, to: recipient, subject: said(letter.part, "subject") ?? letter.text,
                body: said(letter.part, "body") ?? letter.text, isHTML: isHTML,
                at: letter.occurrence.at, identifier: letter.keyOfRecipient)
            var envelope = MailEnvelope(from: sender.address, recipients: [recipient.address])
            (envelope.username, envelope.password) = login
            // A password is not told to a network that can read it.
            envelope.requiresTLS = !login.0.isEmpty && !isLoopback(host)
            var request = serviceRequest(
                "\(port == implicitTLSPort ? "smtps" : "smtp")://\(host):\(port)",
                body: message.bytes, isInsecure: isInsecure)
            request.envelope = envelope
            return Parcel(requests: [request], verdict: { _ in .delivered })
        }
    }
}

/// Where SMTP begins with TLS; elsewhere it is asked for.
private let implicitTLSPort = 465

private func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
}

/// A message as it goes over the wire (RFC 5322).
struct MailMessage {
    let from: Mailbox
    let to: Mailbox
    let subject: String
    let body: String
    let isHTML: Bool
    let at: Timestamp
    /// The same for the same message: many servers show the second one to nobody.
    let identifier: String

    var bytes: [UInt8] {
        let name = identifier.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        let lines = [
            "From: \(from.header)", "To: \(to.header)",
            "Subject: \(encodedWords(headerText(subject)))", "Date: \(mailDate(at))",
            "Message-ID: <\(name)@sluice>",
            "MIME-Version: 1.0",
            "Content-Type: text/\(isHTML ? "html" : "plain"); charset=utf-8",
            "Content-Transfer-Encoding: base64", "",
        ]
        return Array(
            (lines + wrapped(base64Text(Array(body.utf8))) + [""])
                .joined(separator: "\r\n").utf8)
    }
}

/// Somebody who gets or sends mail: `a@b`, or `Name <a@b>`.
struct Mailbox {
    private let name: String
    let address: String

    /// Nil where there is no address, or more than one.
    init?(_ text: String) {
        let text = trimmed(text)
        var parts = text.split(separator: "<", omittingEmptySubsequences: false)
        let last = parts.removeLast()
        let plain = last.hasSuffix(">") && parts.count == 1 ? trimmed(last.dropLast()) : text
        let halves = plain.split(separator: "@", omittingEmptySubsequences: false)
        let isFit = plain.utf8.allSatisfy {
            (0x21...0x7E).contains($0) && !"<>,;\"()".utf8.contains($0)
        }
        guard halves.count == 2, isFit, halves.allSatisfy({ !$0.isEmpty }) else { return nil }
        address = plain
        let quoted = trimmed(parts.first ?? "")
        let isQuoted = quoted.count > 1 && quoted.hasPrefix("\"") && quoted.hasSuffix("\"")
        name = headerText(isQuoted ? String(quoted.dropFirst().dropLast()) : quoted)
    }

    /// As a header has it: a name of other than plain words is quoted or encoded, so that nothing
    /// in it is taken for another address.
    var header: String {
        if name.isEmpty { return address }
        let isASCII = name.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
        let escaped = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let shown = !isASCII ? encodedWords(name) : isPlain ? name : "\"\(escaped)\""
        return "\(shown) <\(address)>"
    }
}

/// On one line: a break would begin another header.
private func headerText(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
    return trimmed(String(String.UnicodeScalarView(scalars.prefix(longestSubject))))
}

/// Longer than anybody reads, in characters.
private let longestSubject = 250

/// As RFC 2047 writes what is not plain, in words of at most 75 characters.
private func encodedWords(_ text: String) -> String {
    if text.utf8.count <= 70, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
    var words: [String] = []
    var word: [UInt8] = []
    for character in text {
        if word.count + character.utf8.count > 42 {
            words.append("=?utf-8?B?\(base64Text(word))?=")
            word = []
        }
        word += character.utf8
    }
    words.append("=?utf-8?B?\(base64Text(word))?=")
    return words.joined(separator: "\r\n ")
}

private func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var rest = Substring(text)
    while !rest.isEmpty {
        lines.append(String(rest.prefix(76)))
        rest = rest.dropFirst(76)
    }
    return lines
}

/// `Sun, 22 Nov 2026 00:28:09 +0000`.
private func mailDate(_ time: Timestamp) -> String {
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let text = time.rfc3339
    let parts = text.prefix(10).split(separator: "-")
    let month = parts.count == 3 ? Int(parts[1]) ?? 1 : 1
    let day = Int((time.seconds / 86_400) % 7)
    let clock = text.dropFirst(11).prefix(8)
    return "\(days[(day + 7) % 7]), \(parts.last ?? "01") \(months[(month - 1) % 12]) "
        + "\(parts.first ?? "1970") \(clock) +0000"
}
