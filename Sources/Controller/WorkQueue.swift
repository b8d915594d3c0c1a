import Documents

/// What is to be looked at: each key at most once at a time, at once or at a given moment, sooner
/// where something happened in between.
package actor WorkQueue<Key: Hashable & Sendable> {
    private var ready: [Key] = []
    private var waiting: Set<Key> = []
    private var working: Set<Key> = []
    /// Keys that changed while they were worked on.
    private var dirty: Set<Key> = []
    private var alarms: [Key: Timestamp] = [:]
    /// No alarm comes before this moment, so that most ticks need not look at them.
    private var earliest: Timestamp?
    private var failures: [Key: Int] = [:]
    private var workers: [CheckedContinuation<Key?, Never>] = []
    private var isClosed = false
    /// An element when it is time to look at the time: an alarm was set that comes before all
    /// others, or the sleeper woke. For one reader.
    nonisolated let rings: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    package init() {
        (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Something about `key` changed.
    package func add(_ key: Key) {
        guard !isClosed else { return }
        if working.contains(key) {
            dirty.insert(key)
            return
        }
        guard waiting.insert(key).inserted else { return }
        if workers.isEmpty {
            ready.append(key)
        } else {
            start(key, on: workers.removeFirst())
        }
    }

    /// The next key; nil once the queue is closed.
    package func take() async -> Key? {
        if isClosed { return nil }
        if !ready.isEmpty {
            let key = ready.removeFirst()
            waiting.remove(key)
            working.insert(key)
            alarms[key] = nil
            return key
        }
        return await withCheckedContinuation { workers.append($0) }
    }

    private func start(_ key: Key, on worker: CheckedContinuation<Key?, Never>) {
        waiting.remove(key)
        working.insert(key)
        alarms[key] = nil
        worker.resume(returning: key)
    }

    /// The work on `key` went well; it is looked at again at `next` even if nothing happens.
    package func done(_ key: Key, next: Timestamp?) {
        failures[key] = nil
        working.remove(key)
        setAlarm(of: key, at: next)
        if dirty.remove(key) != nil { add(key) }
    }

    /// The work on `key` did not succeed: again soon, and later each time.
    package func failed(_ key: Key, at now: Timestamp, next: Timestamp? = nil) {
        let count = failures[key, default: 0]
        failures[key] = count + 1
        working.remove(key)
        let delay = min(longestDelayMilliseconds, Int64(1) << min(count, 20))
        let retry = now.advanced(byMilliseconds: delay)
        setAlarm(of: key, at: min(retry, next ?? retry))
        if dirty.remove(key) != nil { add(key) }
    }

    private func setAlarm(of key: Key, at moment: Timestamp?) {
        alarms[key] = moment
        guard let moment, earliest.map({ moment < $0 }) ?? true else { return }
        earliest = moment
        ring()
    }

    /// Makes the reader of `rings` look at the time.
    nonisolated func ring() { bell.yield() }

    /// Adds the keys whose time has come.
    /// - Returns: when the next one's comes, or sooner.
    package func tick(_ now: Timestamp) -> Timestamp? {
        guard let earliest, earliest <= now else { return earliest }
        for (key, alarm) in alarms where alarm <= now && !working.contains(key) {
            alarms[key] = nil
            add(key)
        }
        self.earliest = alarms.values.min()
        return self.earliest
    }

    /// Lets all workers go.
    package func close() {
        isClosed = true
        for worker in workers { worker.resume(returning: nil) }
        workers = []
    }

    package var depth: Int { ready.count }
}

/// Failures are tried again after 1 ms, 2 ms, 4 ms … but never later than this (§7.4).
private let longestDelayMilliseconds: Int64 = 10_000
