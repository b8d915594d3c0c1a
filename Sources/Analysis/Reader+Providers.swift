import Documents

/// What several providers write alike.
extension Reader {
    /// Seconds to wait for an answer; nil where the provider's own default is meant.
    func timeoutSeconds(upTo longest: Int = longestTimeoutSeconds) -> Int? {
        guard let seconds = int(), seconds != 0 else { return nil }
        if !(1...longest).contains(seconds) {
            advise("\(seconds) is out of range", remedy: "use seconds from 1 to \(longest)")
        }
        return seconds < 0 ? nil : min(seconds, longest)
    }

    /// An expression that must be there; one with a placeholder is read when that is replaced.
    func expression() -> String {
        let text = requiredString()
        guard !text.isEmpty, !hasTag(text) else { return text }
        do {
            _ = try Condition(parsing: text)
        } catch {
            refuse("\(error)", remedy: "write a time, for example now() - duration(\"1h\")")
        }
        return text
    }

    /// `[{key, value}]`, as providers write the headers of their requests.
    func headers() -> [HeaderSpec] {
        elements().map { header in
            header.allowOnly(["key", "value"])
            return HeaderSpec(
                name: header["key"].requiredString(), value: header["value"].string() ?? "")
        }
    }

    /// `http://host…` or `https://host…`, once the placeholders in it are replaced.
    func requiredURL() -> String {
        let text = requiredString()
        guard !text.isEmpty, !hasTag(text), !isURL(text) else { return text }
        // It is not repeated: there may be a password in it.
        refuse("is no URL", remedy: "write it as https://host/path")
        return text
    }

    /// A Go duration longer than nothing; nil where it is absent or empty.
    func duration() -> String? {
        guard let text = string(), !text.isEmpty else { return nil }
        if !hasTag(text), GoDuration.parse(text).map({ $0 > 0 }) != true {
            refuse("invalid duration \(quoted(text))", remedy: "write a duration, for example 5m")
        }
        return text
    }

    /// One of `choices`, the first where it is absent or empty.
    func choice(of choices: [String]) -> String {
        guard let text = string(), !text.isEmpty else { return choices[0] }
        if !hasTag(text), !choices.contains(text) {
            refuse(
                "unknown value \(quoted(text))",
                remedy: "use one of: \(choices.joined(separator: ", "))")
        }
        return text
    }
}

/// A header of a request, as its document writes it.
package struct HeaderSpec: Hashable, Sendable {
    package let name: String
    package let value: String
}

/// A measurement that takes longer than this holds up the release more than it helps it.
package let longestTimeoutSeconds = 3_600

/// `http://host…` or `https://host…`, without blanks.
package func isURL(_ text: String) -> Bool {
    guard let separator = text.firstRange(of: "://"),
        ["http", "https"].contains(text[..<separator.lowerBound].lowercased())
    else { return false }
    let authority = text[separator.upperBound...].prefix { !"/?#".contains($0) }
    let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    return !host.isEmpty && !host.hasPrefix(":") && !host.hasPrefix("[]")
        && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
}
