/// What nginx does with a request once its host and path are known.
extension NginxConfiguration {
    /// What a location does. Without a ready stable endpoint it answers 503, whatever its canary
    /// could serve.
    func location(_ location: RouteTable.Location, of server: RouteTable.Server) -> [String] {
        let backend = location.backend
        var lines = [
            "set $namespace \(NginxText.quoted(backend.namespace));",
            "set $ingress_name \(NginxText.quoted(location.ingress));",
            "set $service_name \(NginxText.quoted(backend.service));",
            "set $location_path \(NginxText.literal(location.path));",
        ]
        lines += redirect(location, of: server)
        let isServed = table.endpoints[backend]?.isEmpty == false
        let pick = isServed ? pickVariable(of: backend) : nil
        lines.append("set $proxy_alternative_upstream_name \(pick ?? "\"\"");")
        lines.append("access_log \(Self.accessLog) request;")
        if !isServed { return lines + ["return 503;"] }
        lines += location.options.directives
        if location.options.affinity != nil, let session = session(of: backend) {
            lines.append("add_header Set-Cookie \(session.cookie) always;")
        }
        if let target = location.options.rewrite {
            let pattern = NginxText.quoted("(?i)^" + location.pattern)
            lines.append("rewrite \(pattern) \(NginxText.quoted(target)) break;")
        }
        let to = pick?.replacing("$pick_", with: "$to_") ?? upstream(of: backend, behind: backend)
        return lines + ["proxy_pass http://\(to);"]
    }

    /// The log names no canary for a request that neither side has served.
    private func redirect(
        _ location: RouteTable.Location, of server: RouteTable.Server
    ) -> [String] {
        let isSecured = table.secured.contains(server.host)
        guard let https = settings.https, location.options.redirects(hasCertificate: isSecured)
        else { return [] }
        // A header of its own, though an empty one, keeps the cookie of the location away.
        let bare = location.options.affinity == nil ? "" : "add_header Set-Cookie \"\"; "
        return [
            "set $proxy_alternative_upstream_name \"\";",
            "if ($scheme = http) { \(bare)return 308 https://$host:\(https.port)$request_uri; }",
        ]
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
