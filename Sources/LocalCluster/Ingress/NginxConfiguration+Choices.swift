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
            var (lines, pick) = pick(number, primary, canary)
            if let session = session(of: primary) {
                lines += session.map(choosing: canary, else: pick, as: "$bound_pick_\(number)")
                pick = "$bound_pick_\(number)"
            }
            let to = upstream(of: canary.backend, behind: primary)
            let stable =
                table.endpoints[primary]?.isEmpty == false
                ? upstream(of: primary, behind: primary) : "none"
            return lines + [
                "map \(pick) $pick_\(number) { default \(pick); }",
                "map $pick_\(number) $to_\(number) { \"\" \(stable); default \(to); }",
            ]
        } + cookies
    }

    /// The variable that names the canary which serves a request, or nothing.
    func pickVariable(of primary: RouteTable.Backend) -> String? {
        split.first { $0.primary == primary }.map { "$pick_\($0.number)" }
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
            let isRead = !refused.contains(.pattern(pattern))
            let entries = isRead ? [("~\(pattern)", label)] : [("~.", "\"\"")]
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
}
