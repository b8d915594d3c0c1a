import KubernetesObjects

/// A part of a configuration that users write and that only nginx can judge.
enum Doubt: Hashable, Sendable {
    /// A pattern that nginx must be able to read.
    case pattern(String)
    /// A certificate and a key that must fit.
    case certificate(KeyPair)

    /// A configuration that nginx takes where it takes this part.
    var probe: String {
        let part =
            switch self {
            case .pattern(let pattern):
                "map \"\" $probe { \(NginxText.quoted("~" + pattern)) \"\"; default \"\"; }"
            case .certificate(let pair):
                "server { listen unix:probe.sock; ssl_certificate \(NginxText.quoted(pair.file)); "
                    + "ssl_certificate_key \(NginxText.quoted(pair.file)); }"
            }
        return "error_log stderr warn; events { }\nhttp { access_log off; \(part) }\n"
    }
}

extension NginxConfiguration {
    /// Each part that users wrote, with the object that it comes from.
    var doubts: [(doubt: Doubt, subject: Reference)] {
        var doubts: [(Doubt, Reference)] = []
        for canary in table.canaries.values {
            guard case .pattern(_, let pattern) = canary.header else { continue }
            doubts.append((.pattern(pattern), canary.reference))
        }
        for server in table.servers where server.hasPatterns {
            doubts += server.locations.map { (.pattern("^" + $0.pattern), $0.reference) }
        }
        for server in table.servers {
            guard let pair = table.certificates[server.host] else { continue }
            let users = Set(server.locations.map(\.reference))
            doubts += users.map { (.certificate(pair), $0) }
        }
        return doubts
    }

    /// What is said of a part that nginx does not take.
    static func words(for doubt: Doubt, _ why: String) -> String {
        switch doubt {
        case .pattern(let pattern):
            "nginx cannot read the pattern \(pattern), which has no effect: \(why)"
        case .certificate(let pair):
            "nginx cannot use the secret \(pair.name); "
                + "the box shows a certificate of its own: \(why)"
        }
    }
}
