/// How long to wait before trying again: 1 ms, then twice as long each time, up to 30 s.
package struct Backoff: Hashable, Sendable {
    /// A first failure is most often over when it is noticed.
    package static let shortest = Duration.milliseconds(1)
    /// Longer, and an operator wonders why nothing happens after the server is back.
    package static let longest = Duration.seconds(30)

    private var delay = Backoff.shortest

    package init() {}

    /// The next wait. `jitter`, from 0 to 1, takes away up to half of it, so that many clients that
    /// lost the same server do not come back as one.
    package mutating func next(jitter: Double) -> Duration {
        defer { delay = min(delay * 2, Backoff.longest) }
        return delay * (1 - min(max(jitter, 0), 1) / 2)
    }

    /// Something worked: the next wait is short again.
    package mutating func reset() { delay = Backoff.shortest }
}
