import Curl
import Dispatch
import Glibc
import Testing

struct `A request` {
    private let client = CurlClient()

    @Test func `brings back status, headers and body`() async throws {
        let answer: ScriptedServer.Script = {
            $1.answer(404, "not here", headers: ["X-Why": "gone"])
        }
        try await withServer(answer) { server in
            let response = try await client.execute(CurlRequest(url: server.url + "/a?b=c"))
            #expect(response.head.status == 404)
            #expect(response.head["x-why"] == "gone")
            #expect(response.text == "not here")
            #expect(server.requests.map(\.target) == ["/a?b=c"])
        }
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func `carries its method, headers and body`(method: String) async throws {
        try await withServer {
            $1.answer(200)
        } _: { server in
            let headers = [Header("Content-Type", "application/json"), Header("X-Empty", "")]
            let request = CurlRequest(
                url: server.url, method: method, headers: headers, body: Array("{}".utf8))
            _ = try await client.execute(request)
            let seen = try #require(server.requests.first)
            #expect(seen.method == method)
            #expect(seen.headers["content-type"] == "application/json")
            #expect(seen.headers["x-empty"] == "")
            #expect(seen.headers["expect"] == nil)
            #expect(seen.body == "{}")
        }
    }

    @Test func `does not wait for the answer to another one`() async throws {
        let fastIsAnswered = DispatchSemaphore(value: 0)
        let script: ScriptedServer.Script = { request, connection in
            if request.target == "/slow" {
                _ = fastIsAnswered.wait(timeout: .now() + 10)
            }
            connection.answer(200, request.target)
            if request.target == "/fast" { fastIsAnswered.signal() }
        }
        try await withServer(script) { server in
            async let slow = client.execute(CurlRequest(url: server.url + "/slow"))
            while server.requests.isEmpty { await Task.yield() }
            var request = CurlRequest(url: server.url + "/fast")
            request.timeoutMilliseconds = 5_000
            let fast = try await client.execute(request)
            #expect(fast.text == "/fast")
            let answer = try await slow
            #expect(answer.text == "/slow")
        }
    }

    @Test func `without a body announces an empty one where the method wants one`() async throws {
        try await withServer {
            $1.answer(200)
        } _: { server in
            _ = try await client.execute(CurlRequest(url: server.url, method: "POST"))
            #expect(server.requests.first?.headers["content-length"] == "0")
            #expect(server.requests.first?.headers["content-type"] == nil)
        }
    }

    @Test func `ignores interim answers and trailers`() async throws {
        let script: ScriptedServer.Script = { _, connection in
            connection.send("HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n")
            connection.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n")
            connection.chunk("body")
            connection.send("0\r\nX-Late: yes\r\n\r\n")
        }
        try await withServer(script) { server in
            let response = try await client.execute(CurlRequest(url: server.url))
            #expect(response.head.status == 200)
            #expect(response.head.headers.map(\.name) == ["Transfer-Encoding", "Trailer"])
            #expect(response.text == "body")
        }
    }

    @Test func `follows a redirect only when told to`() async throws {
        let script: ScriptedServer.Script = { request, connection in
            if request.path == "/old" {
                connection.answer(302, "moved", headers: ["Location": "/new"])
            } else {
                connection.answer(200, "here")
            }
        }
        try await withServer(script) { server in
            var request = CurlRequest(url: server.url + "/old")
            let redirect = try await client.execute(request)
            #expect(redirect.head.status == 302)
            request.followsRedirects = true
            let followed = try await client.execute(request)
            #expect(followed.head.status == 200)
            #expect(followed.text == "here")
        }
    }

    @Test func `reuses its connection`() async throws {
        let connections = Distinct()
        let script: ScriptedServer.Script = { _, connection in
            connections.note(ObjectIdentifier(connection))
            connection.answer(200)
        }
        try await withServer(script) { server in
            for _ in 0..<3 { _ = try await client.execute(CurlRequest(url: server.url)) }
            #expect(connections.count == 1)
        }
    }

    @Test func `fails with an answer longer than its bound`() async throws {
        try await withServer {
            $1.answer(200, String(repeating: "x", count: 2000))
        } _: { server in
            var request = CurlRequest(url: server.url)
            request.maximumBodyBytes = 1999
            let error = await #expect(throws: CurlError.self) { try await client.execute(request) }
            #expect(error?.code == 63)
            #expect(error?.message == "the answer is longer than 1999 bytes")
            request.maximumBodyBytes = 2000
            let response = try await client.execute(request)
            #expect(response.body.count == 2000)
        }
    }

    @Test func `fails with endless headers`() async throws {
        let script: ScriptedServer.Script = { _, connection in
            connection.send("HTTP/1.1 200 OK\r\n")
            let line = "X-Filler: \(String(repeating: "x", count: 1000))\r\n"
            while connection.send(line) {}
        }
        try await withServer(script) { server in
            let error = await #expect(throws: CurlError.self) {
                try await client.execute(CurlRequest(url: server.url))
            }
            #expect(error?.message == "the answer has more than 262144 bytes of headers")
        }
    }

    @Test func `fails when its time is over`() async throws {
        try await withServer {
            $1.waitForHangUp()
        } _: { server in
            var request = CurlRequest(url: server.url)
            request.timeoutMilliseconds = 1
            let error = await #expect(throws: CurlError.self) { try await client.execute(request) }
            #expect(error?.isTimeout == true)
            #expect(error?.isCancelled == false)
        }
    }

