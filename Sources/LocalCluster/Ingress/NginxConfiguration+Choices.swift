/// How nginx chooses between a stable backend and its canary, in the order of ingress-nginx:
/// header, cookie, weight.
extension NginxConfiguration {
    /// The backends that have a canary, each with the number that its variables carry.
    private var split: [(number: Int, primary: RouteTable.Backend, canary: Canary)] {
        table.canaries.sorted { $0.key.upstream < $1.key.upstream }.enumerated().map {
            ($0.offset, $0.element.key, $0.element.value)
        }
    }

    /// For each: `$pick_N`, the canary's label or nothing, and `$to_N`, the upstream that follows
    /// from it.
    var choices: [String] {
        split.flatMap { number, primary, canary in
            let (lines, pick) = pick(number, primary, canary)
            let stable = table.endpoints[primary]?.isEmpty == false ? primary.upstream : "none"
            return lines + [
                "map \(pick) $pick_\(number) { default \(pick); }",
                "map $pick_\(number) $to_\(number) "
                    + "{ \"\" \(stable); default \(canary.backend.upstream); }",
            ]
        }
    }

    private func pick(
        _ number: Int, _ primary: RouteTable.Backend, _ canary: Canary
    ) -> (lines: [String], value: String) {
        let label = NginxText.quoted(canary.backend.label)
        var lines: [String] = []
        var next = "\"\""
        switch canary.share {
        case .none: break
        case .all: next = label
        case .part(let hundredths):
            // Salted, so that two splits of one request do not always agree.
            lines += [
                "split_clients \"${request_id}/\(primary.label)\" $share_\(number) {",
                "    \(NginxText.percent(hundredths)) \(label);", "    * \"\";", "}",
            ]
            next = "$share_\(number)"
        }
        if let cookie = canary.cookie {
            // Patterns, since nginx compares plain strings of a map without regard to case.
            let name = NginxText.pattern(for: cookie)
            lines += map(
                "$http_cookie", "$cookie_rule_\(number)",
                [
                    ("~(?:^|;)\\s*\(name)=always\\s*(?:;|$)", label),
                    ("~(?:^|;)\\s*\(name)=never\\s*(?:;|$)", "\"\""),
                ], else: next)
            next = "$cookie_rule_\(number)"
        }
        if let header = canary.header {
            lines += rule(header, "$header_rule_\(number)", label: label, else: next)
            next = "$header_rule_\(number)"
        }
        return (lines, next)
    }

    private func rule(
        _ header: Canary.Header, _ variable: String, label: String, else next: String
    ) -> [String] {
        switch header {
        case .named(let name):
            return map(
                NginxText.headerVariable(name), variable,
                [("~^always$", label), ("~^never$", "\"\"")], else: next)
        case .value(let name, let value):
            return map(
                NginxText.headerVariable(name), variable,
                [("~^\(NginxText.pattern(for: value))$", label)],
                else: next)
        case .pattern(let name, let pattern):
            // A pattern that cannot be read means stable, as where it fails while it is matched.
            let entries = usesPatterns ? [("~\(pattern)", label)] : [("~.", "\"\"")]
            return map(NginxText.headerVariable(name), variable, entries, else: next)
        }
    }

    /// An absent value leaves the decision to the next rule.
    private func map(
        _ source: String, _ variable: String, _ entries: [(String, String)], else next: String
    ) -> [String] {
        ["map \(source) \(variable) {", "    \"\" \(next);"]
            + entries.map { "    \(NginxText.quoted($0)) \($1);" } + ["    default \(next);", "}"]
    }

    /// What a location does. Without a ready stable endpoint it answers 503, whatever its canary
    /// could serve.
    func location(_ location: RouteTable.Location) -> [String] {
        let backend = location.backend
        let choice = split.first { $0.primary == backend }
        var lines = [
            "set $namespace \(NginxText.quoted(backend.namespace));",
            "set $ingress_name \(NginxText.quoted(location.ingress));",
            "set $service_name \(NginxText.quoted(backend.service));",
            "set $location_path \(NginxText.quoted(location.path));",
        ]
        let isServed = table.endpoints[backend]?.isEmpty == false
        let alternative = isServed ? choice.map { "$pick_\($0.number)" } : nil
        lines.append("set $proxy_alternative_upstream_name \(alternative ?? "\"\"");")
        lines.append("access_log \(Self.accessLog) request;")
        if !isServed { return lines + ["return 503;"] }
        let target = choice.map { "$to_\($0.number)" } ?? backend.upstream
        return lines + ["proxy_pass http://\(target);"]
    }

    /// The address of a Service itself: every ready endpoint in turn, not counted as a request of
    /// an Ingress.
    func service(_ service: RouteTable.ServiceAddress) -> [String] {
        let isServed = table.endpoints[service.backend]?.isEmpty == false
        let act = isServed ? "proxy_pass http://\(service.backend.upstream);" : "return 503;"
        return [
            "server {", "    listen \(service.address):\(service.port);",
            "    location / { \(act) }", "}",
        ]
    }

    /// The API over TLS, passed on as it comes so that a watch is told of each change at once.
    func api(_ api: NginxSettings.API) -> [String] {
        [
            "server {", "    listen 127.0.0.1:\(api.port) ssl;",
            "    ssl_certificate \(NginxText.quoted(api.certificate));",
            "    ssl_certificate_key \(NginxText.quoted(api.key));",
            "    ssl_protocols TLSv1.2 TLSv1.3;", "    ssl_session_cache shared:api:1m;",
            "    location / {", "        proxy_pass http://unix:\(api.socket):;",
            "        proxy_buffering off;", "        proxy_read_timeout 7200s;",
            "        proxy_send_timeout 7200s;",
            "    }", "}",
        ]
    }
}
