/// The configuration of nginx for a table of routes. Relative paths are those of its own directory.
struct NginxConfiguration {
    let settings: NginxSettings
    let table: RouteTable
    let generation: Int
    /// What users wrote and nginx does not take.
    var refused: Set<Doubt> = []

    /// Workers that share the work; more would not serve one machine's loopback faster.
    static let workers = 2
    private static let connections = 4096
    /// How long a worker that was replaced may serve what it has begun: longer than any watch
    /// lasts.
    private static let shutdownSeconds = 7200
    private static let bodyMegabytes = 64
    static let accessLog = "requests.log"

    var text: String {
        var lines = [
            "# Written by sluice at every change of a route; what is changed here is lost."
        ]
        if let account = settings.account { lines.append("user \(account.name);") }
        lines += [
            "daemon off;", "worker_processes \(Self.workers);", "worker_rlimit_nofile 8192;",
            "worker_shutdown_timeout \(Self.shutdownSeconds)s;", "pid nginx.pid;",
            "error_log stderr warn;",
            "events { worker_connections \(Self.connections); }", "http {",
        ]
        lines += (http + Self.log + upstreams + sessions + choices + statusServer + defaultServer)
            .map {
                "    " + $0
            }
        for server in table.servers { lines += self.server(server).map { "    " + $0 } }
        for service in table.serviceAddresses { lines += self.service(service).map { "    " + $0 } }
        if let api = settings.api { lines += self.api(api).map { "    " + $0 } }
        return (lines + ["}", ""]).joined(separator: "\n")
    }

    /// A connection of a client is used once: a worker that is replaced would close it under the
    /// client's hands just when the next request is on its way. Nothing is tried at a second
    /// endpoint: the first answer is the truth.
    private var http: [String] {
        [
            "default_type application/octet-stream;", "server_tokens off;", "access_log off;",
            "keepalive_timeout 0;", "client_max_body_size \(Self.bodyMegabytes)m;",
            "client_body_temp_path temp/body;", "proxy_temp_path temp/proxy;",
            "fastcgi_temp_path temp/fastcgi;", "uwsgi_temp_path temp/uwsgi;",
            "scgi_temp_path temp/scgi;",
            "server_names_hash_bucket_size 512;", "map_hash_bucket_size 512;",
            "variables_hash_max_size 4096;", "proxy_http_version 1.1;", "proxy_next_upstream off;",
            "proxy_request_buffering off;", "proxy_max_temp_file_size 0;",
            // As in ingress-nginx: what a server says piece by piece arrives piece by piece.
            "proxy_buffering off;",
            "proxy_connect_timeout 5s;",
            "proxy_read_timeout 60s;", "proxy_send_timeout 60s;",
            "geo $dollar { default \"$\"; }",
            "map $https $cookie_secure { on \"; Secure\"; default \"\"; }",
            "map $http_upgrade $connection_upgrade { \"\" \"\"; default upgrade; }",
            "map $http_x_request_id $req_id { \"\" $request_id; default $http_x_request_id; }",
            "proxy_set_header Host $http_host;", "proxy_set_header X-Request-ID $req_id;",
            "proxy_set_header X-Real-IP $remote_addr;",
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
            "proxy_set_header X-Forwarded-Host $http_host;",
            "proxy_set_header X-Forwarded-Proto $scheme;",
            "proxy_set_header Upgrade $http_upgrade;",
            "proxy_set_header Connection $connection_upgrade;",
        ]
    }

    /// One JSON object for each request that an Ingress serves.
    private static let log: [String] = {
        let fields = [
            ("status", "$status"), ("method", "$request_method"), ("host", "$route_host"),
            ("path", "$location_path"), ("namespace", "$namespace"), ("ingress", "$ingress_name"),
            ("service", "$service_name"), ("canary", "$proxy_alternative_upstream_name"),
            ("upstream", "$upstream_addr"), ("requestTime", "$request_time"),
            ("connectTime", "$upstream_connect_time"), ("headerTime", "$upstream_header_time"),
            ("responseTime", "$upstream_response_time"), ("requestLength", "$request_length"),
            ("bytesSent", "$bytes_sent"), ("responseLength", "$upstream_response_length"),
        ]
        let members = fields.map { "\"\($0)\":\"\($1)\"" }
        return ["log_format request escape=json '{\(members.joined(separator: ","))}';"]
    }()

