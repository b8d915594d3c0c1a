import Documents

/// What a metric's result amounts to, and why; the reason is empty where the phase says it all.
///
/// The table of section 5.6, row by row.
package func assess(
    _ metric: Metric, _ result: MetricResult, terminating: Bool
) -> Judgement {
    if result.phase.isCompleted {
        return Judgement(result.phase, reason(for: result.phase, metric, result))
    }
    guard let last = result.measurements.last else {
        return Judgement(terminating ? .successful : .pending)
    }
    guard last.phase.isCompleted else { return Judgement(.running) }
    if let exceeded = exceededLimit(metric, result) { return exceeded }
    if metric.consecutiveSuccessLimit > 0,
        result.consecutiveSuccess >= metric.consecutiveSuccessLimit
    {
        return Judgement(.successful)
    }
    if let count = metric.effectiveCount, result.count >= count {
        guard metric.consecutiveSuccessLimit > 0 else { return Judgement(.successful) }
        return Judgement(
            metric.failureLimit >= 0 ? .inconclusive : .failed, missedStreak(metric, result))
    }
    return Judgement(terminating ? .successful : .running)
}

/// The last of the limits that is exceeded: errors weigh more than inconclusive measurements, these
/// more than failures.
private func exceededLimit(_ metric: Metric, _ result: MetricResult) -> Judgement? {
    if result.consecutiveError > metric.consecutiveErrorLimit {
        return Judgement(
            .error,
            "consecutiveErrors (\(result.consecutiveError)) > "
                + "consecutiveErrorLimit (\(metric.consecutiveErrorLimit))")
    }
    if result.inconclusive > metric.inconclusiveLimit {
        return Judgement(
            .inconclusive,
            "inconclusive (\(result.inconclusive)) > "
                + "inconclusiveLimit (\(metric.inconclusiveLimit))"
        )
    }
    if metric.failureLimit >= 0, result.failed > metric.failureLimit {
        return Judgement(
            .failed, "failed (\(result.failed)) > failureLimit (\(metric.failureLimit))")
    }
    return nil
}

private func missedStreak(_ metric: Metric, _ result: MetricResult) -> String {
    "consecutiveSuccesses (\(result.consecutiveSuccess)) < "
        + "consecutiveSuccessLimit (\(metric.consecutiveSuccessLimit)) "
        + "after count (\(result.count))"
}

/// Why a metric that is complete ended as it did.
private func reason(for phase: RunPhase, _ metric: Metric, _ result: MetricResult) -> String {
    guard phase.isUnsuccessful else { return "" }
    if let exceeded = exceededLimit(metric, result), exceeded.phase == phase {
        return exceeded.message
    }
    return metric.consecutiveSuccessLimit > 0 ? missedStreak(metric, result) : ""
}
