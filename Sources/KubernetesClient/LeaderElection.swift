import Documents

/// Who leads, by a Lease: what came of the last act goes in, the next act comes out. No clock and
/// no server here, so that every order of crashes, delays and conflicts can be tried.
///
/// Time is this process's own, monotonic, since any start. Nobody compares clocks: a holder counts
/// as alive for `leaseDuration` after a change of its record was *seen here*, and a leader stops
/// `renewDeadline` after it *sent* the last renewal that the server has confirmed. What was seen
/// was sent earlier, therefore:
///
/// Invariant: two never lead at once, as long as clocks run less than a fifth too fast or too slow
/// with the standard settings, and nobody deletes the lease.
package struct LeaderElection: Sendable {
    /// Who we are, and how long things take. The standard is that of the field (§7.4).
    package struct Settings: Hashable, Sendable {
        /// Never used by another process, also not by this one's successor.
        package var identity: String
        package var leaseDuration = Duration.seconds(15)
        package var renewDeadline = Duration.seconds(10)
        package var retryPeriod = Duration.seconds(2)

        package init(identity: String) {
            self.identity = identity
        }
    }

    /// What to do next.
    package enum Act: Hashable, Sendable {
        case read
        case create(LeaseRecord)
        /// Changes the lease, if it still is at this version.
        case write(LeaseRecord, resourceVersion: String)
        case wait(Duration)
    }

    /// What came of an act.
    package enum Outcome: Hashable, Sendable {
        /// Read, or stored as the server answered.
        case lease(LeaseRecord, resourceVersion: String)
        case absent
        /// Somebody else wrote or created first.
        case conflict
        /// No answer, or none that says anything about the lease.
        case failed
        case waited
    }

    /// Somebody's record, and since when (on our clock) it has not changed.
    private struct Seen: Sendable {
        var record: LeaseRecord
        var resourceVersion: String
        var since: Duration
    }

    package let settings: Settings
    /// The act under way, and when it began.
    package private(set) var act = Act.read
    private var begun = Duration.zero
    private var seen: Seen?
    /// Until when we lead; nil where we do not.
    package private(set) var leadsUntil: Duration?

    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// Whether we lead at this moment of our clock.
    package func leads(at now: Duration) -> Bool {
        leadsUntil.map { now < $0 } ?? false
    }

    /// Who holds the lease, as far as we know.
    package var holder: String? {
        seen.flatMap { $0.record.holder.isEmpty ? nil : $0.record.holder }
    }

    /// Takes what came of `act`, and sets the next one.
    ///
    /// - Parameters:
    ///   - now: our own monotonic time.
    ///   - time: the wall clock, which is written for people and never judged by.
    package mutating func take(_ outcome: Outcome, at now: Duration, time: Timestamp) {
        if !leads(at: now) { leadsUntil = nil }
        let next = next(after: outcome, at: now, time)
        (act, begun) = (next, now)
    }

    /// What gives the lease back, once all work has ended; nil where it is not ours. From then on
    /// we do not lead.
    package mutating func release(time: Timestamp) -> Act? {
        leadsUntil = nil
        guard let seen, seen.record.holder == settings.identity else { return nil }
        var record = seen.record
        record.holder = ""
        // As client-go has it: old readers that overlook the empty holder wait a second only.
        record.durationSeconds = 1
        record.renewTime = fresh(time, after: record.renewTime)
        return .write(record, resourceVersion: seen.resourceVersion)
    }

    private mutating func next(
        after outcome: Outcome, at now: Duration, _ time: Timestamp
    ) -> Act {
        switch (outcome, act) {
        case (.lease(let record, let version), .read):
            note(record, version, now)
            return step(at: now, time)
        case (.lease(let record, let version), _):
            note(record, version, now)
            guard record.holder == settings.identity else { return step(at: now, time) }
            // Counted from when it was sent: others may have seen it right then.
            leadsUntil = begun + settings.renewDeadline
            if !leads(at: now) { leadsUntil = nil }
            return .wait(max(begun + settings.retryPeriod - now, .zero))
        case (.absent, .create):
            // Its namespace is missing, and does not come sooner for being asked for.
            return .wait(settings.retryPeriod)
        case (.absent, _):
            return found(nothingAt: now, time)
        case (.conflict, _):
            // Read at once what has happened, unless we have nothing to lose.
            return leads(at: now) ? .read : .wait(settings.retryPeriod)
        case (.failed, _):
            return .wait(settings.retryPeriod)
        case (.waited, _):
            guard leads(at: now), let seen else { return .read }
            return .write(renewed(seen.record, time), resourceVersion: seen.resourceVersion)
        }
    }

    /// Takes note of what the server has now.
    mutating func note(_ record: LeaseRecord, _ version: String, _ now: Duration) {
        // Who only labels the lease gives no sign of its holder's life.
        let since = seen.flatMap { $0.record == record ? $0.since : nil } ?? now
        seen = Seen(record: record, resourceVersion: version, since: since)
    }

    /// After `seen` was read.
    private mutating func step(at now: Duration, _ time: Timestamp) -> Act {
        guard let seen else { return .read }
        let isOurs = seen.record.holder == settings.identity
        if !isOurs { leadsUntil = nil }
        // Ours without our knowing: the answer to a write of ours was lost. Only a confirmed
        // renewal makes a leader of us.
        if isOurs {
            return .write(renewed(seen.record, time), resourceVersion: seen.resourceVersion)
        }
        let left = seen.record.holder.isEmpty ? .zero : timeLeft(of: seen, at: now)
        guard left <= .zero else { return .wait(min(left, settings.retryPeriod)) }
        return .write(taken(from: seen.record, time), resourceVersion: seen.resourceVersion)
    }

    /// Somebody has deleted the lease. Its holder may not know, so it still has its time.
    private mutating func found(nothingAt now: Duration, _ time: Timestamp) -> Act {
        if let seen, !seen.record.holder.isEmpty, seen.record.holder != settings.identity {
            let left = timeLeft(of: seen, at: now)
            if left > .zero { return .wait(min(left, settings.retryPeriod)) }
        }
        return .create(taken(from: nil, time))
    }

    private func timeLeft(of seen: Seen, at now: Duration) -> Duration {
        let asked = Duration.seconds(min(seen.record.durationSeconds, Self.longestPatienceSeconds))
        return seen.since + max(settings.leaseDuration, asked) - now
    }

    /// Whoever asks for more has written nonsense into the lease, and nobody would ever lead.
    private static let longestPatienceSeconds = 600

    private func renewed(_ record: LeaseRecord, _ time: Timestamp) -> LeaseRecord {
        var record = record
        record.durationSeconds = Int(settings.leaseDuration.components.seconds)
        record.renewTime = fresh(time, after: record.renewTime)
        return record
    }

    private func taken(from old: LeaseRecord?, _ time: Timestamp) -> LeaseRecord {
        let renewTime = fresh(time, after: old?.renewTime)
        return LeaseRecord(
            holder: settings.identity,
            durationSeconds: Int(settings.leaseDuration.components.seconds),
            acquireTime: renewTime, renewTime: renewTime,
            transitions: old.map { $0.transitions + 1 } ?? 0)
    }

    /// Always later than before, even where the wall clock stands still or goes back: others
    /// recognize a sign of life by the difference, also after they have missed some.
    private func fresh(_ time: Timestamp, after old: String?) -> String {
        let least = old.flatMap(Timestamp.init(rfc3339:))?.advanced(byMilliseconds: 1)
        return max(time, least ?? time).rfc3339Micro
    }
}
