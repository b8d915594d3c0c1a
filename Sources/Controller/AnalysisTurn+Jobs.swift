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
    /// deleted, or that nobody may see, never ends. Whoever writes a status may name any Job in it:
    /// others are none of this run.
    func resume(
        _ measurement: Measurement, _ job: Reference, of run: ReadRun
    ) async -> Measurement {
        let phase: RunPhase
        let message: String
        do {
            let object = try await cluster.fresh(job).flatMap {
                JobDocument.belongs($0, to: run.object) ? $0 : nil
            }
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
    func terminate(_ measurement: Measurement, of run: ReadRun) async -> Measurement {
        guard let job = measurement.job else {
            return ended(measurement, .successful, "Metric Terminated")
        }
        do {
            try await delete(job, of: run.object)
        } catch .refused(let text) {
            // Nobody waits for a right that may never come.
            return ended(measurement, .successful, "Metric Terminated, but \(job) stays: \(text)")
        } catch {
            return measurement
        }
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
            taken.append(Taken(metric: metric, measurement: await terminate(measurement, of: run)))
        }
        guard !taken.isEmpty else { return }
        _ = try await conclude(taken, run, reference)
        if taken.contains(where: { $0.measurement.finishedAt == nil }) {
            throw .unreachable("a Job of \(reference) could not be deleted")
        }
    }

    /// Deletes a Job of this run, if there is one.
    func delete(_ job: Reference, of run: Object) async throws(ClusterError) {
        guard let object = try await cluster.fresh(job), JobDocument.belongs(object, to: run) else {
            return
        }
        do {
            _ = try await cluster.write(Write(job, .delete(uid: object.uid)))
        } catch .notFound {
            return
        }
    }

    /// What a run that is gone has left where no object is its owner.
    package func deleteJobs(leftBy run: Object) async {
        guard let jobNamespace, jobNamespace != run.namespace else { return }
        for job in ReadRun(run).status.jobs where job.namespace == jobNamespace {
            await tryToDelete(job, of: run)
        }
    }

    /// Those of measurements that no status tells of.
    func deleteJobs(of taken: [Taken], leftBy run: Object) async {
        for job in taken.compactMap(\.measurement.job) where job.namespace != run.namespace {
            await tryToDelete(job, of: run)
        }
    }

    /// Else it ends by itself, and goes some time later.
    func tryToDelete(_ job: Reference, of run: Object) async {
        do { try await delete(job, of: run) } catch {}
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
