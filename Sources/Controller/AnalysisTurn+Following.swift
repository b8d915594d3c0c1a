import Analysis
import Documents
import KubernetesObjects
import MetricProviders

/// Measurements that are under way. No provider waits for another one: what ends the run is acted
/// on as soon as it is there, and while one is silent the others go on in their intervals.
extension AnalysisTurn {
    private enum News: Sendable {
        case taken(Taken)
        case timeToLook
    }

    /// Takes all due measurements at once, and stores each of them soon after it came.
    func measure(
        _ tasks: [Due.Task], of run: ReadRun, _ prepared: PreparedRun, _ reference: Reference
    ) async throws(ClusterError) -> Outcome {
        let outcome: Result<Outcome, ClusterError> = await withTaskGroup(of: News.self) { group in
            // Nobody waits any more for what is still under way at the end.
            defer { group.cancelAll() }
            do throws(ClusterError) {
                return .success(try await follow(tasks, of: run, prepared, reference, in: &group))
            } catch {
                return .failure(error)
            }
        }
        await lines.keep(only: [], for: reference)
        return try outcome.get()
    }

    private func follow(
        _ tasks: [Due.Task], of first: ReadRun, _ preparedFirst: PreparedRun,
        _ reference: Reference, in group: inout TaskGroup<News>
    ) async throws(ClusterError) -> Outcome {
        var (run, prepared) = (first, preparedFirst)
        var underWay: [String: String] = [:]
        await begin(tasks, of: run, prepared, reference, &underWay, in: &group)
        var waiting: [Taken] = []
        lookAgain(in: &group)
        while !underWay.isEmpty, let news = await group.next() {
            switch news {
            case .taken(let taken):
                underWay[taken.metric] = nil
                await lines.keep(only: Set(underWay.values), for: reference)
                waiting.append(taken)
                let status = run.status.advanced(by: waiting, of: prepared, now: now())
                // Giving traffic back waits for nobody.
                if status.phase?.isUnsuccessful == true { underWay = [:] }
            case .timeToLook:
                if !waiting.isEmpty { _ = try await conclude(waiting, run, reference) }
                waiting = []
                guard let next = try await stillWanted(reference) else {
                    return Outcome(lookAgain: now())
                }
                (run, prepared) = next
                let due = run.status.due(prepared, now: now()).tasks.filter {
                    asksProvider($0) && underWay[$0.metric] == nil
                }
                await begin(due, of: run, prepared, reference, &underWay, in: &group)
                lookAgain(in: &group)
            }
        }
        let status = try await conclude(waiting, run, reference)
        return Outcome(lookAgain: nextLook(at: status, prepared))
    }

    /// When the next measurement is due; soon, where Jobs are under way, or where a provider is
    /// asked by too many at once.
    func nextLook(at status: RunStatus, _ prepared: PreparedRun) -> Timestamp? {
        let due = status.due(prepared, now: now())
        let soon = due.tasks.map { asksProvider($0) ? lookMilliseconds : jobLookMilliseconds }.min()
        return [due.next, soon.map(now().advanced(byMilliseconds:))].compactMap(\.self).min()
    }

    /// Begins what may be begun now.
    /// - Parameter underWay: the metrics that are measured, and who is asked for them; empty where
    ///   nobody is.
    private func begin(
        _ tasks: [Due.Task], of run: ReadRun, _ prepared: PreparedRun, _ reference: Reference,
        _ underWay: inout [String: String], in group: inout TaskGroup<News>
    ) async {
        for task in tasks {
            let origin =
                prepared.origin(
                    of: task, in: reference.namespace,
                    prometheus: source.defaultPrometheusAddress) ?? ""
            if !origin.isEmpty, !(await lines.take(origin, for: reference, at: now())) { continue }
            underWay[task.metric] = origin
            group.addTask { .taken(await carryOut(task, of: run, prepared)) }
        }
    }

    private func lookAgain(in group: inout TaskGroup<News>) {
        group.addTask {
            await pause(.milliseconds(lookMilliseconds))
            return .timeToLook
        }
    }

    /// The run as it is now; nil where its measurements are of no use any more, or where another
    /// turn must look at it first.
    private func stillWanted(
        _ reference: Reference
    ) async throws(ClusterError) -> (ReadRun, PreparedRun)? {
        guard !Task.isCancelled, let object = try await cluster.get(reference),
            object.deletionTimestamp == nil
        else { return nil }
        let run = ReadRun(object, plugins: source.plugins)
        do {
            let prepared = try run.prepared()
            let isOver = run.status.phase?.isCompleted == true || run.canEnd(prepared)
            return isOver ? nil : (run, prepared)
        } catch {
            return nil
        }
    }

    /// Whether it asks a provider, for the first time or again, or creates a Job. To look at a Job
    /// again as often would keep the API server busy.
    private func asksProvider(_ task: Due.Task) -> Bool {
        switch task {
        case .take: true
        case .resume(_, let measurement): measurement.job == nil
        case .terminate: false
        }
    }
}

/// Between two looks at what has come in while a provider is silent. Most answer within this, so
/// that one write stores them all.
private let lookMilliseconds: Int64 = 250
