import Analysis
import Documents
import KubernetesObjects
import Manifests
import MetricProviders

/// One turn of one analysis run: what is due is measured, judged and stored (rollout-semantics
/// §5.5). A run that ends badly is told to its rollout at once; that does not wait for the run's
/// own status to be stored.
package struct AnalysisTurn: Sendable {
    let cluster: Cluster
    let source: MetricSource
    let secrets: SecretsInUse
    /// The namespace of the controller, whose Secrets let it in for everybody.
    let home: String
    /// Where Jobs measure; nil for the namespace of their run.
    package var jobNamespace: String?
    /// Of this process, over all its turns.
    let unstored: Unstored
    /// Of this process, over all its turns.
    let lines: Lines
    /// Tells the rollout that owns the run what the run is about to say.
    let tell: @Sendable (RolloutKey, _ run: Object) async -> Void
    let announce:
        @Sendable (Object, _ reason: String, _ message: String, _ isWarning: Bool) async -> Void
    /// Sleeps for so long, or until the task is cancelled.
    let pause: @Sendable (Duration) async -> Void
    let now: @Sendable () -> Timestamp

    package init(
        cluster: Cluster,
        source: MetricSource,
        secrets: SecretsInUse,
        home: String = "",
        unstored: Unstored,
        lines: Lines = Lines(),
        tell: @escaping @Sendable (RolloutKey, Object) async -> Void,
        announce: @escaping @Sendable (Object, String, String, Bool) async -> Void,
        pause: @escaping @Sendable (Duration) async -> Void,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.cluster = cluster
        self.source = source
        self.secrets = secrets
        self.home = home
        self.unstored = unstored
        self.lines = lines
        self.tell = tell
        self.announce = announce
        self.pause = pause
        self.now = now
    }

    /// What a turn came to.
    package struct Outcome: Sendable {
        package var lookAgain: Timestamp?
        package var trouble: ClusterError?
    }

    /// Takes one turn of the run, if something is due.
    package func take(_ reference: Reference) async -> Outcome {
        do {
            guard let object = try await cluster.get(reference), object.deletionTimestamp == nil
            else {
                return Outcome()
            }
            return try await take(object, reference)
        } catch {
            return Outcome(trouble: error)
        }
    }

    private func take(_ object: Object, _ reference: Reference) async throws(ClusterError)
        -> Outcome
    {
        let run = ReadRun(object, plugins: source.plugins)
        if run.status.phase?.isCompleted == true {
            await unstored.forget(object.uid)
            try await endMeasurements(of: run, reference)
            return try await expire(run, reference)
        }
        let prepared: PreparedRun
        do {
            prepared = try run.prepared()
        } catch {
            let refused = run.status.refused(error, now: now())
            try await finish(refused, of: run, reference)
            return Outcome()
        }
        let kept = await unstored.kept(of: object.uid)
        if !kept.isEmpty {
            let status = try await conclude(kept, run, reference)
            await unstored.forget(object.uid)
            return Outcome(lookAgain: nextLook(at: status, prepared))
        }
        let due = run.status.due(prepared, now: now())
        if due.tasks.isEmpty, run.status.phase != nil, !run.canEnd(prepared) {
            return Outcome(lookAgain: due.next)
        }
        return try await measure(due.tasks, of: run, prepared, reference)
    }

    /// Stores what was measured. Where somebody wrote in between, the same measurements are counted
    /// on what is there now: none is lost, none counts twice.
    func conclude(
        _ taken: [Taken], _ first: ReadRun, _ reference: Reference
    ) async throws(ClusterError) -> RunStatus {
        let taken = taken.sorted { $0.metric < $1.metric }
        var run = first
        for _ in 0..<conflictTries {
            let prepared: PreparedRun
            do {
                prepared = try run.prepared()
            } catch {
                throw .refused(error.message)
            }
            // The answer to a write of ours may have been lost, and not the write.
            let new = taken.filter { !run.status.has($0) }
            let status = run.status.advanced(by: new, of: prepared, now: now())
            do {
                try await finish(status, of: run, reference)
                return status
            } catch .conflict {
                guard let fresh = try await cluster.fresh(reference), fresh.uid == run.object.uid
                else {
                    await deleteJobs(of: taken, leftBy: run.object)
                    throw .notFound("\(reference) is gone")
                }
                run = ReadRun(fresh, plugins: source.plugins)
            } catch {
                if case .notFound = error { await deleteJobs(of: taken, leftBy: run.object) }
                if status.phase?.isUnsuccessful == true {
                    await unstored.keep(taken, of: run.object.uid)
                }
                throw error
            }
        }
        throw .conflict("\(reference) changes faster than it can be written")
    }

    /// Stores `status`, and tells the rollout at the same time when the run just ended badly.
    private func finish(
        _ status: RunStatus, of run: ReadRun, _ reference: Reference
    ) async throws(ClusterError) {
        guard status != run.status else { return }
        guard var body = RunDocument.statusPatch(from: run.object, to: status) else { return }
        body["metadata"] = ["resourceVersion": .string(run.object.resourceVersion)]
        var after = run.object
        after["status"] = status.json
        let write = Write(reference, .patch(.merge(body)))
        let isBad = status.phase?.isUnsuccessful == true
        if isBad, let owner = run.rollout {
            async let told: Void = tell(owner, after)
            let failure = await attempt(write)
            await told
            if let failure { throw failure }
        } else if let failure = await attempt(write) {
            throw failure
        }
        await announceChanges(from: run.status, to: status, on: run.object)
        // A Job is there as long as its measurement is.
        for job in run.status.jobs.subtracting(status.jobs) {
            await tryToDelete(job, of: run.object)
        }
    }

    private func attempt(_ write: Write) async -> ClusterError? {
        do {
            _ = try await cluster.write(write)
            return nil
        } catch {
            return error
        }
    }

    private func expire(_ run: ReadRun, _ reference: Reference) async throws(ClusterError)
        -> Outcome
    {
        guard let due = run.spec.ttl?.due(for: run.status) else { return Outcome() }
        if due > now() { return Outcome(lookAgain: due) }
        do {
            _ = try await cluster.write(Write(reference, .delete(uid: run.object.uid)))
        } catch .notFound {
            return Outcome()
        }
        return Outcome()
    }

    private func announceChanges(from old: RunStatus, to new: RunStatus, on object: Object) async {
        for result in new.metricResults where result.phase.isCompleted {
            if old[result.name]?.phase == result.phase { continue }
            await announce(
                object, "Metric\(result.phase.rawValue)",
                "Metric '\(result.name)' Completed. Result: \(result.phase.rawValue)",
                result.phase.isUnsuccessful)
        }
        if let phase = new.phase, phase != old.phase, phase.isCompleted {
            await announce(
                object, "AnalysisRun\(phase.rawValue)",
                "Analysis Completed. Result: \(phase.rawValue)", phase.isUnsuccessful)
        }
    }
}

extension RunStatus {
    /// Whether a measurement is among those that are stored. One metric is measured once at a time.
    fileprivate func has(_ taken: Taken) -> Bool {
        guard let began = taken.measurement.startedAt?.rfc3339 else { return false }
        let stored = self[taken.metric]?.measurements ?? []
        return stored.contains { $0.finishedAt != nil && $0.startedAt?.rfc3339 == began }
    }
}

/// How often one set of measurements is counted anew after somebody else wrote the run.
private let conflictTries = 5
