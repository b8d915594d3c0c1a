import Dispatch
import Synchronization
import Testing

@testable import Curl

struct `A streamed answer` {
    private let client = CurlClient()

    @Test func `shows its head before its body has come`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let script: ScriptedServer.Script = { _, connection in
            connection.begin(206)
            _ = gate.wait(timeout: .now() + 30)
            connection.chunk("later")
            connection.end()
        }
        try await withServer(script) { server in
            let response = try await client.stream(CurlRequest(url: server.url))
            #expect(response.head.status == 206)
            gate.signal()
            let body = try await response.body.collected(upTo: 100)
            #expect(body == Array("later".utf8))
        }
    }

    @Test func `gives each piece as it comes`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let script: ScriptedServer.Script = { _, connection in
            connection.begin()
            for text in ["one", "two", "three"] {
                _ = gate.wait(timeout: .now() + 30)
                connection.chunk(text)
            }
            connection.end()
        }
        try await withServer(script) { server in
            var pieces: [String] = []
            gate.signal()
            for try await bytes in try await client.stream(CurlRequest(url: server.url)).body {
                pieces.append(String(decoding: bytes, as: UTF8.self))
                gate.signal()
            }
            #expect(pieces == ["one", "two", "three"])
        }
    }

    @Test func `holds the server back while nobody reads, and loses nothing`() async throws {
        let piece = String(repeating: "0123456789abcdef", count: 4096)
        let pieces = 400
        let sent = Atomic(0)
        let script: ScriptedServer.Script = { _, connection in
            connection.begin()
            for _ in 0..<pieces {
                connection.chunk(piece)
                sent.add(1, ordering: .relaxed)
            }
            connection.end()
        }
        try await withServer(script) { server in
            let body = try await client.stream(
                CurlRequest(url: server.url), highWaterBytes: 64 << 10
            ).body
            var iterator = body.makeAsyncIterator()
            var total = 0
            while let bytes = try await iterator.next() {
                #expect(body.unreadBytes < 128 << 10)
                total += bytes.count
            }
            #expect(total == piece.utf8.count * pieces)
            #expect(sent.load(ordering: .relaxed) == pieces)
        }
    }

    @Test func `drops its connection when nobody holds the body any more`() async throws {
        let (hangUps, hungUp) = AsyncStream<Void>.makeStream()
        let script: ScriptedServer.Script = { _, connection in
            connection.begin()
            connection.waitForHangUp()
            hungUp.yield()
        }
        try await withServer(script) { server in
            let status = try await client.stream(CurlRequest(url: server.url)).head.status
            #expect(status == 200)
            for await _ in hangUps { break }
        }
    }

    @Test func `ends with the reader's cancellation`() async throws {
        let (reads, reading) = AsyncStream<Void>.makeStream()
        let script: ScriptedServer.Script = { _, connection in
            connection.begin()
            connection.chunk("first")
            connection.waitForHangUp()
        }
        try await withServer(script) { server in
            let task = Task {
                var iterator = try await client.stream(CurlRequest(url: server.url)).body
                    .makeAsyncIterator()
                _ = try await iterator.next()
                reading.yield()
                return try await iterator.next()
            }
            for await _ in reads { break }
            task.cancel()
            let error = await #expect(throws: CurlError.self) { try await task.value }
            #expect(error?.isCancelled == true)
        }
    }

    @Test func `says when it breaks off`() async throws {
        let script: ScriptedServer.Script = { _, connection in
            connection.begin()
            connection.chunk("half")
            connection.hangUp()
        }
        try await withServer(script) { server in
            let body = try await client.stream(CurlRequest(url: server.url)).body
            let error = await #expect(throws: CurlError.self) {
                try await body.collected(upTo: 100)
            }
            #expect(error?.isCancelled == false)
        }
    }

    @Test func `is given up when nothing comes any more`() async throws {
        let script: ScriptedServer.Script = { _, connection in
            connection.begin()
            connection.chunk("first")
            connection.waitForHangUp()
        }
        try await withServer(script) { server in
            let error = await #expect(throws: CurlError.self) {
                try await read(server, quiet: 300)
            }
            #expect(error?.isTimeout == true)
            #expect(error?.message == "nothing came for 300 milliseconds")
        }
    }

    @Test func `is not given up while it is not read`() async throws {
        let piece = String(repeating: "0123456789abcdef", count: 4096)
        let script: ScriptedServer.Script = { request, connection in
            connection.begin()
            if request.target == "/quiet" { return connection.waitForHangUp() }
            for _ in 0..<40 { connection.chunk(piece) }
            connection.end()
        }
        try await withServer(script) { server in
            var request = CurlRequest(url: server.url)
            request.quietMilliseconds = 300
            let body = try await client.stream(request, highWaterBytes: 64 << 10).body
            // By the time that another one was given up, so would be this.
            request.url += "/quiet"
            request.quietMilliseconds = 600
            let other = request
            await #expect(throws: CurlError.self) {
                try await client.stream(other).body.collected(upTo: 1)
            }
            let bytes = try await body.collected(upTo: 40 << 16)
            #expect(bytes.count == 40 << 16)
        }
    }

    private func read(_ server: ScriptedServer, quiet milliseconds: Int) async throws {
        var request = CurlRequest(url: server.url)
        request.quietMilliseconds = milliseconds
        _ = try await client.stream(request).body.collected(upTo: 100)
    }

    @Test func `is collected up to a bound`() async throws {
        try await withServer {
            $1.answer(200, "four")
        } _: { server in
            let body = try await client.stream(CurlRequest(url: server.url)).body
            let error = await #expect(throws: CurlError.self) { try await body.collected(upTo: 3) }
            #expect(error?.message == "the answer is longer than 3 bytes")
        }
    }
}

struct `A URL` {
    @Test(arguments: [
        ("http://a", "a", 80), ("https://a/b", "a", 443), ("HTTPS://a:8443?q", "a:8443", 8443),
        ("https://u:p@[::1]:6443/x", "[::1]:6443", 6443), ("http://u@b@c/", "c", 80),
    ])
    func `is taken apart without its credentials`(url: String, authority: String, port: Int) throws
    {
        let parts = try #require(URLParts(url))
        #expect(parts.authority == authority)
        #expect(parts.effectivePort == port)
    }

    @Test(arguments: ["", "a", "ftp://a", "http://", "http://a:b", "http://[::1", "http://a:70000"])
    func `of another form is none`(url: String) {
        #expect(URLParts(url) == nil)
    }
}
