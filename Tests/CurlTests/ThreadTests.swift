import Glibc
import Testing

@testable import Curl

/// Threads of the system that are counted, and refused where the test says so.
private final class CountedThreads: Sendable {
    private struct Count: Sendable {
        var begun = 0
        var ended = 0
        var areRefused = false
    }

    private let count = Lock(Count())

    var begun: Int { count.withLock { $0.begun } }
    var running: Int { count.withLock { $0.begun - $0.ended } }

    func refuse(_ areRefused: Bool) { count.withLock { $0.areRefused = areRefused } }

    var threads: Threads {
        Threads { work in
            if self.count.withLock({ $0.areRefused }) { return EAGAIN }
            self.count.withLock { $0.begun += 1 }
            return Threads.live.begin {
                work()
                self.count.withLock { $0.ended += 1 }
            }
        }
    }
}

/// A request that shares its connection, and has no answer in its time.
private func hasty(_ port: UInt16) -> CurlRequest {
    var request = CurlRequest(url: "https://127.0.0.1:\(port)")
    request.timeoutMilliseconds = 1
    return request
}

/// One that waits for it, on a connection of its own.
private func patient(_ port: UInt16) -> CurlRequest {
    CurlRequest(url: "http://127.0.0.1:\(port)")
}

/// Whether the client has closed a connection of which all bytes have come.
private func isClosed(_ connection: Int32) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = recv(connection, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        if count <= 0 { return count == 0 }
    }
}

struct `A client whose server does not answer` {
    private let counted = CountedThreads()

    @Test func `ends what is under way on each of its connections when it is shut down`()
        async throws
    {
        let (socket, port) = try listening(backlog: 8)
        defer { close(socket) }
        let client = CurlClient(threads: counted.threads)
        let first = Task.immediate { try await client.execute(patient(port)) }
        let connection = accept(socket, nil, nil)
        defer { close(connection) }
        await #expect(throws: CurlError.self) { try await client.execute(hasty(port)) }
        let second = Task.immediate { try await client.execute(patient(port)) }
        #expect(counted.begun == 2)
        client.shutdown()
        for task in [first, second] {
            let error = await #expect(throws: CurlError.self) { try await task.value }
            #expect(error?.message == "the HTTP client is shut down")
        }
        while counted.running > 0 { await Task.yield() }
        #expect(isClosed(connection))
        await #expect(throws: CurlError.self) { try await client.execute(hasty(port)) }
        #expect(counted.begun == 2)
    }

    @Test func `ends a request in its time that waits for the connection of another`()
        async throws
    {
        let (socket, port) = try listening(backlog: 8)
        defer { close(socket) }
        let client = CurlClient(threads: counted.threads)
        var slow = hasty(port)
        (slow.timeoutMilliseconds, slow.connectTimeoutMilliseconds) = (20_000, 20_000)
        let first = Task.immediate { [slow] in try await client.execute(slow) }
        let connection = accept(socket, nil, nil)
        defer { close(connection) }
        let error = await #expect(throws: CurlError.self) { try await client.execute(hasty(port)) }
        #expect(error?.isTimeout == true)
        #expect(!isClosed(connection))
        first.cancel()
        _ = await first.result
    }

    @Test func `has one thread, however often it has left its connections`() async throws {
        let (socket, port) = try listening(backlog: 8)
        defer { close(socket) }
        let client = CurlClient(threads: counted.threads)
        for _ in 0..<4 {
            await #expect(throws: CurlError.self) { try await client.execute(hasty(port)) }
        }
        #expect(counted.begun == 5)
        while counted.running > 1 { await Task.yield() }
        client.shutdown()
        while counted.running > 0 { await Task.yield() }
    }

    @Test func `goes on with the connections it has where there is no other thread`() async throws {
        let (socket, port) = try listening(backlog: 8)
        defer { close(socket) }
        let client = CurlClient(threads: counted.threads)
        try await withServer {
            $1.answer(200)
        } _: { server in
            _ = try await client.execute(CurlRequest(url: server.url))
            counted.refuse(true)
            let error = await #expect(throws: CurlError.self) {
                try await client.execute(hasty(port))
            }
            #expect(error?.isTimeout == true)
            #expect(error?.message.contains("no new connection was opened: the system") == true)
            let response = try await client.execute(CurlRequest(url: server.url))
            #expect(response.head.isSuccess)
            counted.refuse(false)
            await #expect(throws: CurlError.self) { try await client.execute(hasty(port)) }
            #expect(counted.begun == 2)
        }
    }
}

struct `A client that gets no thread` {
    @Test func `says what to raise, and tries again with the next request`() async throws {
        let counted = CountedThreads()
        counted.refuse(true)
        let client = CurlClient(threads: counted.threads)
        try await withServer {
            $1.answer(200)
        } _: { server in
            let request = CurlRequest(url: server.url)
            let error = await #expect(throws: CurlError.self) { try await client.execute(request) }
            #expect(error?.host == "127.0.0.1:\(server.port)")
            #expect(
                error?.message == """
                    the system refuses another thread, since too many run; raise the limit of \
                    processes (ulimit -u, pids.max of the container)
                    """)
            counted.refuse(false)
            let response = try await client.execute(request)
            #expect(response.head.isSuccess)
        }
    }
}

struct `A driver that gets no descriptors` {
    /// It would hear of no request: nothing could wake its thread, for as long as it lives.
    @Test func `is not started, and says what to raise`() {
        let counted = CountedThreads()
        let shortage = #expect(throws: Shortage.self) {
            try Driver.started(
                maximumConnectionsPerHost: 1, on: counted.threads, wake: { _ in false })
        }
        #expect(shortage?.description.contains("raise the limit of open files") == true)
        #expect(counted.begun == 0)
    }
}
