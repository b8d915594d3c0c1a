import Documents
import KubernetesObjects
import Serving
import Synchronization

@testable import LocalCluster

/// What the contract asks of an API server: this one, or a real one. A live one answers a path with
/// its query.
struct APIUnderTest: Sendable {
    struct Answer: Sendable {
        let status: Int
        let json: JSON

        var object: Object { Object(json) }
        var reason: String? { json["reason"]?.string }
        var names: [String] {
            (json["items"]?.array ?? []).compactMap { $0["metadata"]?["name"]?.string }
        }
    }

    /// Method, path with query, content type and body of a request.
    let send: @Sendable (String, String, String?, JSON?) async throws -> Answer
    /// The first so many events of a watch.
    let watch: @Sendable (String, Int) async throws -> [JSON]
    /// A namespace that nobody else uses.
    let namespace: String

    func get(_ path: String) async throws -> Answer { try await send("GET", path, nil, nil) }

    func create(_ path: String, _ body: JSON) async throws -> Answer {
        try await send("POST", path, "application/json", body)
    }

    func replace(_ path: String, _ body: JSON) async throws -> Answer {
        try await send("PUT", path, "application/json", body)
    }

    func patch(_ path: String, _ form: String, _ body: JSON) async throws -> Answer {
        try await send("PATCH", path, "application/\(form)", body)
    }

    func delete(_ path: String, _ body: JSON? = nil) async throws -> Answer {
        try await send("DELETE", path, "application/json", body)
    }

    /// The path of a kind in the namespace of this test.
    func path(_ resource: Resource, _ name: String? = nil, _ subresource: String? = nil) -> String {
        resource.path(namespace: namespace, name: name, subresource: subresource)
    }
}

/// A box for one test: a server without a disk whose clock stands still.
struct Box: Sendable {
    static let now = Timestamp(seconds: 1_767_323_045)

    let server: ObjectServer
    let handler: APIHandler

    init(database: ObjectDatabase? = nil, token: String? = nil) throws {
        let uids = Counter()
        server = try ObjectServer(
            database: database, clock: { Box.now },
            newUID: { "00000000-0000-4000-8000-\(100_000_000_000 + uids.next())" })
        handler = APIHandler(server: server, token: token) { request in
            .bytes(Array("log of \(request.container)".utf8))
        }
    }

    func respond(
        _ method: String, _ target: String, headers: Headers = [:], body: [UInt8] = []
    ) async -> Response {
        await handler.respond(
            to: Request(method: method, target: target, headers: headers, body: body))
    }

    /// The body as JSON, with what the client accepts.
    func get(_ target: String, accept: String = "application/json") async throws -> JSON {
        let response = await respond("GET", target, headers: ["Accept": accept])
        return try JSON(parsing: response.bytes)
    }

    var api: APIUnderTest {
        APIUnderTest(
            send: { method, target, type, body in
                var headers: Headers = ["Accept": "application/json", "User-Agent": "contract/1"]
                headers["Content-Type"] = type
                let response = await respond(
                    method, target, headers: headers, body: body?.bytes ?? [])
                return APIUnderTest.Answer(
                    status: response.status, json: try JSON(parsing: response.bytes))
            },
            watch: { target, count in
                let response = await respond("GET", target)
                guard case .stream(let produce) = response.body else { return [] }
                return try await events(of: produce, count)
            },
            namespace: "default")
    }
}

extension Response {
    /// The whole of a body that is no stream.
    var bytes: [UInt8] {
        if case .bytes(let bytes) = body { bytes } else { [] }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// The first `count` lines that a stream writes, which then ends.
func events(
    of produce: @escaping @Sendable (Serving.Writer) async throws -> Void, _ count: Int
) async throws -> [JSON] {
    let (lines, written) = AsyncStream<[UInt8]>.makeStream()
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { written.finish() }
            do {
                try await produce(Serving.Writer { written.yield($0) })
            } catch is CancellationError {
                return
            }
        }
        var events: [JSON] = []
        for await line in lines {
            events.append(try JSON(parsing: line.filter { $0 != UInt8(ascii: "\n") }))
            if events.count == count { break }
        }
        group.cancelAll()
        return events
    }
}

/// Numbers in order, for uids that are never the same.
final class Counter: Sendable {
    private let number = Atomic(0)

    func next() -> Int { number.add(1, ordering: .relaxed).newValue }
}
