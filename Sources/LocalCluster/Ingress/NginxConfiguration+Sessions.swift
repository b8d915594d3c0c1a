/// How nginx keeps clients with the pod and the side that they first came to: a cookie of the form
/// `KEY|MARK`, the key chosen once for a client, the mark that of the backend it was given for.
extension NginxConfiguration {
    /// The affinity of one stable backend, with the number that its variables carry.
    struct Session {
        let number: Int
        let primary: RouteTable.Backend
        let affinity: Affinity

        /// What nginx sends as `Set-Cookie`; empty where the client has that cookie.
        var cookie: String { "$cookie_\(number)" }
        /// The client's key, or a new one.
        var key: String { "$session_\(number)" }
        /// The mark of the cookie that the client sent, or nothing.
        private var bound: String { "$bound_\(number)" }
        private static let keyPattern = "[0-9a-f]{32}"

        private var pattern: String {
            "~(?:^|;)\\s*\(NginxText.pattern(for: affinity.cookie))="
        }

        /// Reads the client's cookie.
        var lines: [String] {
            let key = NginxText.quoted("\(pattern)(?<key_\(number)>\(Self.keyPattern))\\|")
            let mark = NginxText.quoted(
                "\(pattern)\(Self.keyPattern)\\|(?<mark_\(number)>[0-9a-f]{16})\\s*(?:;|$)")
            return [
                "map $http_cookie \(self.key) { \(key) $key_\(number); default $request_id; }",
                "map $http_cookie \(bound) { \(mark) $mark_\(number); default \"\"; }",
            ]
        }

        /// The side that the client is bound to comes before every rule, the canary's weight
        /// included.
        func map(choosing canary: Canary, else next: String, as variable: String) -> [String] {
            let label = NginxText.quoted(canary.backend.label)
            var lines = [
                "map \(bound) \(variable) {", "    \"\(Affinity.mark(of: primary))\" \"\";",
            ]
            if !canary.ignoresAffinity {
                lines.append("    \"\(Affinity.mark(of: canary.backend))\" \(label);")
            }
            return lines + ["    default \(next);", "}"]
        }

        /// Gives a cookie to a client that has none for the side which serves it.
        func giving(_ canary: Canary?, pick: String?) -> [String] {
            let own = Affinity.mark(of: primary)
            var lines: [String] = []
            var mark = own
            if let canary, let pick {
                let other = canary.ignoresAffinity ? "" : Affinity.mark(of: canary.backend)
                lines.append(
                    "map \(pick) $side_\(number) { \"\" \"\(own)\"; default \"\(other)\"; }")
                mark = "${side_\(number)}"
            }
            let path = affinity.path ?? "$location_path"
            let same = "same_\(number)"
            let value = "\(affinity.cookie)=\(key)|\(mark); Path=\(path)$cookie_secure"
            return lines + [
                "map \"\(bound)/\(mark)\" \(cookie) {",
                "    \"~^(?<\(same)>[^/]*)/\\k<\(same)>$\" \"\";", "    \"~/$\" \"\";",
                "    default \"\(value)\(affinity.attributes)\";", "}",
            ]
        }
    }

    private var allSessions: [Session] {
        table.affinities.sorted { $0.key.upstream < $1.key.upstream }.enumerated().map {
            Session(number: $0.offset, primary: $0.element.key, affinity: $0.element.value)
        }
    }

    func session(of primary: RouteTable.Backend) -> Session? {
        allSessions.first { $0.primary == primary }
    }

    var sessions: [String] { allSessions.flatMap(\.lines) }

    var cookies: [String] {
        allSessions.flatMap {
            $0.giving(table.canaries[$0.primary], pick: pickVariable(of: $0.primary))
        }
    }

    /// The upstreams that keep a client with one pod.
    var stickyUpstreams: [(name: String, backend: RouteTable.Backend, key: String)] {
        allSessions.flatMap { session in
            var backends = [session.primary]
            if let canary = table.canaries[session.primary], !canary.ignoresAffinity {
                backends.append(canary.backend)
            }
            return backends.map {
                (upstream(of: $0, behind: session.primary), $0, session.key)
            }
        }
    }

    /// The upstream that serves requests to a backend which came for `primary`.
    func upstream(of backend: RouteTable.Backend, behind primary: RouteTable.Backend) -> String {
        let isLeftOut =
            backend != primary && table.canaries[primary]?.ignoresAffinity ?? false
        guard !isLeftOut, let session = session(of: primary) else { return backend.upstream }
        return "\(backend.upstream)_sticky_\(session.number)"
    }
}
