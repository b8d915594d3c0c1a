import Documents
import KubernetesObjects
import Testing

@testable import LocalCluster

struct `The configuration of nginx` {
    private let settings = NginxSettings(
        account: nil, httpPort: 8080,
        api: NginxSettings.API(
            port: 6443, socket: "/run/api.sock", certificate: "/tls/server.crt",
            key: "/tls/server.key"),
        statusSocket: "/run/status.sock")

    private func text(_ table: RouteTable) -> String {
        NginxConfiguration(settings: settings, table: table, generation: 7).text
    }

    /// The part that follows from the routes, from the first upstream on.
    private func routes(_ ingresses: [Object]) -> String {
        let text = text(table(ingresses))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.drop { !$0.hasPrefix("    upstream") }.joined(separator: "\n")
    }

    @Test func `of a canary with every rule is this one`() {
        let rules = [
            "weight": "125", "weight-total": "1000", "by-header": "X-Canary", "by-cookie": "side",
        ]
        #expect(
            routes([
                ingress("shop", path: "/cart", service: "stable"), canary(rules, path: "/cart"),
            ])
                == golden)
    }

    @Test func `matches a prefix element by element, and an exact path alone`() {
        let lines = text(
            table([
                ingress("prefix", path: "/a/", service: "stable"),
                ingress("exact", path: "/b", pathType: "Exact", service: "stable", created: 1),
                ingress("both", path: "/b", service: "stable", created: 2),
            ])
        ).split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("location") }
        #expect(
            lines == [
                "location = /generation { return 200 \"7\"; }", "location = \"/a\" {",
                "location \"/a/\" {", "location \"/b/\" {", "location = \"/b\" {",
                "location / { return 404; }", "location / {",
            ])
    }

    @Test func `makes patterns of all paths of a host where one ingress wants them`() {
        let text = text(
            table([
                ingress(
                    "api", path: "/api(/|$)(.*)", service: "stable",
                    annotations: ["nginx.ingress.kubernetes.io/rewrite-target": "/$2"]),
                ingress("rest", path: "/", service: "stable", created: 1),
            ]))
        let lines = text.split(separator: "\n").map { String($0.drop { $0 == " " }) }
        #expect(
            lines.filter { $0.hasPrefix("location ~") || $0.hasPrefix("rewrite") } == [
                #"location ~* "^/api(/|$)(.*)" {"#, #"rewrite "(?i)^/api(/|$)(.*)" "/$2" break;"#,
                #"location ~* "^/" {"#,
            ])
        #expect(text.contains(#"set $location_path "/api(/|${dollar})(.*)";"#))
    }

    @Test func `sends plain HTTP on where TLS is asked for, unless it is not wanted`() {
        var settings = settings
        settings.https = NginxSettings.HTTPS(port: 8443, certificate: "/c", key: "/k")
        func text(_ annotations: [String: String]) -> String {
            var shop = ingress("shop", service: "stable", annotations: annotations)
            shop["spec", "tls"] = [["hosts": ["shop.test"]]]
            return NginxConfiguration(settings: settings, table: table([shop]), generation: 1).text
        }
        let redirect = "if ($scheme = http) { return 308 https://$host:8443$request_uri; }"
        #expect(text([:]).contains(redirect))
        #expect(
            text(["nginx.ingress.kubernetes.io/ssl-redirect": "false"]).contains(redirect) == false)
    }

    @Test func `gives each path the limits that its ingress asks for`() {
        let text = text(
            table([
                ingress(
                    "shop", service: "stable",
                    annotations: [
                        "nginx.ingress.kubernetes.io/proxy-read-timeout": "7",
                        "nginx.ingress.kubernetes.io/proxy-body-size": "2m",
                    ])
            ]))
        #expect(text.contains("            proxy_read_timeout 7s;\n"))
        #expect(text.contains("            client_max_body_size 2m;\n"))
    }

    @Test func `takes a star for one label of a host`() {
        let text = text(table([ingress("shop", host: "*.shop.test", service: "stable")]))
        #expect(text.contains(#"server_name "~^[^.]+\\.shop\\.test$";"#))
    }

    @Test func `quotes what users write so that it stays what it is`() {
        #expect(NginxText.quoted(#"a"b\c"#) == #""a\"b\\c""#)
        #expect(NginxText.pattern(for: "a.b-c") == #"a\.b\-c"#)
        #expect(NginxText.percent(1205) == "12.05%")
        #expect(NginxText.percent(1) == "0.01%")
    }
}

private let golden = #"""
        upstream default_canary_80 {
            server 127.16.0.2:8080 max_fails=0;
            keepalive 32;
            keepalive_timeout 1s;
        }
        upstream default_stable_80 {
            server 127.16.0.1:8080 max_fails=0;
            keepalive 32;
            keepalive_timeout 1s;
        }
        split_clients "${request_id}/default-stable-80" $share_0 {
            12.50% "default-canary-80";
            * "";
        }
        map $http_cookie $cookie_rule_0 {
            "" $share_0;
            "~(?:^|;)\\s*side=always\\s*(?:;|$)" "default-canary-80";
            "~(?:^|;)\\s*side=never\\s*(?:;|$)" "";
            default $share_0;
        }
        map $http_x_canary $header_rule_0 {
            "" $cookie_rule_0;
            "~^always$" "default-canary-80";
            "~^never$" "";
            default $cookie_rule_0;
        }
        map $header_rule_0 $pick_0 { default $header_rule_0; }
        map $pick_0 $to_0 { "" default_stable_80; default default_canary_80; }
        server {
            listen unix:/run/status.sock;
            location = /generation { return 200 "7"; }
        }
        server {
            listen 127.0.0.1:8080 default_server;
            set $route_host "";
            set $location_path "";
            set $namespace "";
            set $ingress_name "";
            set $service_name "";
            set $proxy_alternative_upstream_name "";
            return 404;
        }
        server {
            listen 127.0.0.1:8080;
            server_name shop.test;
            set $route_host "shop.test";
            location = "/cart" {
                set $namespace "default";
                set $ingress_name "shop";
                set $service_name "stable";
                set $location_path "/cart";
                set $proxy_alternative_upstream_name $pick_0;
                access_log requests.log request;
                proxy_pass http://$to_0;
            }
            location "/cart/" {
                set $namespace "default";
                set $ingress_name "shop";
                set $service_name "stable";
                set $location_path "/cart";
                set $proxy_alternative_upstream_name $pick_0;
                access_log requests.log request;
                proxy_pass http://$to_0;
            }
            location / { return 404; }
        }
        server {
            listen 127.0.0.1:6443 ssl;
            ssl_certificate "/tls/server.crt";
            ssl_certificate_key "/tls/server.key";
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_session_cache shared:api:1m;
            location / {
                proxy_pass http://unix:/run/api.sock:;
                proxy_buffering off;
                proxy_read_timeout 7200s;
                proxy_send_timeout 7200s;
            }
        }
    }

    """#
