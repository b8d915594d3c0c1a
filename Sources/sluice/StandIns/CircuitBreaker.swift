/// Keeps requests away from an upstream that failed too often in a row, until some time has passed.
struct CircuitBreaker: Sendable {
    private let maximumFailures: Int
    private let reset: Duration
    private var failures = 0
    private var openUntil: ContinuousClock.Instant?

    init(maximumFailures: Int, reset: Duration) {
        self.maximumFailures = maximumFailures
        self.reset = reset
    }

    /// Whether requests may not pass. After the reset time they may, and the first failure closes
    /// the way again.
    func isOpen(at now: ContinuousClock.Instant) -> Bool {
        openUntil.map { now < $0 } ?? false
    }

    mutating func note(success: Bool, at now: ContinuousClock.Instant) {
        failures = success ? 0 : failures + 1
        openUntil = failures >= maximumFailures ? now.advanced(by: reset) : nil
    }
}
