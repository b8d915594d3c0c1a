import Documents

/// What a run needs now, and when it needs something next.
package struct Due: Hashable, Sendable {
    /// One thing to do for one metric.
    package enum Task: Hashable, Sendable {
        /// Begin a measurement of this metric.
        case take(String)
        /// Look at the unfinished measurement again.
        case resume(String, Measurement)
        /// End the unfinished measurement.
        case terminate(String, Measurement)

        /// What is measured.
        package var metric: String {
            switch self {
            case .take(let metric), .resume(let metric, _), .terminate(let metric, _): metric
            }
        }
    }

    package var tasks: [Task] = []
    /// The earliest moment at which another task falls due; nil where only the end of a task can
    /// change that.
    package var next: Timestamp?

    package init() {}
}

/// How long after an error the measurement is tried again.
package let errorRetrySeconds = 10

/// How long after a look at a judgement that takes minutes its provider is asked again, as the
/// field's controller does. Where the next look lies further ahead than twice that, the clock was
/// set back.
package let askAgainSeconds = 15

/// However short an interval is, a metric is not asked for more often: `0s` would keep provider and
/// API server busy with nothing else.
package let shortestIntervalMilliseconds: Int64 = 1_000

extension RunStatus {
    /// The measurements to begin, resume or end at `now` (section 5.5). A completed run only ends
    /// what is still under way.
    package func due(_ run: PreparedRun, now: Timestamp) -> Due {
        var due = Due()
        let isCompleted = phase?.isCompleted == true
        let terminating = isCompleted || isTerminating(run)
        for metric in run.metrics {
            let result = self[metric.name]
            if let last = result?.measurements.last, last.finishedAt == nil, !last.phase.isCompleted
            {
                if terminating {
                    due.tasks.append(.terminate(metric.name, last))
                } else if let resumeAt = last.resumeAt, resumeAt > now,
                    resumeAt <= now.advanced(bySeconds: 2 * askAgainSeconds)
                {
                    due.note(resumeAt)
                } else {
                    due.tasks.append(.resume(metric.name, last))
                }
                continue
            }
            guard !terminating, result?.phase.isCompleted != true,
                let at = nextMeasurement(of: metric, result, now: now)
            else { continue }
            if at <= now {
                due.tasks.append(.take(metric.name))
            } else {
                due.note(at)
            }
        }
        return due
    }

    /// When the metric is measured next; nil where it has all that it needs.
    private func nextMeasurement(
        of metric: Metric, _ result: MetricResult?, now: Timestamp
    ) -> Timestamp? {
        guard let result, let last = result.measurements.last else {
            return moment(metric.initialDelayMilliseconds, after: startedAt, now: now)
        }
        if let count = metric.effectiveCount, result.count >= count { return nil }
        var pause = Int64(errorRetrySeconds) * 1000
        if last.phase != .error, let interval = metric.intervalMilliseconds {
            pause = max(interval, shortestIntervalMilliseconds)
        }
        return moment(pause, after: last.finishedAt ?? last.startedAt, now: now)
    }

    /// So long after `past`. Where that lies further ahead than it should be past, the clock was
    /// set back, and traffic would go unjudged for as long: then it is now.
    private func moment(_ pause: Int64, after past: Timestamp?, now: Timestamp) -> Timestamp {
        let next = (past ?? now).advanced(byMilliseconds: pause)
        return next <= now.advanced(byMilliseconds: 2 * pause) ? next : now
    }
}

extension Due {
    fileprivate mutating func note(_ time: Timestamp) {
        next = next.map { min($0, time) } ?? time
    }
}
