import Analysis
import Documents

/// An analysis run as the API answers it. Of a provider only kind and query are told: a Job's
/// template holds the values of an environment, and headers hold tokens.
extension RunView {
    var json: JSON {
        [
            "name": .string(name), "purpose": text(purpose?.words), "revision": number(revision),
            "phase": .string(phase.rawValue), "message": .string(status.message),
            "created": .string(created.rfc3339), "startedAt": text(status.startedAt?.rfc3339),
            "completedAt": text(status.completedAt?.rfc3339),
            "metrics": .array(metrics.map(\.json)),
        ]
    }

    /// The metrics that were asked for, in their order, with what became of them.
    package var metrics: [MetricView] {
        let prepared = preparedMetrics
        let names = Set(spec.metrics.map(\.name))
        let asked = spec.metrics.map { spec in
            MetricView(
                name: spec.name, spec: spec, metric: prepared.first { $0.name == spec.name },
                result: status[spec.name] ?? MetricResult(name: spec.name))
        }
        // A name with arguments in it is another one in the result.
        let others = status.metricResults.filter { !names.contains($0.name) }.map { result in
            MetricView(
                name: result.name, spec: nil, metric: prepared.first { $0.name == result.name },
                result: result)
        }
        return asked + others
    }
}

/// One metric of a run: what was asked, and what came.
package struct MetricView {
    /// As it was written, or as the result has it.
    package var name: String
    /// As it was written; nil where only a result is there.
    var spec: MetricSpec?
    /// With arguments resolved and defaults applied; nil where that fails.
    package var metric: Metric?
    /// What came of it; pending where nothing did.
    package var result: MetricResult

    var query: String? {
        result.metadata["ResolvedPrometheusQuery"]
            ?? metric?.resultMetadata["ResolvedPrometheusQuery"]
    }

    var provider: String? { metric?.providerKind ?? spec?.providerKinds.first }

    /// The condition that makes a measurement good; nil or empty where none is given.
    package var successCondition: String? { metric?.successCondition ?? spec?.successCondition }
    /// The condition that makes a measurement bad; nil or empty where none is given.
    package var failureCondition: String? { metric?.failureCondition ?? spec?.failureCondition }

    /// How often something may happen and how often it did. A limit is nil where nothing limits.
    struct Counter {
        var name: String
        var count: Int
        var limit: Int?

        /// Whether the limit is behind: one more than allowed.
        var isExceeded: Bool { limit.map { count > $0 } ?? false }
    }

    /// The counters that end a run for the worse, and their limits.
    var counters: [Counter] {
        [
            Counter(
                name: "failed", count: result.failed,
                limit: metric.flatMap { $0.failureLimit < 0 ? nil : $0.failureLimit }),
            Counter(
                name: "inconclusive", count: result.inconclusive, limit: metric?.inconclusiveLimit),
            Counter(
                name: "errors in a row", count: result.consecutiveError,
                limit: metric?.consecutiveErrorLimit),
        ]
    }

    var json: JSON {
        [
            "name": .string(name), "phase": .string(result.phase.rawValue),
            "message": .string(result.message), "dryRun": .bool(result.isDryRun),
            "provider": text(provider), "query": text(query),
            "successCondition": text(successCondition), "failureCondition": text(failureCondition),
            "count": ["measured": number(result.count), "wanted": number(metric?.effectiveCount)],
            "successful": number(result.successful), "errors": number(result.error),
            "successesInARow": number(result.consecutiveSuccess),
            "limits": .array(
                counters.map {
                    [
                        "of": .string($0.name), "count": number($0.count),
                        "limit": number($0.limit), "exceeded": .bool($0.isExceeded),
                    ]
                }),
            "measurements": .array(result.measurements.map(\.json)),
        ]
    }
}

extension Measurement {
    fileprivate var json: JSON {
        [
            "verdict": .string(phase.rawValue), "value": .string(value),
            "message": .string(message), "startedAt": text(startedAt?.rfc3339),
            "finishedAt": text(finishedAt?.rfc3339),
        ]
    }
}
