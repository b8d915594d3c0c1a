import Analysis
import Controller
import Documents
import KubernetesObjects
import MetricProviders
import Synchronization
import Testing

/// A run of two metrics, of which one cannot be read.
private final class Measured: Sendable {
    private struct State {
        var run: Object
        var asked: [String] = []
    }

    private let state: Mutex<State>

    init(_ odd: JSON, dryRun: String) {
        var metric: JSON = [
            "name": "odd",
            "provider": ["prometheus": ["address": "http://127.0.0.1", "query": "e"]],
        ]
        metric = metric.merged(with: odd)
        let good: JSON = [
            "name": "good", "count": 1, "successCondition": "result < 1",
            "provider": ["prometheus": ["address": "http://127.0.0.1", "query": "e"]],
        ]
        let run = Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": ["name": "judge", "namespace": "web", "resourceVersion": "1"],
            "spec": [
                "metrics": [metric, good], "dryRun": [["metricName": .string(dryRun)]],
            ],
        ])
        state = Mutex(State(run: run))
    }

    var status: JSON { state.withLock { $0.run.status ?? .null } }
    /// Which metrics a provider was asked for.
    var asked: [String] { state.withLock { $0.asked } }

    func result(_ name: String) -> JSON? {
        status["metricResults"]?.array?.first { $0["name"]?.string == name }
    }

    func take() async {
        let turn = AnalysisTurn(
            cluster: cluster,
            source: MetricSource { [self] question throws(ProviderError) in
                state.withLock { $0.asked.append(question.shown.name) }
                return Answer(value: .float(0.5))
            },
            secrets: .none, unstored: Unstored(), tell: { _, _ in },
            announce: { _, _, _, _ in },
            // Nothing here takes so long that it is looked at before.
            pause: { _ in for await _ in AsyncStream(Void.self, { _ in }) {} },
            now: { Timestamp(milliseconds: 1_767_225_600_000) })
        let reference = Reference(.analysisRuns, namespace: "web", name: "judge")
        for _ in 0..<3 { _ = await turn.take(reference) }
    }

    private var cluster: Cluster {
        Cluster(
            get: { [self] _ in state.withLock { $0.run } }, list: { _, _ in [] },
            write: { [self] write throws(ClusterError) in
                guard case .patch(.merge(let body)) = write.act else { throw .refused("no patch") }
                state.withLock { $0.run = Object($0.run.json.merged(with: body)) }
                return nil
            })
    }
}

struct `A metric that cannot be read` {
    private static let faults: [(JSON, String)] = [
        (["interval": 5], "spec.metrics[0].interval: expected a string, found an integer"),
        (["count": 3, "interval": 5], "spec.metrics[0].interval: expected a string"),
        (
            ["successCondition": "frob(result)"],
            "spec.metrics[0].successCondition: unknown function \"frob\""
        ),
        (
            ["provider": ["prometheus": .null, "graphit": [:]]],
            "spec.metrics[0].provider.graphit: the provider graphit is not supported"
        ),
    ]

    /// Holds: 1.7 dryRun, 5.6 dryRun.
    @Test(.timeLimit(.minutes(1)), arguments: faults)
    func `ends alone where it only looks on`(odd: JSON, why: String) async {
        let measured = Measured(odd, dryRun: "^odd$")
        await measured.take()
        #expect(measured.status["phase"] == "Successful")
        #expect(measured.asked == ["good"])
        let result = measured.result("odd")
        #expect(result?["phase"] == "Error" && result?["dryRun"] == true)
        let said = result?["measurements"]?[0]?["message"]?.string ?? ""
        #expect(said.hasPrefix(why), "\(said)")
        #expect(measured.status["dryRunSummary"]?["error"] == 1)
        #expect(measured.status["runSummary"]?["successful"] == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func `holds the whole run where its verdict counts`() async {
        let measured = Measured(["successCondition": "frob(result)"], dryRun: "^good$")
        await measured.take()
        #expect(measured.status["phase"] == "Inconclusive")
        #expect(measured.asked == [])
    }
}
