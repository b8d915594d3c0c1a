import Logging
import ServiceLifecycle

@testable import Serving

/// A logger that says nothing.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs a listener on a port of the kernel's choice for the length of one closure.
final class TestListener: Sendable {
    private let group: ServiceGroup
    private let ports: AsyncStream<Int>

    init(
        at address: Listener.Address = .loopback(port: 0), limits: Listener.Limits = .init(),
        handler: @escaping @Sendable (Request) async -> Response
    ) {
        let (ports, bound) = AsyncStream<Int>.makeStream()
        self.ports = ports
        let listener = Listener(
            at: address, limits: limits, logger: quiet, onBound: { bound.yield($0) },
            handler: handler)
        group = ServiceGroup(configuration: .init(services: [listener], logger: quiet))
    }

    /// Calls `act` with the address once it is bound, then ends the listener and waits for its end.
    func run<Value: Sendable>(
        by host: String = "127.0.0.1", _ act: @Sendable (String) async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await self.group.run() }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw CancellationError() }
            let value = try await act("http://\(host):\(port)")
            end()
            try await tasks.waitForAll()
            return value
        }
    }

    func end() {
        Task { await group.triggerGracefulShutdown() }
    }
}
