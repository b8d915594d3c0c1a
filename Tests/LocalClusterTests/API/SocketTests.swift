import Curl
import Documents
import KubernetesObjects
import Logging
import ServiceLifecycle
import Testing

@testable import LocalCluster
@testable import Serving

struct `The API behind a socket file` {
    @Test func `sends what changes while a client watches`() async throws {
        try await withDirectory { directory in
            let box = try Box()
            let path = directory + "/api.sock"
            try await serving(box, at: path) {
                let client = CurlClient()
                var request = CurlRequest(
                    url: "http://localhost/api/v1/configmaps?watch=1&resourceVersion=2")
                request.unixSocketPath = path
                request.timeoutMilliseconds = 0
                let answer = try await client.stream(request)
                #expect(answer.head.status == 200)
                var pieces = answer.body.makeAsyncIterator()
                for color in ["red", "green"] {
                    _ = try await box.api.create(
                        box.api.path(.configMaps), Contract.configMap(color))
                    let piece = try #require(try await pieces.next())
                    let event = try JSON(parsing: Array(piece.dropLast()))
                    #expect(event["type"] == "ADDED")
                    #expect(event["object"]?["metadata"]?["name"]?.string == color)
                }
            }
        }
    }
}

/// Serves the API of `box` on a socket file for the length of `act`.
func serving(
    _ box: Box, at path: String, _ act: @Sendable () async throws -> Void
) async throws {
    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let (bound, didBind) = AsyncStream<Void>.makeStream()
    let listener = Listener(
        at: .unix(path: path), logger: quiet, onBound: { _ in didBind.yield() },
        handler: { await box.handler.respond(to: $0) })
    let group = ServiceGroup(configuration: .init(services: [listener], logger: quiet))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        for await _ in bound { break }
        try await act()
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}
