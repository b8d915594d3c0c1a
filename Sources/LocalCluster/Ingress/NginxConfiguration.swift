/// What an nginx of the box is told besides the routes.
package struct NginxSettings: Hashable, Sendable {
    /// The user of the workers; nil to stay who we are.
    package var account: Account?
    /// The port of 127.0.0.1 at which Ingresses are served.
    package var httpPort: Int
    /// The API over TLS; nil where nobody is to reach it.
    package var api: API?
    /// A Unix socket at which nginx answers its generation.
    package var statusSocket: String

    /// How the API server is reached: at a port over TLS, and behind it at a socket.
    package struct API: Hashable, Sendable {
        package var port: Int
        /// The Unix socket of the API server.
        package var socket: String
        package var certificate: String
        package var key: String

        package init(port: Int, socket: String, certificate: String, key: String) {
            self.port = port
            self.socket = socket
            self.certificate = certificate
            self.key = key
        }
    }

    package init(account: Account?, httpPort: Int, api: API?, statusSocket: String) {
        self.account = account
        self.httpPort = httpPort
        self.api = api
        self.statusSocket = statusSocket
    }
}

/// The configuration of nginx for a table of routes. Relative paths are those of its own directory.
struct NginxConfiguration {
    let settings: NginxSettings
    let table: RouteTable
    let generation: Int
    /// False where nginx has refused the configuration because of a pattern of a user.
    var usesPatterns = true

    /// Workers that share the work; more would not serve one machine's loopback faster.
    private static let workers = 2
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
        lines += (http + Self.log + upstreams + choices + statusServer + defaultServer).map {
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
            "proxy_connect_timeout 5s;",
            "proxy_read_timeout 60s;", "proxy_send_timeout 60s;",
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
        table.endpoints.sorted { $0.key.upstream < $1.key.upstream }.filter { !$0.value.isEmpty }
            .flatMap {
                backend, endpoints in
                ["upstream \(backend.upstream) {"]
                    // No endpoint is taken out for failing: readiness decides, and failures must
                    // show.
                    + endpoints.map { "    server \($0) max_fails=0;" }
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

    /// Answers hosts that nobody serves, and makes every variable of the log known.
    private var defaultServer: [String] {
        let names = [
            "route_host", "location_path", "namespace", "ingress_name", "service_name",
            "proxy_alternative_upstream_name",
        ]
        guard !table.servers.contains(where: { $0.host.isEmpty }) else { return [] }
        return ["server {", "    listen 127.0.0.1:\(settings.httpPort) default_server;"]
            + names.map { "    set $\($0) \"\";" } + ["    return 404;", "}"]
    }

    private func server(_ server: RouteTable.Server) -> [String] {
        var lines = ["server {"]
        if server.host.isEmpty {
            lines.append("    listen 127.0.0.1:\(settings.httpPort) default_server;")
        } else {
            lines.append("    listen 127.0.0.1:\(settings.httpPort);")
            lines.append("    server_name \(serverName(server.host));")
        }
        lines.append(
            "    set $route_host \(NginxText.quoted(server.host.isEmpty ? "_" : server.host));")
        let exact = Set(server.locations.filter { $0.match == .exact }.map(\.path))
        for location in server.locations.sorted(by: {
            ($0.path, $0.ingress) < ($1.path, $1.ingress)
        }) {
            let body = self.location(location).map { "        " + $0 }
            for head in heads(of: location, exact: exact) {
                lines += ["    \(head) {"] + body + ["    }"]
            }
        }
        if !server.locations.contains(where: { $0.path == "/" && $0.match == .prefix }) {
            lines.append("    location / { return 404; }")
        }
        return lines + ["}"]
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
