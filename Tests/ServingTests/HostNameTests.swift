import Curl
import Testing

@testable import Serving

struct `A listener of this machine` {
    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:8080", "localhost:1", "LOCALHOST", "localhost.", "[::1]:443",
    ])
    func `answers to a name of this machine`(host: String) async throws {
        #expect(try await status(of: .loopback(port: 0), host: host) == 200)
    }

    @Test(arguments: [
        "evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example",
        "evil@127.0.0.1.example", "127.0.0.1@evil.example", "10.0.0.1",
    ])
    func `refuses a name that a stranger gave to its address`(host: String) async throws {
        #expect(try await status(of: .loopback(port: 0), host: host) == 421)
    }

    @Test func `answers to the address that it was given`() async throws {
        let address = Listener.Address.loopback(host: "127.0.0.9", port: 0)
        #expect(address.refusal(of: "127.0.0.9:80") == nil)
        #expect(address.refusal(of: "localhost") == nil)
        #expect(address.refusal(of: "127.0.0.8")?.status == 421)
    }

    @Test(arguments: [nil, "", ":80", "."])
    func `refuses a request that names nobody`(host: String?) {
        #expect(Listener.Address.loopback(port: 0).refusal(of: host)?.status == 421)
    }
}

struct `A listener that is open` {
    @Test func `answers to every name`() async throws {
        let status = try await status(of: .open(host: "127.0.0.1", port: 0), host: "shop.example")
        #expect(status == 200)
    }
}

/// What a listener at `address` answers to a request that says it is for `host`.
private func status(of address: Listener.Address, host: String) async throws -> Int {
    let listener = TestListener(at: address) { _ in .text("here") }
    return try await listener.run { url in
        try await CurlClient().execute(
            CurlRequest(url: url, headers: [Header("Host", host)])
        ).head.status
    }
}
