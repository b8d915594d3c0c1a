import Documents
import Foundation
import Serving
import Synchronization

/// A Prometheus that gives every question the same answer.
final class Oracle: Sendable {
    private struct State: Sendable {
        var isBad = false
        var beforeBadAnswer: @Sendable () async -> Void = {}
    }

    private let state = Mutex(State())

    /// Answers otherwise from now on.
    func answer(bad: Bool, before: @escaping @Sendable () async -> Void = {}) {
        state.withLock { $0 = State(isBad: bad, beforeBadAnswer: before) }
    }

    func respond(to request: Request) async -> Response {
        let (isBad, before) = state.withLock { ($0.isBad, $0.beforeBadAnswer) }
        if isBad { await before() }
        let now = Int64(Date().timeIntervalSince1970)
        let sample: JSON = ["metric": [:], "value": [.int(now), isBad ? "0.5" : "0.001"]]
        let answer: JSON = [
            "status": "success", "data": ["resultType": "vector", "result": [sample]],
        ]
        return .json(answer.bytes)
    }
}
