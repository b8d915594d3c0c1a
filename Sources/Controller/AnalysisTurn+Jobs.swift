import Analysis
import Documents
import KubernetesObjects
import Manifests

/// Metrics that run a Job: begun in one turn, ended in another (rollout-semantics §5.12).
extension AnalysisTurn {
    /// Creates the Job of the next measurement. One that an earlier turn made, whose status was not
    /// stored, is taken for it.
    func begin(_ question: Question, of run: ReadRun, at now: Timestamp) async -> Taken {
        let metric = question.shown.name
        let findings = Reader.Findings()
        let spec = JobSpec(reading: Reader(question.reveal().provider, findings: findings))
        if let finding = findings.all.first {
            return question.failed("\(finding)", startedAt: now, finishedAt: now)
        }
        let result = run.status[metric]
        let job = JobDocument.created(
            spec, metric: metric, number: (result?.count ?? 0) + (result?.error ?? 0) + 1,
            for: run.object, in: jobNamespace)
        let reference = Reference(.jobs, namespace: job.namespace, name: job.name)
        do {
            _ = try await cluster.write(Write(reference, .create(job)))
        } catch .alreadyExists(let text) {
            guard await own(reference, of: run) else {
                return question.failed(text, startedAt: now, finishedAt: now)
            }
        } catch {
            return question.failed(error.description, startedAt: now, finishedAt: now)
        }
        let metadata = [
            JobDocument.nameKey: job.name, JobDocument.namespaceKey: job.namespace,
        ]
        return Taken(
            metric: metric,
            measurement: Measurement(phase: .running, startedAt: now, metadata: metadata))
    }

    private func own(_ job: Reference, of run: ReadRun) async -> Bool {
        do {
            return try await cluster.fresh(job).map { JobDocument.belongs($0, to: run.object) }
                ?? false
        } catch {
            return false
        }
    }

    /// Looks at the Job again. One that cannot be seen now may still be running; one that somebody
    /// deleted, or that nobody may see, never ends.
    func resume(_ measurement: Measurement, _ job: Reference) async -> Measurement {
        let phase: RunPhase
        let message: String
        do {
            let object = try await cluster.fresh(job)
            phase = object.map(JobDocument.phase) ?? .error
            message = object.map(JobDocument.message) ?? "\(job) was deleted"
        } catch .refused(let text) {
            (phase, message) = (.error, text)
        } catch {
            return measurement
        }
        guard phase.isCompleted else { return measurement }
        return ended(measurement, phase, message)
    }

    func ended(
        _ measurement: Measurement, _ phase: RunPhase, _ message: String
    ) -> Measurement {
        var measurement = measurement
        measurement.phase = phase
        measurement.message = message
        measurement.finishedAt = now()
        return measurement
    }

    /// Ends a measurement that nobody waits for any more.
    func terminate(_ measurement: Measurement) async -> Measurement {
        if let job = measurement.job, !(await delete(job)) { return measurement }
        return ended(measurement, .successful, "Metric Terminated")
    }

    /// What is still under way when a run has ended, ended by another metric.
    func endMeasurements(of run: ReadRun, _ reference: Reference) async throws(ClusterError) {
        let prepared: PreparedRun
        do {
            prepared = try run.prepared()
        } catch {
            return
        }
        var taken: [Taken] = []
        for case .terminate(let metric, let measurement) in run.status.due(prepared, now: now())
            .tasks
        {
            taken.append(Taken(metric: metric, measurement: await terminate(measurement)))
        }
        guard !taken.isEmpty else { return }
        _ = try await conclude(taken, run, reference)
        if taken.contains(where: { $0.measurement.finishedAt == nil }) {
            throw .unreachable("a Job of \(reference) could not be deleted")
        }
    }

    /// - Returns: whether it is gone.
    func delete(_ job: Reference) async -> Bool {
        do {
            _ = try await cluster.write(Write(job, .delete(uid: nil)))
            return true
        } catch .notFound {
            return true
        } catch {
            return false
        }
    }
}

extension Measurement {
    /// The Job that takes it.
    var job: Reference? {
        guard let name = metadata[JobDocument.nameKey],
            let namespace = metadata[JobDocument.namespaceKey]
        else { return nil }
        return Reference(.jobs, namespace: namespace, name: name)
    }
}

extension RunStatus {
    /// The Jobs that its measurements name.
    var jobs: Set<Reference> {
        Set(metricResults.flatMap(\.measurements).compactMap(\.job))
    }
}

/// A Job takes seconds at least, and nothing tells that it ended.
let jobLookMilliseconds: Int64 = 3_000
