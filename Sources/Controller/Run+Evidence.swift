import Analysis
import KubernetesObjects
import Manifests
import Rollouts

extension Run {
    /// Reads a run, with the numbers it ended on where the rollout's status still speaks of it.
    init?(reading object: Object, of status: Status) {
        guard let run = RunDocument.parse(object) else { return nil }
        self = run
        guard phase.isCompleted, [status.stepRun?.name, status.backgroundRun?.name].contains(name)
        else { return }
        evidence = Evidence(object, phase: phase).text
    }
}

/// What a completed run rests on: each metric that decided it, with its last telling value and its
/// condition.
private struct Evidence {
    let text: String

    init(_ object: Object, phase: Rollouts.RunPhase) {
        let spec = RunDocument.spec(of: object).spec
        let results = RunDocument.status(of: object).metricResults.filter { !$0.isDryRun }
        let telling = results.filter {
            phase == .successful || Optional($0.phase).decided == phase
        }
        let parts = telling.prefix(metricLimit).compactMap { result in
            spec.metrics.first { $0.name == result.name }.flatMap { Self.sentence(result, $0) }
        }
        let rest = telling.count - parts.count
        text = parts.joined(separator: "; ") + (rest > 0 && !parts.isEmpty ? "; …" : "")
    }

    private static func sentence(_ result: MetricResult, _ metric: MetricSpec) -> String? {
        let last = result.measurements.last { $0.phase == result.phase } ?? result.measurements.last
        guard let last else { return nil }
        let value = "\(result.name) \(last.value.withoutBrackets)"
        switch (last.phase, metric.successCondition, metric.failureCondition) {
        case (.successful, _, _) where last.job != nil: return "\(result.name): its Job succeeded"
        case (.failed, _, _) where last.job != nil: return "\(result.name): its Job failed"
        case (.error, _, _): return "\(result.name): \(last.message.beforeSemicolon)"
        case (.successful, let success?, _): return "\(value) meets \(success)"
        case (.successful, nil, let failure?): return "\(value) does not meet \(failure)"
        case (.failed, _, let failure?): return "\(value) meets the failure condition \(failure)"
        case (.failed, let success?, nil): return "\(value) fails \(success)"
        case (.inconclusive, _, _) where !last.message.isEmpty:
            return "\(result.name): \(last.message.beforeSemicolon)"
        case (.inconclusive, let success?, let failure?):
            return "\(value) meets neither \(success) nor \(failure)"
        default: return value
        }
    }
}

/// More than this does not fit into a line.
private let metricLimit = 3

extension String {
    /// The first of several parts of a message.
    fileprivate var beforeSemicolon: String {
        String(prefix { $0 != ";" })
    }

    /// A vector of one sample as the sample.
    fileprivate var withoutBrackets: String {
        guard hasPrefix("["), hasSuffix("]"), !contains(",") else { return self }
        return String(dropFirst().dropLast())
    }
}
