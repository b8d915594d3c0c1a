import Curl
import Documents
import KubernetesClient
import KubernetesObjects
import Testing

/// Writes down how long it was asked to wait, and does not.
private final class Waits: Sendable {
    private let waits = Lock<[Duration]>([])
    var all: [Duration] { waits.withLock { $0 } }

    func patience(jitter: Double = 0) -> Patience {
        Patience(
            sleep: { duration in self.waits.withLock { $0.append(duration) } }, jitter: { jitter })
    }
}

/// Answers with each head in turn, and with the demo rollout from then on.
private func answers(_ heads: (Int, [String: String])...) -> ScriptedServer.Script {
    let left = Lock(heads)
    return { _, connection in
        let head = left.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        connection.answer(head?.0 ?? 200, head == nil ? demoText : "", headers: head?.1 ?? [:])
    }
}

struct `A patient client` {
    private let waits = Waits()

    private func withPatience(
        _ script: @escaping ScriptedServer.Script, jitter: Double = 0,
        _ body: (APIClient, ScriptedServer) async throws -> Void
    ) async throws {
        try await withClient(script) { client, server in
            var client = client
            client.patience = waits.patience(jitter: jitter)
            try await body(client, server)
        }
    }

    @Test func `comes again when it was told to, also with a write`() async throws {
        let script = answers((429, ["Retry-After": "3"]), (503, ["Retry-After": "2"]), (429, [:]))
        try await withPatience(script) { client, server in
            _ = try await client.patch(demo, .merge(["spec": ["paused": true]]))
            #expect(waits.all == [.seconds(3), .seconds(2), .seconds(1)])
            #expect(Set(server.requests.map(\.body)).count == 1)
        }
    }

    @Test func `comes later than it was told, never sooner`() async throws {
        try await withPatience(answers((429, ["Retry-After": "4"])), jitter: 1) { client, _ in
            _ = try await client.get(demo)
            #expect(waits.all == [.seconds(5)])
        }
    }

    @Test func `asks again after a failure of the server, but does not write again`() async throws {
        try await withPatience(answers((500, [:]), (502, [:]))) { client, _ in
            _ = try await client.get(demo)
            #expect(waits.all == [.milliseconds(100), .milliseconds(200)])
        }
        try await withPatience(answers((500, [:]))) { client, server in
            await #expect(throws: APIError.self) { try await client.patch(demo, .merge([:])) }
            #expect(server.requests.count == 1)
        }
    }

    @Test func `gives up after five tries, and when the time of the call is over`() async throws {
        let always: ScriptedServer.Script = { $1.answer(429, headers: ["Retry-After": "1"]) }
        try await withPatience(always) { client, server in
            let error = await #expect(throws: APIError.self) { try await client.get(demo) }
            #expect(error == .throttled(retryAfterSeconds: 1))
            #expect(server.requests.count == 5)
        }
        let long: ScriptedServer.Script = { $1.answer(429, headers: ["Retry-After": "20"]) }
        try await withPatience(long) { client, server in
            let error = await #expect(throws: APIError.self) { try await client.get(demo) }
            #expect(error == .throttled(retryAfterSeconds: 20))
            #expect(server.requests.count == 2)
        }
    }

    @Test func `leaves alone what is an answer`() async throws {
        try await withPatience(answers((404, ["Retry-After": "1"]))) { client, _ in
            await #expect(throws: APIError.self) { try await client.get(demo) }
            #expect(waits.all.isEmpty)
        }
    }
}
