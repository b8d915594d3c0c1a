import Dispatch
import Documents

/// Calls `turn` once at first, after every change, and at the moment that the last turn asked for,
/// until cancelled. Changes that come during a turn are told in one.
func turns(
    after changes: AsyncStream<Void>, now: @escaping @Sendable () -> Timestamp,
    _ turn: @Sendable () async -> Timestamp?
) async {
    let (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let alarm = Alarm { waker.yield() }
    await withTaskGroup(of: Void.self) { group in
        group.addTask {
            for await _ in changes { waker.yield() }
            waker.finish()
        }
        for await _ in wakes {
            if Task.isCancelled { break }
            let next = await turn()
            alarm.set(inMilliseconds: next.map { $0.milliseconds(since: now()) })
        }
        group.cancelAll()
    }
}

/// Rings once, at the moment it was last set to.
final class Alarm {
    private let timer: any DispatchSourceTimer

    init(_ ring: @escaping @Sendable () -> Void) {
        timer = DispatchSource.makeTimerSource(queue: .global())
        timer.setEventHandler(handler: ring)
        timer.schedule(deadline: .distantFuture)
        timer.activate()
    }

    deinit { timer.cancel() }

    /// Replaces the moment that was set before; nil never rings.
    func set(inMilliseconds wait: Int64?) {
        // A day is far enough; a longer wait only rings once too often.
        let bounded = wait.map { Int(min(max($0, 0), 86_400_000)) }
        timer.schedule(deadline: bounded.map { .now() + .milliseconds($0) } ?? .distantFuture)
    }
}