    private var upstreams: [String] {
        let plain = table.endpoints.map { (name: $0.key.upstream, servers: $0.value, key: "") }
        let sticky = stickyUpstreams.map {
            (name: $0.name, servers: table.endpoints[$0.backend] ?? [], key: $0.key)
        }
        return (plain + sticky).sorted { $0.name < $1.name }.filter { !$0.servers.isEmpty }
            .flatMap { name, servers, key in
                ["upstream \(name) {"]
                    + (key.isEmpty ? [] : ["    hash \(key) consistent;"])
                    // No endpoint is taken out for failing: readiness decides, and failures must
                    // show.
                    + servers.map { "    server \($0) max_fails=0;" }
                    // Shorter than a server's own patience, so that it is not the pod that hangs up
                    // first.
                    + ["    keepalive 32;", "    keepalive_timeout 1s;", "}"]
            }
    }

    private var statusServer: [String] {
        [
            "server {", "    listen unix:\(settings.statusSocket);",
            "    location = /generation { return 200 \"\(generation)\"; }", "}",
        ]
    }

    /// The generation that a configuration of ours answers with; nil where it is none.
    static func generation(of text: String) -> Int? {
        text.firstMatch(of: /\/generation \{ return 200 "(\d+)"; \}/).flatMap { Int($0.1) }
    }

    /// Answers hosts that nobody serves, and makes every variable of the log known.
    private var defaultServer: [String] {
        let names = [
            "route_host", "location_path", "namespace", "ingress_name", "service_name",
            "proxy_alternative_upstream_name",
        ]
        guard !table.servers.contains(where: { $0.host.isEmpty }) else { return [] }
        return ["server {"] + listens(host: "", isDefault: true).map { "    " + $0 }
            + names.map { "    set $\($0) \"\";" } + ["    return 404;", "}"]
    }

    private func server(_ server: RouteTable.Server) -> [String] {
        var lines = ["server {"]
        lines += listens(host: server.host, isDefault: server.host.isEmpty).map { "    " + $0 }
        if !server.host.isEmpty { lines.append("    server_name \(serverName(server.host));") }
        lines.append(
            "    set $route_host \(NginxText.quoted(server.host.isEmpty ? "_" : server.host));")
        let exact = Set(server.locations.filter { $0.match == .exact }.map(\.path))
        for location in ordered(server) {
            let body = self.location(location, of: server).map { "        " + $0 }
            let heads =
                server.hasPatterns
                ? ["location ~* \(NginxText.quoted("^" + location.pattern))"]
                : heads(of: location, exact: exact)
            for head in heads { lines += ["    \(head) {"] + body + ["    }"] }
        }
        let hasRoot = server.locations.contains { $0.path == "/" && $0.match == .prefix }
        if server.hasPatterns || !hasRoot { lines.append("    location / { return 404; }") }
        return lines + ["}"]
    }

    /// Of patterns the first that matches is taken: the longest comes first.
    private func ordered(_ server: RouteTable.Server) -> [RouteTable.Location] {
        guard server.hasPatterns else {
            return server.locations.sorted { ($0.path, $0.ingress) < ($1.path, $1.ingress) }
        }
        return server.locations.filter { !refused.contains(.pattern("^" + $0.pattern)) }
            .sorted { ($1.pattern.utf8.count, $0.pattern) < ($0.pattern.utf8.count, $1.pattern) }
    }

    private func listens(host: String, isDefault: Bool) -> [String] {
        let end = isDefault ? " default_server;" : ";"
        let plain = "listen 127.0.0.1:\(settings.httpPort)\(end)"
        guard let https = settings.https else { return [plain] }
        let pair = table.certificates[host].flatMap {
            refused.contains(.certificate($0)) ? nil : $0.file
        }
        return [
            plain, "listen 127.0.0.1:\(https.port) ssl\(end)",
            "ssl_certificate \(NginxText.quoted(pair ?? https.certificate));",
            "ssl_certificate_key \(NginxText.quoted(pair ?? https.key));",
        ]
    }

    /// A star stands for one label, where nginx would take several.
    private func serverName(_ host: String) -> String {
        guard host.hasPrefix("*.") else { return host }
        return NginxText.quoted("~^[^.]+\\.").dropLast()
            + NginxText.pattern(for: String(host.dropFirst(2)))
            .replacing("\\", with: "\\\\") + "$\""
    }

    private func heads(of location: RouteTable.Location, exact: Set<String>) -> [String] {
        let path = location.path
        if location.match == .exact { return ["location = \(NginxText.quoted(path))"] }
        if path == "/" { return ["location /"] }
        let below = "location \(NginxText.quoted(path + "/"))"
        return exact.contains(path) ? [below] : ["location = \(NginxText.quoted(path))", below]
    }
}
