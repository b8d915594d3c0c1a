import Documents

extension WorkQueue {
    /// Adds the keys of which the time has come, until the task is cancelled; then lets the workers
    /// go. Asleep in between: a sooner alarm rings, and nothing is looked at before.
    ///
    /// - Parameters:
    ///   - clock: sleeps. - now: the wall clock, in which alarms are set.
    package nonisolated func keepTime<C: Clock>(
        on clock: C, now: @escaping @Sendable () -> Timestamp
    ) async where C.Duration == Duration {
        await withDiscardingTaskGroup { group in
            /// When the next sleeper rings.
            var armed: C.Instant?
            for await _ in rings {
                guard let next = await tick(now()) else { continue }
                let wait = max(1, next.milliseconds - now().milliseconds)
                let begin = clock.now
                let end = begin.advanced(by: .milliseconds(min(wait, longestSleep)))
                if let armed, armed > begin, armed <= end { continue }
                armed = end
                group.addTask {
                    do {
                        try await clock.sleep(until: end, tolerance: nil)
                        self.ring()
                    } catch {
                        // The controller ends.
                    }
                }
            }
        }
        await close()
    }
}

/// In milliseconds. A wall clock that was set is noticed this late at most, and a sleeper that a
/// sooner alarm has overtaken is gone after it.
private let longestSleep: Int64 = 1_000
