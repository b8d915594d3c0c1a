import Curl
import ServiceLifecycle
import Serving

/// Whether a stand-in takes requests: after it has warmed up, until it is told to end.
///
/// Told to end, it says so on its probes and closes connections behind their answers, but still
/// answers everything until `drain` is over. In that time whoever balances load has noticed, so
/// that no request is lost.
struct Presence: Service {
    private enum Phase {
        case warmingUp
        case ready
        case leaving
    }

    private let phase = Lock(Phase.warmingUp)
    let warmUp: Duration
    let drain: Duration

    var isReady: Bool { phase.withLock { $0 == .ready } }
    /// Whether it may answer: from then on, to the very end.
    var hasBeenReady: Bool { phase.withLock { $0 != .warmingUp } }
    private var isLeaving: Bool { phase.withLock { $0 == .leaving } }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: warmUp) }
            phase.withLock { $0 = .ready }
            try await gracefulShutdown()
        } catch is CancellationError {
            // Told to end before it was warm. A cancelled task ends at the next line.
        }
        phase.withLock { $0 = .leaving }
        try await Task.sleep(for: drain)
    }

    /// `handler` with connections closed behind their answers once the end is near.
    func closing(
        _ handler: @escaping @Sendable (Request) async -> Serving.Response
    ) -> @Sendable (Request) async -> Serving.Response {
        { request in
            var response = await handler(request)
            if isLeaving { response.headers["Connection"] = "close" }
            return response
        }
    }
}
