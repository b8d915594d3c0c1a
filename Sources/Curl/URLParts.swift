/// The parts of a URL of HTTP or SMTP that messages and TLS need.
struct URLParts: Hashable, Sendable {
    let scheme: String
    /// With the colon and the at sign; empty for most URLs. Never shown.
    let credentials: String
    /// An IPv6 address keeps its brackets.
    let host: String
    /// As written; nil for the port of the scheme.
    let port: Int?
    /// Path, query and fragment as written.
    let rest: String

    init?(_ url: String) {
        guard let separator = url.range(of: "://") else { return nil }
        scheme = url[..<separator.lowerBound].lowercased()
        guard ["http", "https", "smtp", "smtps"].contains(scheme) else { return nil }
        let afterScheme = url[separator.upperBound...]
        let authorityEnd =
            afterScheme.firstIndex(where: { "/?#".contains($0) }) ?? afterScheme.endIndex
        rest = String(afterScheme[authorityEnd...])
        var authority = afterScheme[..<authorityEnd]
        if let at = authority.lastIndex(of: "@") {
            credentials = String(authority[...at])
            authority = authority[authority.index(after: at)...]
        } else {
            credentials = ""
        }
        let hostEnd: Substring.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            hostEnd = authority.index(after: bracket)
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        host = String(authority[..<hostEnd])
        let portText = authority[hostEnd...].dropFirst()
        guard !host.isEmpty else { return nil }
        if portText.isEmpty {
            port = nil
        } else {
            guard let number = UInt16(portText) else { return nil }
            port = Int(number)
        }
    }

    var effectivePort: Int { port ?? (scheme == "https" ? 443 : 80) }

    /// Host and, where one is written, port: what a message may show.
    var authority: String { port.map { "\(host):\($0)" } ?? host }
}

extension String {
    fileprivate func range(of part: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) {
                return start..<index(start, offsetBy: part.count)
            }
            start = index(after: start)
        }
        return nil
    }
}
