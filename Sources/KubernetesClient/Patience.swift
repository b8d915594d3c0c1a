import Curl

/// How a client waits where a server asks for patience, or stumbles: what was not done is tried
/// again, a few times and within the time of the call.
///
/// Caches and elections go without, as they have their own measure of when to try again.
package struct Patience: Sendable {
    /// Waits, or throws when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// From 0 to 1.
    package var jitter: @Sendable () -> Double

    package init(
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.sleep = sleep
        self.jitter = jitter
    }

    /// That of a running program.
    package static let standard = Patience(
        sleep: { try await Task.sleep(for: $0) }, jitter: { Double.random(in: 0...1) })

    /// A server that has no place for a call five times has none for the next minutes either.
    static let maximumTries = 5
    /// A call that may take for ever still does not wait for ever.
    static let longestWait = Duration.seconds(60)
    /// The first wait after an error that says nothing of when to come back.
    static let firstWait = Duration.milliseconds(100)

    /// How long to wait before `call` is tried again; nil where it is not.
    ///
    /// A server that answers 429, or any error with `Retry-After`, has not done what was asked
    /// (priority and fairness, a rolling apiserver), so that also a write may come again. After
    /// other failures of the server nobody knows; only questions come again.
    func wait(
        after head: ResponseHead, isQuestion: Bool, tries: Int, spent: Duration, within: Duration
    ) -> Duration? {
        guard tries < Self.maximumTries else { return nil }
        let asked: Duration
        if head.status == 429 || head.status >= 500 && head["retry-after"] != nil {
            // Later, never sooner, so that those who were sent away together come apart.
            let seconds = Duration.seconds(APIError.retrySeconds(head["retry-after"]))
            asked = seconds * (1 + jitter() / 4)
        } else if isQuestion && [500, 502, 503, 504].contains(head.status) {
            asked = Self.firstWait * (1 << (tries - 1)) * (1 - jitter() / 2)
        } else {
            return nil
        }
        let limit = within > .zero ? min(within, Self.longestWait) : Self.longestWait
        return spent + asked <= limit ? asked : nil
    }
}