    /// As of a host that lost its power: nobody hangs up, and what is sent is never acknowledged.
    @Test func `fails soon where nobody takes what is sent`() async throws {
        try await withDeafPort { port in
            var request = CurlRequest(
                url: "http://127.0.0.1:\(port)", method: "POST",
                body: Array(repeating: 0, count: 32 << 20))
            request.timeoutMilliseconds = 60_000
            request.silenceMilliseconds = 300
            let error = await #expect(throws: CurlError.self) { try await client.execute(request) }
            #expect(error?.isTimeout == false, "\(String(describing: error))")
        }
    }

    @Test func `fails when the server hangs up in the middle`() async throws {
        let script: ScriptedServer.Script = { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            connection.hangUp()
        }
        try await withServer(script) { server in
            let error = await #expect(throws: CurlError.self) {
                try await client.execute(CurlRequest(url: server.url))
            }
            #expect(error?.code == 18)
        }
    }

    @Test func `names the host in its error and never the credentials`() async throws {
        let server = try ScriptedServer { $1.answer(200) }
        server.stop()
        let url = "http://anna:s3cret@127.0.0.1:\(server.port)/token?key=s3cret"
        let error = await #expect(throws: CurlError.self) {
            try await client.execute(CurlRequest(url: url))
        }
        #expect(error?.code == 7)
        let text = error?.description ?? ""
        #expect(text.hasPrefix("127.0.0.1:\(server.port): "))
        #expect(!text.contains("s3cret") && !text.contains("anna"))
    }

    @Test(arguments: [
        CurlRequest(url: "file:///etc/passwd"), CurlRequest(url: "127.0.0.1"),
        CurlRequest(url: "http://127.0.0.1/a b"),
        CurlRequest(url: "http://127.0.0.1/", method: "GE T"),
        CurlRequest(url: "http://127.0.0.1/", headers: [Header("X", "a\r\nY: b")]),
        CurlRequest(url: "http://127.0.0.1/", headers: [Header("X: y", "a")]),
    ])
    func `is refused when it could be read in two ways`(request: CurlRequest) async {
        let error = await #expect(throws: CurlError.self) { try await client.execute(request) }
        #expect(error?.code == 43)
    }
}

struct `A printed request` {
    @Test func `shows no secret`() {
        var request = CurlRequest(
            url: "https://anna:s3cret@k/s3cret", headers: [Header("Authorization", "s3cret")])
        request.tls = TLSOptions(key: Array("s3cret".utf8))
        var dumped = ""
        dump(request, to: &dumped)
        #expect("\(request)" == "GET k")
        #expect(!"\(String(reflecting: request)) \(dumped)".contains("s3cret"))
        #expect("\(request.tls)" == "(TLS options)")
    }
}

struct `A cancelled request` {
    private let client = CurlClient()

    @Test func `ends at once and drops its connection`() async throws {
        let (arrivals, arrived) = AsyncStream<Void>.makeStream()
        let (hangUps, hungUp) = AsyncStream<Void>.makeStream()
        let script: ScriptedServer.Script = { _, connection in
            arrived.yield()
            connection.waitForHangUp()
            hungUp.yield()
        }
        try await withServer(script) { server in
            let task = Task { try await client.execute(CurlRequest(url: server.url)) }
            for await _ in arrivals { break }
            task.cancel()
            let error = await #expect(throws: CurlError.self) { try await task.value }
            #expect(error?.isCancelled == true)
            for await _ in hangUps { break }
        }
    }

    @Test func `never starts when it was cancelled before`() async throws {
        try await withServer {
            $1.answer(200)
        } _: { server in
            let error = await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await #expect(throws: CurlError.self) {
                    try await client.execute(CurlRequest(url: server.url))
                }
            }.value
            #expect(error?.isCancelled == true)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `leaves the client as it was`() async throws {
        try await withServer {
            $1.answer(200)
        } _: { server in
            for _ in 0..<200 {
                let task = Task { try await client.execute(CurlRequest(url: server.url)) }
                task.cancel()
                _ = await task.result
            }
            let response = try await client.execute(CurlRequest(url: server.url))
            #expect(response.head.status == 200)
        }
    }
}

struct `A client that is shut down` {
    @Test func `ends what is under way and refuses what comes later`() async throws {
        let client = CurlClient()
        let (arrivals, arrived) = AsyncStream<Void>.makeStream()
        let script: ScriptedServer.Script = { _, connection in
            arrived.yield()
            connection.waitForHangUp()
        }
        try await withServer(script) { server in
            let request = CurlRequest(url: server.url)
            let task = Task { try await client.execute(request) }
            for await _ in arrivals { break }
            client.shutdown()
            let first = await #expect(throws: CurlError.self) { try await task.value }
            let second = await #expect(throws: CurlError.self) { try await client.execute(request) }
            #expect(first?.message == "the HTTP client is shut down")
            #expect(second == first)
        }
    }
}

/// A port that takes connections and never reads from them.
private func withDeafPort(_ act: (UInt16) async throws -> Void) async throws {
    let (socket, port) = try listening(backlog: 1)
    defer { close(socket) }
    try await act(port)
}
