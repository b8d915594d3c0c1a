import Documents

/// What is to be looked at: each key at most once at a time, at once or at a given moment, sooner
/// where something happened in between.
package actor WorkQueue<Key: Hashable & Sendable> {
    private var ready: [Key] = []
    /// Since when, in the seconds of `stopwatch`.
    private var waiting: [Key: Double] = [:]
    private var working: [Key: Double] = [:]
    /// Keys that changed while they were worked on.
    private var dirty: Set<Key> = []
    private var alarms: [Key: Timestamp] = [:]
    /// No alarm comes before this moment, so that most ticks need not look at them.
    private var earliest: Timestamp?
    private var lastTick: Timestamp?
    private var failures: [Key: Int] = [:]
    private var workers: [CheckedContinuation<Key?, Never>] = []
    private var isClosed = false
    /// An element when it is time to look at the time: an alarm was set that comes before all
    /// others, or the sleeper woke. For one reader.
    nonisolated let rings: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    private var counts: QueueTally
    private let stopwatch: @Sendable () -> Double

    package init() { self.init(continuing: QueueTally()) }

    /// - Parameters:
    ///   - counts: what an earlier queue of the same name has counted.
    ///   - stopwatch: seconds since some moment.
    init(
        continuing counts: QueueTally, stopwatch: @escaping @Sendable () -> Double = secondsRun()
    ) {
        self.counts = counts
        self.stopwatch = stopwatch
        (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Something about `key` changed.
    package func add(_ key: Key) {
        guard !isClosed else { return }
        if working[key] != nil {
            if dirty.insert(key).inserted { counts.added += 1 }
            return
        }
        guard waiting[key] == nil else { return }
        counts.added += 1
        wait(key)
    }

    private func wait(_ key: Key) {
        waiting[key] = stopwatch()
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
            begin(key)
            return key
        }
        return await withCheckedContinuation { workers.append($0) }
    }

    private func start(_ key: Key, on worker: CheckedContinuation<Key?, Never>) {
        begin(key)
        worker.resume(returning: key)
    }

    private func begin(_ key: Key) {
        let now = stopwatch()
        if let since = waiting.removeValue(forKey: key) { counts.waited.add(seconds: now - since) }
        working[key] = now
        alarms[key] = nil
    }

    private func end(_ key: Key) {
        guard let since = working.removeValue(forKey: key) else { return }
        counts.worked.add(seconds: stopwatch() - since)
    }

    /// The work on `key` went well; it is looked at again at `next` even if nothing happens.
    package func done(_ key: Key, next: Timestamp?) {
        failures[key] = nil
        end(key)
        setAlarm(of: key, at: next)
        if dirty.remove(key) != nil { wait(key) }
    }

    /// The work on `key` did not succeed: again soon, and later each time.
    package func failed(_ key: Key, at now: Timestamp, next: Timestamp? = nil) {
        let count = failures[key, default: 0]
        failures[key] = count + 1
        counts.retried += 1
        end(key)
        let delay = min(longestDelayMilliseconds, Int64(1) << min(count, 20))
        let retry = now.advanced(byMilliseconds: delay)
        setAlarm(of: key, at: min(retry, next ?? retry))
        if dirty.remove(key) != nil { wait(key) }
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
        if let lastTick, now < lastTick {
            setBack(by: lastTick.milliseconds - now.milliseconds)
        }
        lastTick = now
        guard let earliest, earliest <= now else { return earliest }
        for (key, alarm) in alarms where alarm <= now && working[key] == nil {
            alarms[key] = nil
            add(key)
        }
        self.earliest = alarms.values.min()
        return self.earliest
    }

    /// The wall clock was set back, and the alarms with it: what was to be looked at in five
    /// seconds still is. One that was set since comes too soon by as much, which does no harm.
    private func setBack(by milliseconds: Int64) {
        alarms = alarms.mapValues { $0.advanced(byMilliseconds: -milliseconds) }
        earliest = alarms.values.min()
    }

    /// Lets all workers go.
    package func close() {
        isClosed = true
        for worker in workers { worker.resume(returning: nil) }
        workers = []
    }

    package var depth: Int { ready.count }

    /// What was counted so far, and how it stands now.
    var tally: QueueTally {
        var tally = counts
        let now = stopwatch()
        tally.depth = ready.count
        tally.underWay = working.values.map { now - $0 }
        return tally
    }
}

/// Failures are tried again after 1 ms, 2 ms, 4 ms … but never later than this (§7.4).
private let longestDelayMilliseconds: Int64 = 10_000
