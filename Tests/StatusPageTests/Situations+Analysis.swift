import Analysis
import Documents
import History
import Rollouts
import StatusPage

extension RunView {
    private static func made(
        _ name: String, step: Int, startedAgo: Int, metric: MetricSpec, result: MetricResult
    ) -> RunView {
        var status = RunStatus(
            phase: result.phase, metricResults: [result], startedAt: stamp(startedAgo))
        if result.phase.isCompleted {
            status.completedAt = result.measurements.last?.finishedAt
        }
        if !result.message.isEmpty {
            status.message =
                "Metric \"\(result.name)\" assessed \(result.phase.rawValue) due to "
                + result.message
        }
        return RunView(
            name: name, purpose: .step(step), revision: 7, created: stamp(startedAgo),
            spec: RunSpec(metrics: [metric], arguments: [Argument(name: "window", value: "1m")]),
            status: status)
    }

    static func passed(step: Int, startedAgo: Int) -> RunView {
        var result = MetricResult(name: "latency-p95-seconds", phase: .successful)
        result.count = 3
        result.successful = 3
        result.consecutiveSuccess = 3
        result.measurements = ["0.182", "0.1771", "0.19"].enumerated().map { index, value in
            .taken(.successful, "[\(value)]", startedAgo - index * 10)
        }
        return made(
            "model-api-7d9f5c6b4d-7-\(step)-\(startedAgo)", step: step, startedAgo: startedAgo,
            metric: .latency,
            result: result)
    }

    static var failed: RunView {
        var result = MetricResult(name: "error-rate", phase: .failed)
        result.count = 2
        result.successful = 1
        result.failed = 1
        result.message = "failed (1) > failureLimit (0)"
        result.measurements = [
            .taken(.successful, "[0.0041]", 32),
            .taken(.error, "", 27, "prometheus answered 503 Service Unavailable"),
            .taken(.failed, "[0.0918]", 12),
        ]
        return made(
            "search-6c4b8d7f59-7-1", step: 1, startedAgo: 40, metric: .errorRate, result: result)
    }

    /// Endless, with one metric that does not count.
    static var running: RunView {
        var result = MetricResult(name: "error-rate", phase: .running, isDryRun: true)
        result.count = 2
        result.successful = 2
        result.consecutiveSuccess = 2
        result.measurements = [
            .taken(.successful, "[0.002]", 30), .taken(.successful, "[0.0031]", 20),
        ]
        var metric = MetricSpec.errorRate
        metric.count = nil
        metric.failureLimit = .int(-1)
        metric.consecutiveSuccessLimit = .int(5)
        return made(
            "embed-6c4b8d7f59-7", step: 5, startedAgo: 45, metric: metric, result: result)
    }

    static var inconclusive: RunView {
        var result = MetricResult(name: "error-rate", phase: .inconclusive)
        result.count = 1
        result.inconclusive = 1
        result.message = "inconclusive (1) > inconclusiveLimit (0)"
        result.measurements = [
            .taken(.inconclusive, "[]", 75, "no data: the query found no series")
        ]
        return made(
            "recommend-6c4b8d7f59-7-1", step: 1, startedAgo: 90, metric: .errorRate, result: result)
    }
}

extension Measurement {
    static func taken(
        _ phase: Analysis.RunPhase, _ value: String, _ secondsAgo: Int, _ message: String = ""
    ) -> Measurement {
        Measurement(
            phase: phase, message: message, value: value, startedAt: stamp(secondsAgo),
            finishedAt: stamp(secondsAgo))
    }
}

extension MetricSpec {
    static var errorRate: MetricSpec {
        var spec = MetricSpec(
            name: "error-rate",
            provider: [
                "prometheus": [
                    "query": """
                    (
                      sum(rate(requests_total{side="canary",status=~"5.."}[{{args.window}}]))
                      or vector(0)
                    )
                    / (sum(rate(requests_total{side="canary"}[{{args.window}}])) > 0)
                    """
                ]
            ])
        spec.interval = "10s"
        spec.count = .int(3)
        spec.failureLimit = .int(0)
        spec.successCondition = "result[0] <= 0.01"
        spec.failureCondition = "result[0] > 0.05"
        return spec
    }

    static var latency: MetricSpec {
        var spec = MetricSpec(
            name: "latency-p95-seconds",
            provider: [
                "prometheus": [
                    "query": """
                    histogram_quantile(0.95, sum by (le) (
                      rate(request_duration_seconds_bucket{side="canary"}[{{args.window}}])
                    ))
                    """
                ]
            ])
        spec.interval = "10s"
        spec.count = .int(3)
        spec.failureLimit = .int(1)
        spec.successCondition = "result[0] <= 0.25"
        return spec
    }
}

extension Record {
    /// What a history tells of the way to 30 %.
    static var story: [Record] {
        func record(
            _ kind: Kind, _ secondsAgo: Int, _ summary: String, actor: String? = nil,
            reason: String? = nil, details: JSON = .object(JSONObject())
        ) -> Record {
            Record(
                key: "\(kind.rawValue)/\(secondsAgo)", at: stamp(secondsAgo), namespace: "shop",
                rollout: "search", revision: 7, kind: kind, summary: summary, actor: actor,
                reason: reason, details: details)
        }
        return [
            record(.promotion, 90_000, "Rollout completed update to revision 6 (7d9f5c6b4d)"),
            record(
                .command, 130, "retry", actor: "ann", reason: "the bad node is gone",
                details: ["command": "retry", "actorIs": "claimed"]),
            record(.revision, 110, "revision 7: ReplicaSet search-6c4b8d7f59"),
            record(.weight, 60, "Traffic weight updated to 10"),
            record(.step, 41, "Rollout step 1/6 completed (setWeight: 10)"),
            record(.measurement, 32, "error-rate [0.0041]: Successful"),
            record(.measurement, 12, "error-rate [0.0918]: Failed"),
            record(
                .run, 12,
                "analysis run search-6c4b8d7f59-7-1: Failed: failed (1) > failureLimit (0)"),
            record(
                .abort, 12, "Rollout aborted update to revision 7",
                details: ["reason": "RolloutAborted", "type": "Warning"]),
        ]
    }
}
