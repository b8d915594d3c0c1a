import Curl
import Testing

struct `The proxy of a request` {
    private func rules(_ environment: [String: String]) throws -> ProxyRules {
        try ProxyRules(environment: environment)
    }

    @Test func `is that of its scheme`() throws {
        let rules = try rules([
            "HTTP_PROXY": "http://plain:3128", "https_proxy": "http://u:p@secure:3128",
        ])
        #expect(rules.proxy(for: "http://a.example/x") == "http://plain:3128")
        #expect(rules.proxy(for: "https://a.example/x") == "http://u:p@secure:3128")
        #expect(ProxyRules.none.proxy(for: "http://a.example") == nil)
    }

    @Test func `is the one in capitals, where there are two`() throws {
        let rules = try rules(["HTTPS_PROXY": "http://big:1", "https_proxy": "http://small:1"])
        #expect(rules.proxy(for: "https://a.example") == "http://big:1")
        let empty = try self.rules(["HTTPS_PROXY": "", "https_proxy": "http://small:1"])
        #expect(empty.proxy(for: "https://a.example") == "http://small:1")
    }

    @Test func `may leave out its scheme`() throws {
        let rules = try rules(["HTTP_PROXY": "squid:3128"])
        #expect(rules.proxy(for: "http://a.example") == "http://squid:3128")
    }

    @Test(arguments: ["http://localhost:1", "http://127.8.9.1", "http://[::1]:9090/api"])
    func `is none for this machine`(url: String) throws {
        #expect(try rules(["HTTP_PROXY": "http://squid:3128"]).proxy(for: url) == nil)
    }

    @Test(arguments: [
        ("*", "http://a.example", true),
        ("a.example", "http://a.example", true), ("a.example", "http://b.a.example", true),
        ("a.example", "http://ba.example", false), ("A.Example", "http://a.EXAMPLE", true),
        (".a.example", "http://a.example", false), (".a.example", "http://b.a.example", true),
        ("*.a.example", "http://b.a.example", true), ("*.a.example", "http://a.example", false),
        ("a.example:81", "http://a.example", false), ("a.example:81", "http://a.example:81", true),
        ("a.example:80", "http://a.example", true),
        ("10.96.0.0/12", "http://10.97.3.4:9090", true),
        ("10.96.0.0/12", "http://10.112.0.1", false),
        ("10.0.0.1", "http://10.0.0.1:8080", true), ("10.0.0.1:81", "http://10.0.0.1:82", false),
        ("fd00::/8", "http://[fd12::1]:9090", true), ("fd00::/8", "http://[fe80::1]", false),
        ("[fd00::1]:81", "http://[fd00::1]:81", true), ("fd00::1", "http://[fd00::1]:81", true),
        (" x.example , a.example ", "http://a.example", true),
        ("10.0.0.0/33,,/8", "http://10.0.0.1", false),
        (".svc,.cluster.local,10.96.0.1", "http://prometheus.monitoring.svc:9090", true),
    ])
    func `is none where NO_PROXY says so`(list: String, url: String, isExcepted: Bool) throws {
        let rules = try rules(["HTTP_PROXY": "http://squid:3128", "NO_PROXY": list])
        #expect((rules.proxy(for: url) == nil) == isExcepted)
    }

    @Test(arguments: ["http://", "http://u:s3cret@host:port", "ho st:1"])
    func `must be an address, and is not shown where it is none`(text: String) throws {
        let fault = #expect(throws: ProxyRules.Fault.self) { try rules(["HTTPS_PROXY": text]) }
        #expect(fault?.description.hasPrefix("HTTPS_PROXY is no address of a proxy") == true)
        #expect(fault?.description.contains("s3cret") == false)
    }
}
