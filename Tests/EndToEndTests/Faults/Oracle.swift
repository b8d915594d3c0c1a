import Documents
import Foundation
import Serving
import Synchronization

/// A Prometheus that gives every question the same answer.
final class Oracle: Sendable {
    enum Mood: Sendable {
        case good, bad
        /// Nobody is there, and whatever stands before it says so.
        case away
    }

    private struct State: Sendable {
        var mood = Mood.good
        var beforeBadAnswer: @Sendable () async -> Void = {}
    }

    private let state = Mutex(State())

    /// Answers otherwise from now on.
    func answer(_ mood: Mood, before: @escaping @Sendable () async -> Void = {}) {
        state.withLock { $0 = State(mood: mood, beforeBadAnswer: before) }
    }

    func respond(to request: Request) async -> Response {
        let (mood, before) = state.withLock { ($0.mood, $0.beforeBadAnswer) }
        if mood != .good { await before() }
        if mood == .away { return .text("no Prometheus is available\n", status: 503) }
        let now = Int64(Date().timeIntervalSince1970)
        let sample: JSON = ["metric": [:], "value": [.int(now), mood == .bad ? "0.5" : "0.001"]]
        let answer: JSON = [
            "status": "success", "data": ["resultType": "vector", "result": [sample]],
        ]
        return .json(answer.bytes)
    }
}
