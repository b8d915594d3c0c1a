import Curl
import Documents
import KubernetesClient
import Testing

struct `A steady clock` {
    /// The clocks of a machine, in milliseconds.
    private struct Machine: Sendable {
        var wall: Int64 = 1_000_000_000_000
        var passed: Int64 = 0
    }

    private let machine = Lock(Machine())
    private let said = Lock<[String]>([])
    private let clock: SteadyClock

    init() {
        let (machine, said) = (machine, said)
        clock = SteadyClock(
            wall: { machine.withLock { Timestamp(milliseconds: $0.wall) } },
            passed: { machine.withLock { .milliseconds($0.passed) } },
            tell: { sentence in said.withLock { $0.append(sentence) } })
    }

    /// What the clock says after so much time, in milliseconds since the test began.
    private func now(after milliseconds: Int64, set step: Int64 = 0) -> Int64 {
        machine.withLock {
            $0.passed += milliseconds
            $0.wall += milliseconds + step
        }
        return clock.now().milliseconds - Machine().wall
    }

    @Test func `shows what the machine shows, while nobody sets that`() {
        #expect([1, 10, 3_600_000].map { now(after: $0) } == [1, 11, 3_600_011])
        #expect(said.withLock(\.self) == [])
    }

    @Test func `follows a machine slowly that is set forward, and says so once`() {
        #expect(now(after: 1_000, set: 3_600_000) == 1_050)
        #expect(now(after: 60_000) == 64_050)
        #expect(now(after: 20 * 3_600_000) == 1_000 + 60_000 + 21 * 3_600_000)
        #expect(said.withLock(\.self).count == 1)
        let first = said.withLock(\.first) ?? ""
        #expect(first.hasPrefix("the clock of this machine was set 3600 s forward"))
    }

    @Test func `never goes back with a machine that does`() {
        #expect(now(after: 1_000, set: -3_600_000) == 950)
        #expect(now(after: 0) == 950)
        #expect(now(after: 20_000) == 19_950)
        #expect(said.withLock(\.self).count == 1)
    }

    @Test func `follows however often it is asked`() {
        _ = now(after: 0, set: 1_000)
        let shown = (0..<20_000).map { _ in now(after: 1) }
        #expect(shown.last == 21_000)
        #expect(zip(shown, shown.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func `believes a machine that had no idea of the time`() {
        #expect(now(after: 1_000, set: 50 * 86_400_000) == 50 * 86_400_000 + 1_000)
        #expect(said.withLock(\.self).count == 1)
    }
}
