import Curl
import Documents
import KubernetesObjects

/// Takes part in an election on one Lease, and runs the leader's work while it leads.
///
/// Nothing of a term outlasts it: `remaining` says how long a write may still take, and the work is
/// cancelled and awaited before the lease is given back or anything else is tried.
package final class Leadership: Sendable {
    /// What it is about.
    package let lease: Reference
    private let client: APIClient
    private let clock: any Clock<Duration>
    private let elapsed: @Sendable () -> Duration
    private let time: @Sendable () -> Timestamp
    private let report: @Sendable (APIError) -> Void
    private let election: Lock<LeaderElection>
    private let resigned = Signal()
    /// Somebody has given the lease back.
    private let freed = Signal()

    /// - Parameters:
    ///   - lease: where the Lease is, or will be.
    ///   - time: the wall clock, only written for people.
    ///   - report: is told once of each thing that keeps this process from the lease.
    package init(
        _ lease: Reference, _ settings: LeaderElection.Settings, client: APIClient,
        clock: any Clock<Duration>, time: @escaping @Sendable () -> Timestamp,
        report: @escaping @Sendable (APIError) -> Void = { _ in }
    ) {
        self.lease = lease
        self.report = report
        var client = client
        // Two attempts fit before the deadline; whoever waits longer has lost anyway.
        client.timeoutMilliseconds = Int(
            (settings.renewDeadline / 2) / .milliseconds(1))
        // The election has its own measure of when to try again.
        client.patience = nil
        self.client = client
        self.clock = clock
        self.time = time
        elapsed = stopwatch(clock)
        election = Lock(LeaderElection(settings))
    }

    /// How long this process may still write; zero where it does not lead.
    package var remaining: Duration {
        let now = elapsed()
        return election.withLock { $0.leadsUntil.map { max($0 - now, .zero) } ?? .zero }
    }

    /// Who leads, as far as is known.
    package var holder: String? { election.withLock { $0.holder } }

    /// Takes part until `resign`, or until the task is cancelled. `lead` is run, and cancelled,
    /// once for each term; it must end when it is cancelled.
    package func run(_ lead: @escaping @Sendable () async -> Void) async {
        await withTaskGroup { group in
            group.addTask { await self.watch() }
            await compete(lead)
            group.cancelAll()
        }
    }

    private func compete(_ lead: @escaping @Sendable () async -> Void) async {
        while await wins() {
            await withTaskGroup { group in
                group.addTask { await lead() }
                group.addTask { while self.leads, !Task.isCancelled { await self.step() } }
                group.addTask { await self.outlastTerm() }
                group.addTask { await self.resigned.wait() }
                await group.next()
                group.cancelAll()
            }
            if resigned.isGiven || Task.isCancelled { break }
        }
        await giveBack()
    }

    /// Looks at once when a leader has given the lease back, not only when the next look is due.
    /// Nothing is judged by this watch: without the right to it, the change of leaders takes two
    /// seconds.
    private func watch() async {
        let cache = ObjectCache(
            lease.resource, namespaces: [lease.namespace], fields: .name(lease.name))
        await withTaskGroup { group in
            group.addTask {
                await cache.follow(self.client, clock: self.clock, jitter: { 0 })
            }
            group.addTask {
                for await change in cache.changes() {
                    let isFree = change.new.map { LeaseRecord($0).holder.isEmpty } ?? true
                    if isFree { self.freed.give() }
                }
            }
        }
    }

    /// Ends the part of this process: the work first, then the lease is given back, so that another
    /// one need not wait.
    package func resign() { resigned.give() }

    /// Whether this process takes part no more.
    package var hasResigned: Bool { resigned.isGiven }

    private var leads: Bool { remaining > .zero }

    /// Waits for a term. False where there will be none.
    private func wins() async -> Bool {
        await withTaskGroup { group in
            group.addTask { while !self.leads, !Task.isCancelled { await self.step() } }
            group.addTask { await self.resigned.wait() }
            await group.next()
            group.cancelAll()
        }
        return !resigned.isGiven && !Task.isCancelled
    }

    /// Notices the end of the term also where a request hangs.
    private func outlastTerm() async {
        while true {
            let remaining = remaining
            if remaining <= .zero { return }
            do { try await clock.sleep(for: remaining) } catch { return }
        }
    }

    private func step() async {
        let outcome = await carryOut(election.withLock { $0.act })
        let (now, time) = (elapsed(), time())
        election.withLock { $0.take(outcome, at: now, time: time) }
    }

    /// Where nothing helps, whoever comes next has to wait until the lease has run out.
    private func giveBack() async {
        for _ in 0..<Self.releaseTries {
            let time = time()
            guard let act = election.withLock({ $0.release(time: time) }) else { return }
            guard await carryOut(act) == .conflict else { return }
            // The last renewal was cut off, and the server has stored it all the same.
            guard case .lease(let record, let version) = await carryOut(.read) else { return }
            let now = elapsed()
            election.withLock { $0.note(record, version, now) }
        }
    }

    private static let releaseTries = 3

    private func carryOut(_ act: LeaderElection.Act) async -> LeaderElection.Outcome {
        do {
            switch act {
            case .read:
                return outcome(try await client.get(lease))
            case .create(let record):
                return outcome(try await client.create(object(record), of: lease.resource))
            case .write(let record, let version):
                let patch: JSON = [
                    "metadata": ["resourceVersion": .string(version)], "spec": record.spec,
                ]
                return outcome(try await client.patch(lease, .merge(patch)))
            case .wait(let duration):
                await wait(for: duration)
                return .waited
            }
        } catch {
            switch error {
            case .notFound:
                if case .create = act { note(error) }
                return .absent
            case .conflict, .alreadyExists: return .conflict
            case .ending, .gone, .refused, .throttled, .tooLong, .unreachable, .cancelled:
                note(error)
                return .failed
            }
        }
    }

    private func wait(for duration: Duration) async {
        await withTaskGroup { group in
            group.addTask {
                // Cancelled: there is nothing to wait for any more.
                do { try await self.clock.sleep(for: duration) } catch {}
            }
            group.addTask { await self.freed.wait() }
            await group.next()
            group.cancelAll()
        }
        freed.takeBack()
    }

    /// What last kept this process from reading or writing the lease; nil where nothing does.
    package var lastTrouble: APIError? { trouble.withLock { $0 } }
    private let trouble = Lock<APIError?>(nil)

    private func note(_ error: APIError) {
        let isNews = trouble.withLock { trouble in
            defer { trouble = error }
            return trouble != error
        }
        if isNews, error != .cancelled { report(error) }
    }

    private func outcome(_ stored: Object) -> LeaderElection.Outcome {
        trouble.withLock { $0 = nil }
        return .lease(LeaseRecord(stored), resourceVersion: stored.resourceVersion)
    }

    private func object(_ record: LeaseRecord) -> Object {
        Object([
            "apiVersion": .string(lease.resource.apiVersion), "kind": .string(lease.resource.kind),
            "metadata": [
                "name": .string(lease.name), "namespace": .string(lease.namespace),
            ],
            "spec": record.spec,
        ])
    }
}

/// Something that has happened, for whoever waits for it.
private final class Signal: Sendable {
    private struct State: Sendable {
        var isGiven = false
        var nextID = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Lock(State())

    var isGiven: Bool { state.withLock { $0.isGiven } }

    func give() {
        let waiters = state.withLock { state in
            state.isGiven = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// It may happen again.
    func takeBack() { state.withLock { $0.isGiven = false } }

    /// Returns once it is given, or when the task is cancelled.
    func wait() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isOver = state.withLock { state in
                    if state.isGiven || Task.isCancelled { return true }
                    state.waiters[id] = waiter
                    return false
                }
                if isOver { waiter.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
