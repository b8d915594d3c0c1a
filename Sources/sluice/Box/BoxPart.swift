import ServiceLifecycle

/// A part of the box as the service group runs it: started with the others, ended in the reverse
/// order.
struct BoxPart: Service {
    private let work: @Sendable () async throws -> Void
    private let end: (@Sendable () -> Void)?

    /// - Parameters:
    ///   - work: runs until it is ended.
    ///   - end: asks `work` to return; without it, `work` is cancelled.
    init(_ work: @escaping @Sendable () async throws -> Void, end: (@Sendable () -> Void)? = nil) {
        self.work = work
        self.end = end
    }

    func run() async throws {
        if let end {
            try await withGracefulShutdownHandler {
                try await work()
            } onGracefulShutdown: {
                end()
            }
        } else {
            try await cancelWhenGracefulShutdown { try await work() }
        }
    }
}
