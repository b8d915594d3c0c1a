import KubernetesObjects

/// How the clients of a backend stay with the pod, and the side, that they first came to.
struct Affinity: Hashable, Sendable {
    /// The name of the cookie.
    let cookie: String
    /// What follows the cookie's value, `Path` and `Secure` left out.
    let attributes: String
    /// Nil for the path of the location.
    let path: String?

    /// The annotations that are read here.
    static let keys: Set = [
        "affinity", "affinity-mode", "affinity-canary-behavior", "session-cookie-name",
        "session-cookie-path", "session-cookie-max-age", "session-cookie-expires",
        "session-cookie-samesite", "session-cookie-secure",
    ]
    private static let standardName = "INGRESSCOOKIE"

    /// Nil where the Ingress asks for none, or for one that the box does not know.
    init?(_ ingress: Object, notes: inout [String]) {
        func text(_ key: String) -> String? {
            ingress.annotations[Canary.prefix + key].flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let kind = text("affinity") else { return nil }
        guard kind == "cookie" else {
            notes.append("affinity \"\(kind)\" is not known; the box has cookie only")
            return nil
        }
        if text("affinity-mode") == "persistent" {
            notes.append(
                "affinity-mode persistent is not done: some clients change pods where pods change")
        }
        let name = text("session-cookie-name") ?? Self.standardName
        if !NginxText.isToken(name) {
            notes.append(
                "session-cookie-name \"\(name)\" is no name; it is \(Self.standardName) instead")
        }
        cookie = NginxText.isToken(name) ? name : Self.standardName
        path = text("session-cookie-path").flatMap { Self.isCookiePath($0) ? $0 : nil }
        var parts: [String] = []
        if let seconds = text("session-cookie-max-age").flatMap(Int.init), seconds > 0 {
            parts.append("Max-Age=\(seconds)")
        } else if let seconds = text("session-cookie-expires").flatMap(Int.init), seconds > 0 {
            // Expires is a date; the same said as a duration every client of today understands.
            parts.append("Max-Age=\(seconds)")
        }
        if let site = text("session-cookie-samesite"), ["None", "Lax", "Strict"].contains(site) {
            parts.append("SameSite=\(site)")
        }
        if text("session-cookie-secure") == "true" { parts.append("Secure") }
        attributes = (parts + ["HttpOnly"]).map { "; \($0)" }.joined()
    }

    private static func isCookiePath(_ path: String) -> Bool {
        NginxText.isSafe(path) && !path.contains(";")
    }

    /// The part of a cookie's value that says which backend it was given for.
    static func mark(of backend: RouteTable.Backend) -> String {
        let text = String(fnv1a(Array(backend.upstream.utf8)), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
