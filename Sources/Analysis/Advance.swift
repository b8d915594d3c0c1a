import Documents

/// One measurement that was begun, finished or failed, for the metric `metric`.
package struct Taken: Hashable, Sendable {
    package let metric: String
    package let measurement: Measurement

    package init(metric: String, measurement: Measurement) {
        self.metric = metric
        self.measurement = measurement
    }
}

/// How many measurements a result keeps where no rule says otherwise.
private let keptMeasurements = 10

extension RunStatus {
    /// The status after `taken` measurements: counted, assessed, trimmed. Pure: the same input
    /// gives the same status. A completed run keeps its verdict; only a measurement that was still
    /// under way is brought to its end.
    package func advanced(
        by taken: [Taken], of run: PreparedRun, now: Timestamp
    ) -> RunStatus {
        var status = self
        if status.phase == nil { status.phase = .pending }
        if status.startedAt == nil { status.startedAt = now }
        for one in taken {
            guard let metric = run.metrics.first(where: { $0.name == one.metric }) else { continue }
            status.record(one.measurement, for: metric, isDryRun: run.dryRun.contains(metric.name))
        }
        if phase?.isCompleted != true {
            status.assess(run)
            // A metric that just ended badly ends the run: the others are assessed once more, as
            // terminating, so that giving traffic back does not wait for another turn.
            status.assess(run)
            if status.phase?.isCompleted == true { status.completedAt = now }
        }
        for index in status.metricResults.indices {
            let limit = run.retention[status.metricResults[index].name] ?? keptMeasurements
            let surplus = status.metricResults[index].measurements.count - limit
            if surplus > 0 { status.metricResults[index].measurements.removeFirst(surplus) }
        }
        return status
    }

    /// The end of a run that cannot be carried out. It is completed, so that it can be cleaned up.
    package func refused(_ error: RunError, now: Timestamp) -> RunStatus {
        var status = self
        status.phase = error.phase
        status.message = error.message
        status.startedAt = startedAt ?? now
        status.completedAt = now
        return status
    }

    /// Whether the run is to stop: it was asked to, or a metric that counts has ended badly.
    package func isTerminating(_ run: PreparedRun) -> Bool {
        run.terminate
            || metricResults.contains { $0.phase.isUnsuccessful && !run.dryRun.contains($0.name) }
    }

    private mutating func record(_ measurement: Measurement, for metric: Metric, isDryRun: Bool) {
        var result = self[metric.name] ?? MetricResult(name: metric.name)
        if self[metric.name] == nil {
            result.isDryRun = isDryRun
            result.metadata = metric.resultMetadata
        }
        if let last = result.measurements.last, !last.phase.isCompleted {
            result.measurements.removeLast()
        } else if result.phase.isCompleted {
            return
        }
        result.measurements.append(measurement)
        if !result.phase.isCompleted { result.count(measurement.phase) }
        self[metric.name] = result
    }

    private mutating func assess(_ run: PreparedRun) {
        let terminating = isTerminating(run)
        var worst: RunPhase?
        var message = run.terminate ? "Run Terminated" : ""
        var isComplete = true
        var summary = RunSummary(), dryRunSummary = RunSummary()
        for metric in run.metrics {
            let isDryRun = run.dryRun.contains(metric.name)
            if isDryRun { dryRunSummary.count += 1 } else { summary.count += 1 }
            guard let result = self[metric.name] else {
                isComplete = false
                continue
            }
            let judgement = Analysis.assess(metric, result, terminating: terminating)
            let updated = result.taking(judgement, isDryRun: isDryRun)
            self[metric.name] = updated
            guard judgement.phase.isCompleted else {
                isComplete = false
                continue
            }
            if isDryRun {
                dryRunSummary.add(judgement.phase)
                continue
            }
            summary.add(judgement.phase)
            if worst.map({ judgement.phase.isWorse(than: $0) }) ?? true {
                worst = judgement.phase
                if !judgement.message.isEmpty { message = updated.sentence(judgement) }
            }
        }
        runSummary = summary
        self.dryRunSummary = dryRunSummary
        // A dry run alone decides nothing: without a metric that counts, its completion is a
        // success.
        if terminating || isComplete {
            phase = worst ?? .successful
            self.message = message
        } else {
            phase = .running
            self.message = ""
        }
    }
}

extension MetricResult {
    /// Errors are counted apart: they use up their own budget, not the metric's count.
    fileprivate mutating func count(_ phase: RunPhase) {
        switch phase {
        case .successful:
            successful += 1
            consecutiveSuccess += 1
        case .failed: failed += 1
        case .inconclusive: inconclusive += 1
        case .error: error += 1
        case .pending, .running: return
        }
        if phase != .successful { consecutiveSuccess = 0 }
        if phase == .error {
            consecutiveError += 1
        } else {
            consecutiveError = 0
            count += 1
        }
    }

    fileprivate func taking(_ judgement: Judgement, isDryRun: Bool) -> MetricResult {
        var result = self
        if judgement.phase != phase {
            result.phase = judgement.phase
            result.message = measurements.last?.message ?? ""
        }
        if isDryRun, judgement.phase.isCompleted, !judgement.message.isEmpty {
            result.message =
                "Metric assessed \(judgement.phase.rawValue) due to \(judgement.message)"
        }
        return result
    }

    fileprivate func sentence(_ judgement: Judgement) -> String {
        let reason =
            "Metric \"\(name)\" assessed \(judgement.phase.rawValue) due to \(judgement.message)"
        return message.isEmpty ? reason : reason + ": \"Error Message: \(message)\""
    }
}
