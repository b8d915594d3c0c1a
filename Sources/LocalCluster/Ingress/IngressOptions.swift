import KubernetesObjects

/// How an Ingress wants its paths served, from its annotations, with the meaning that ingress-nginx
/// gives them.
struct IngressOptions: Hashable, Sendable {
    /// Where a path leads instead; `$1` to `$9` stand for what its pattern has caught.
    private(set) var rewrite: String?
    private var usesRegex = false
    private var sslRedirect = true
    private var forceSSLRedirect = false
    /// Directives of nginx that hold for the paths.
    private(set) var directives: [String] = []
    private(set) var affinity: Affinity?
    /// What of the annotations has no effect, and why.
    private(set) var notes: [String] = []

    init(_ ingress: Object) {
        for (key, value) in ingress.annotations.sorted(by: { $0.key < $1.key })
        where key.hasPrefix(Canary.prefix) {
            let name = String(key.dropFirst(Canary.prefix.count))
            if name.hasPrefix("canary") || Affinity.keys.contains(name) { continue }
            take(name, value)
        }
        affinity = Affinity(ingress, notes: &notes)
    }

    /// Whether paths are patterns, for the whole host: with `rewrite-target` as with `use-regex`.
    var makesPatterns: Bool { usesRegex || rewrite != nil }

    /// Whether plain HTTP is sent on to HTTPS.
    func redirects(hasCertificate: Bool) -> Bool {
        forceSSLRedirect || hasCertificate && sslRedirect
    }

    private mutating func take(_ name: String, _ value: String) {
        switch name {
        case "rewrite-target": takeRewrite(value)
        case "use-regex": usesRegex = value == "true"
        case "ssl-redirect": sslRedirect = value != "false"
        case "force-ssl-redirect": forceSSLRedirect = value == "true"
        case "proxy-connect-timeout": takeSeconds(name, value)
        case "proxy-read-timeout": takeSeconds(name, value)
        case "proxy-send-timeout": takeSeconds(name, value)
        case "proxy-body-size":
            guard Self.isSize(value) else { return refuse(name, value, "is no size such as 8m") }
            directives.append("client_max_body_size \(value);")
        case "proxy-buffering":
            guard ["on", "off"].contains(value) else {
                return refuse(name, value, "is neither on nor off")
            }
            directives.append("proxy_buffering \(value);")
        default:
            notes.append("the annotation \(Canary.prefix)\(name) has no effect in the box")
        }
    }

    private mutating func takeRewrite(_ target: String) {
        guard NginxText.isRewrite(target) else {
            return refuse(
                "rewrite-target", target, "is no path in which only $1 to $9 are variables")
        }
        rewrite = target
    }

    private mutating func takeSeconds(_ name: String, _ value: String) {
        guard let seconds = Int(value), seconds > 0, seconds <= Self.longestSeconds else {
            return refuse(name, value, "is no number of seconds")
        }
        directives.append("\(name.replacing("-", with: "_")) \(seconds)s;")
    }

    private mutating func refuse(_ name: String, _ value: String, _ why: String) {
        notes.append("\(Canary.prefix)\(name): \"\(value)\" \(why); it has no effect")
    }

    /// A day: nobody waits longer for an answer, and nginx counts in milliseconds.
    private static let longestSeconds = 86_400

    private static func isSize(_ text: String) -> Bool {
        let number = text.last.map { "kKmMgG".contains($0) } ?? false ? text.dropLast() : text[...]
        return !number.isEmpty && number.utf8.count < 10
            && number.utf8.allSatisfy { (48...57).contains($0) }
    }
}
