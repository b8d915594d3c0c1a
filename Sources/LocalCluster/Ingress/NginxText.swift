/// What may stand in a configuration of nginx. Everything that users give passes here.
enum NginxText {
    /// In double quotes, with what would end them written so that it does not. Where nginx expands
    /// variables, `$` must not occur: see `isSafe`.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }

    /// A path that nginx reads as it is written: no `$`, which it cannot escape, and nothing
    /// unprintable.
    static func isSafe(_ path: String) -> Bool {
        path.hasPrefix("/")
            && path.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && $0 != "$" }
    }

    /// A path that is a pattern, where nginx expands no variable.
    static func isPattern(_ path: String) -> Bool {
        path.hasPrefix("/")
            && path.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
    }

    /// Where a path leads instead: `$` only before a digit.
    static func isRewrite(_ target: String) -> Bool {
        guard isPattern(target) else { return false }
        let pieces = target.split(separator: "$", omittingEmptySubsequences: false).dropFirst()
        return pieces.allSatisfy { $0.utf8.first.map { (49...57).contains($0) } ?? false }
    }

    /// Quoted where nginx expands variables, but without any: `$dollar` is known to it.
    static func literal(_ text: String) -> String {
        quoted(text).replacing("$", with: "${dollar}")
    }

    /// A host of an Ingress: a name, a name whose first label is `*`, or none.
    static func isSafeHost(_ host: String) -> Bool {
        let rest = host.hasPrefix("*.") ? host.dropFirst(2) : host[...]
        return rest.unicodeScalars.allSatisfy { isNameScalar($0) || $0 == "." } && rest != "*"
    }

    /// A name of a header or cookie.
    static func isToken(_ name: String) -> Bool {
        !name.isEmpty && name.unicodeScalars.allSatisfy { isNameScalar($0) || $0 == "_" }
    }

    /// An IPv4 address.
    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            || scalar == "-"
    }

    /// A pattern that matches this text and no other.
    static func pattern(for text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if !isNameScalar(scalar) || scalar == "-" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// Hundredths of a percent as `split_clients` wants them: `12.50%`.
    static func percent(_ hundredths: Int) -> String {
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
    }

    /// The variable in which nginx keeps a request header.
    static func headerVariable(_ name: String) -> String {
        "$http_" + String(name.lowercased().map { $0 == "-" ? "_" : $0 })
    }
}
