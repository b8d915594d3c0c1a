import Analysis
import Documents

/// Analysis runs as the page shows them: those that speak about the present in full, the others in
/// a line.
extension RolloutView {
    func runsModel(now: Timestamp) -> JSON {
        let latest = latestRuns
        let full = Set(
            latest.filter { !$0.phase.isCompleted }.map(\.name)
                + latest.prefix(fullRuns).map(\.name))
        let brief = latest.filter { !full.contains($0.name) }.prefix(briefRuns)
        return [
            "full": .array(latest.filter { full.contains($0.name) }.map { $0.model(now: now) }),
            "brief": .array(brief.map { $0.heading(now: now) }),
            "hasBrief": .bool(!brief.isEmpty),
        ]
    }
}

/// The runs that ended last, beside all that are under way.
private let fullRuns = 2
/// Twice what a rollout keeps by default.
private let briefRuns = 20
/// The measurements of a metric that a page shows; a run keeps ten by default.
private let shownMeasurements = 10

extension RunView {
    fileprivate func model(now: Timestamp) -> JSON {
        var model = heading(now: now)
        model["metrics"] = .array(metrics.map { $0.model(now: now) })
        return model
    }

    fileprivate func heading(now: Timestamp) -> JSON {
        [
            "name": .string(name), "verdict": phase.model, "purpose": text(purpose?.words),
            "revision": number(revision), "runMessage": text(status.message),
            "started": time(status.startedAt ?? created, now: now),
            "completed": time(status.completedAt, now: now),
        ]
    }
}

extension MetricView {
    fileprivate func model(now: Timestamp) -> JSON {
        let measurements = result.measurements.suffix(shownMeasurements).reversed()
        return [
            "name": .string(name), "verdict": result.phase.model,
            "metricMessage": text(result.message), "isDryRun": .bool(result.isDryRun),
            "provider": text(provider), "query": text(query),
            "success": text(successCondition), "failure": text(failureCondition),
            "progress": .string(progress), "pace": text(pace), "streak": text(streak),
            "counters": .array(counters.map(\.model)),
            "measurements": .array(measurements.map { $0.model(now: now) }),
        ]
    }

    private var progress: String {
        guard let wanted = metric?.effectiveCount else { return "\(result.count)" }
        return "\(result.count) of \(wanted)"
    }

    /// How many good measurements in a row are there of those that are asked for.
    private var streak: String? {
        guard let limit = metric?.consecutiveSuccessLimit, limit > 0 else { return nil }
        return "\(result.consecutiveSuccess) of \(limit)"
    }

    private var pace: String? {
        metric?.intervalMilliseconds.map { "every \(GoDuration.text(milliseconds: $0))" }
    }
}

extension MetricView.Counter {
    fileprivate var model: JSON {
        [
            "name": .string(name), "count": number(count), "limit": number(limit),
            "isUnlimited": .bool(limit == nil), "isExceeded": .bool(isExceeded),
        ]
    }
}

extension Measurement {
    fileprivate func model(now: Timestamp) -> JSON {
        [
            "at": time(finishedAt ?? startedAt, now: now), "verdict": phase.model,
            "value": text(value), "note": text(message),
        ]
    }
}

extension Analysis.RunPhase {
    /// Its name, and how it looks.
    fileprivate var model: JSON {
        ["name": .string(rawValue), "tone": .string(tone.rawValue)]
    }

    private var tone: Tone {
        switch self {
        case .pending, .running: .moving
        case .successful: .good
        case .failed, .error: .bad
        case .inconclusive: .unclear
        }
    }
}
