import Curl
import Documents

/// The time by which waits are measured: it goes on as fast as time passes, and follows the clock
/// of the machine only slowly where somebody sets that.
///
/// A pause of an hour is there to see how a canary does for an hour. By the clock of the machine
/// alone it would end at once when that is set forward, and last for ever when it is set back.
package final class SteadyClock: Sendable {
    /// Of so much time that passes, one part may be used to follow the clock of the machine: a wait
    /// is wrong by a twentieth at most, and a clock that was an hour wrong is followed in a day.
    private static let patience = 20
    /// Who is further off has never known the time, as a machine that starts without a network.
    private static let strange = Duration.seconds(86_400)
    /// What is told: more than the small corrections by which a machine keeps its time.
    private static let told = Duration.seconds(2)

    private let wall: @Sendable () -> Timestamp
    private let passed: @Sendable () -> Duration
    private let tell: @Sendable (String) -> Void
    private let start: Timestamp
    private let state: Lock<State>

    private struct State: Sendable {
        /// How much time had passed at the last look.
        var passed: Duration
        /// What was followed of the clock of the machine, beside the time that passed.
        var followed = Duration.zero
        /// How far ahead that clock was left at the last look.
        var drift = Duration.zero
    }

    /// - Parameters:
    ///   - wall: the clock of the machine.
    ///   - passed: how much time has passed since some moment, whatever the clock of the machine
    ///     says; begins with zero.
    ///   - tell: takes a sentence when the clock of the machine was set.
    package init(
        wall: @escaping @Sendable () -> Timestamp, passed: @escaping @Sendable () -> Duration,
        tell: @escaping @Sendable (String) -> Void
    ) {
        self.wall = wall
        self.passed = passed
        self.tell = tell
        start = wall()
        state = Lock(State(passed: passed()))
    }

    /// By the clocks of this machine. The time during which it sleeps passes, too.
    package convenience init(tell: @escaping @Sendable (String) -> Void) {
        let start = ContinuousClock.now
        self.init(wall: wallClock, passed: { start.duration(to: .now) }, tell: tell)
    }

    /// Never earlier than what was said before, but for a machine that has just learnt the time.
    package func now() -> Timestamp {
        let (time, step) = state.withLock { state -> (Duration, Duration) in
            let passed = passed()
            let shown = Duration.milliseconds(wall().milliseconds(since: start))
            let drift = shown - passed - state.followed
            let limit =
                drift.magnitude > Self.strange
                ? drift.magnitude : (passed - state.passed) / Self.patience
            let followed = min(max(drift, .zero - limit), limit)
            let step = drift - state.drift
            state.passed = passed
            state.followed += followed
            state.drift = drift - followed
            return (passed + state.followed, step)
        }
        if step.magnitude > Self.told { tell(Self.sentence(step)) }
        return start.advanced(byMilliseconds: Int64(time / .milliseconds(1)))
    }

    private static func sentence(_ step: Duration) -> String {
        // Rounded: some milliseconds pass between a look at one clock and at the other.
        let seconds = (step.magnitude + .milliseconds(500)).components.seconds
        let direction = step > .zero ? "forward" : "back"
        return "the clock of this machine was set \(seconds) s \(direction):"
            + " waits go on by the time that passes"
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
