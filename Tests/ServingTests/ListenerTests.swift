import Curl
import Glibc
import Logging
import ServiceLifecycle
import Testing

@testable import Serving

struct `A listener` {
    @Test func `hands over method, path, query, headers and body`() async throws {
        let listener = TestListener { request in
            .text(
                "\(request.method) \(request.segments) \(request.query["q"] ?? "") "
                    + "\(request.headers["x-color"] ?? "") "
                    + String(decoding: request.body, as: UTF8.self)
            )
        }
        try await listener.run { address in
            let answer = try await CurlClient().execute(
                CurlRequest(
                    url: "\(address)/a/b%2Fc?q=1%202", method: "POST",
                    headers: [Header("X-Color", "blue")], body: Array("hello".utf8)))
            #expect(answer.text == #"POST ["a", "b/c"] 1 2 blue hello"#)
            #expect(answer.head["content-type"] == "text/plain; charset=utf-8")
        }
    }

    /// The kubelet of a cluster without IPv4 asks by IPv6. Not every machine has it.
    @Test(arguments: ["127.0.0.1"] + (hasIPv6 ? ["[::1]"] : []))
    func `answers at every address of a pod`(host: String) async throws {
        let listener = TestListener(at: .everywhere(port: 0)) { _ in .text("ok") }
        try await listener.run(by: host) { address in
            let answer = try await CurlClient().execute(CurlRequest(url: address))
            #expect(answer.text == "ok")
        }
    }

    @Test func `refuses a body beyond its limit`() async throws {
        var limits = Listener.Limits()
        limits.bodyBytes = 10
        let listener = TestListener(limits: limits) { _ in .text("taken") }
        try await listener.run { address in
            let answer = try await CurlClient().execute(
                CurlRequest(url: address, method: "PUT", body: Array("0123456789a".utf8)))
            #expect(answer.head.status == 413)
        }
    }

    @Test func `refuses headers beyond their limit`() async throws {
        var limits = Listener.Limits()
        limits.headerBytes = 512
        let listener = TestListener(limits: limits) { _ in .text("taken") }
        try await listener.run { address in
            let answer = try await CurlClient().execute(
                CurlRequest(
                    url: address, headers: [Header("X", String(repeating: "x", count: 2000))]))
            #expect(answer.head.status == 400)
        }
    }

    @Test func `streams a body piece by piece`() async throws {
        let (pieces, more) = AsyncStream<String>.makeStream()
        let listener = TestListener { _ in
            Serving.Response(
                status: 200,
                body: .stream { writer in
                    for await piece in pieces { try await writer.write(piece) }
                })
        }
        try await listener.run { address in
            let answer = try await CurlClient().stream(CurlRequest(url: address))
            var body = answer.body.makeAsyncIterator()
            more.yield("one")
            #expect(try await body.next() == Array("one".utf8))
            more.yield("two")
            #expect(try await body.next() == Array("two".utf8))
            more.finish()
            #expect(try await body.next() == nil)
        }
    }

    @Test func `cancels a stream when its client leaves`() async throws {
        let (ends, ended) = AsyncStream<Void>.makeStream()
        let listener = TestListener { _ in endless(ended) }
        try await listener.run { address in
            do {
                let answer = try await CurlClient().stream(CurlRequest(url: address))
                var body = answer.body.makeAsyncIterator()
                _ = try await body.next()
            }
            var iterator = ends.makeAsyncIterator()
            #expect(await iterator.next() != nil)
        }
    }

    @Test func `ends open streams whole when it is told to end`() async throws {
        let (_, ended) = AsyncStream<Void>.makeStream()
        let listener = TestListener { _ in endless(ended) }
        let rest = try await listener.run { address in
            let answer = try await CurlClient().stream(CurlRequest(url: address))
            var body = answer.body.makeAsyncIterator()
            _ = try await body.next()
            listener.end()
            return try await body.next()
        }
        #expect(rest == nil)
    }

    @Test func `refuses an address that others can reach`() async throws {
        let listener = Listener(at: .loopback(host: "0.0.0.0", port: 0), logger: quiet) { _ in
            .text("")
        }
        await #expect(throws: ListenerError.notLoopback(host: "0.0.0.0")) {
            try await listener.run()
        }
    }
}

/// A body that says it began and then waits until somebody cancels it.
private func endless(_ ended: AsyncStream<Void>.Continuation) -> Serving.Response {
    Serving.Response(
        status: 200,
        body: .stream { writer in
            try await writer.write("begun")
            let (never, _) = AsyncStream<Void>.makeStream()
            for await _ in never {}
            ended.yield()
        })
}

/// Whether this machine can be reached by IPv6 from itself.
private let hasIPv6: Bool = {
    let probe = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    guard probe >= 0 else { return false }
    defer { close(probe) }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_addr = in6addr_loopback
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(probe, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
        }
    }
}()
