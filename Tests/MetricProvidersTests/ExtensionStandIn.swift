import Foundation
import Logging
import Serving
import ServiceLifecycle
import Testing

/// A program beside the controller, at a port of the kernel's choice or at a socket of its own.
struct ExtensionStandIn {
    enum Place: Sendable { case port, socket }

    private let place: Place
    private let answer: @Sendable (Request) async -> Response

    init(_ place: Place, answer: @escaping @Sendable (Request) async -> Response) {
        self.place = place
        self.answer = answer
    }

    /// Calls `act` with the address once it is open, then ends it and waits for its end.
    func run<Value: Sendable>(_ act: @Sendable (String) async throws -> Value) async throws -> Value
    {
        let folder = FileManager.default.temporaryDirectory.path + "/extension-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder) } }
        let path = "\(folder)/s"
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (ports, bound) = AsyncStream<Int>.makeStream()
        let listener = Listener(
            at: place == .socket ? .unix(path: path) : .loopback(port: 0), logger: quiet,
            onBound: { bound.yield($0) }, handler: answer)
        let group = ServiceGroup(configuration: .init(services: [listener], logger: quiet))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw CancellationError() }
            let value = try await act(
                place == .socket ? "unix:\(path)" : "http://127.0.0.1:\(port)")
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return value
        }
    }
}
