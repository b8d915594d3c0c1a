/// What became of the last try to apply a directory, and when the next one is due.
struct Attempt: Sendable {
    enum Outcome: Hashable, Sendable {
        case applied
        /// A person must change a file first.
        case wrong([String])
        /// The server did not take what may be right.
        case failed([String])

        /// What is wrong, a line each.
        var problems: [String] {
            switch self {
            case .applied: []
            case .wrong(let lines), .failed(let lines): lines
            }
        }
    }

    /// The first wait after a failure; each further one is twice as long, up to the longest.
    static let firstWait: Duration = .milliseconds(300)
    static let longestWait: Duration = .seconds(30)

    /// The files as they were; nil before the first try.
    private var stamps: [String: Stamp]?
    private var outcome = Outcome.applied
    private var wait: Duration?
    private var again: ContinuousClock.Instant?

    var problems: [String] { outcome.problems }

    /// Whether there is something to try: other files, or a server that failed long enough ago.
    func isDue(_ seen: [String: Stamp], at now: ContinuousClock.Instant) -> Bool {
        if seen != stamps { return true }
        return again.map { $0 <= now } ?? false
    }

    /// What is known after one more try.
    func followed(
        by outcome: Outcome, of seen: [String: Stamp], at now: ContinuousClock.Instant
    ) -> Attempt {
        var next = Attempt()
        next.stamps = seen
        next.outcome = outcome
        guard case .failed = outcome else { return next }
        let pause = stamps == seen ? wait.map { min($0 * 2, Self.longestWait) } : nil
        next.wait = pause ?? Self.firstWait
        next.again = now + (next.wait ?? Self.firstWait)
        return next
    }
}
