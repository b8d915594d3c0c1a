import Analysis
import Controller
import Documents
import KubernetesObjects
import MetricProviders
import Synchronization
import Testing

/// A run whose only metric asks an extension, on a server that takes every write.
private final class Awaited: Sendable {
    private struct State {
        var run: Object
        var now = Timestamp(milliseconds: 1_767_225_600_000)
        var answers: [Answer]
        var occasions: [Occasion?] = []
        var told: [String?] = []
    }

    private let unstored = Unstored()
    private let state: Mutex<State>

    init(_ answers: [Answer], count: Int = 1) {
        let metric: JSON = [
            "name": "slow", "successCondition": "result < 1", "interval": "60s",
            "count": .int(Int64(count)), "provider": ["plugin": ["acme/latency": [:]]],
        ]
        let run = Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": [
                "name": "judge", "namespace": "web", "uid": "u", "resourceVersion": "1",
            ],
            "spec": ["metrics": [metric]],
        ])
        state = Mutex(State(run: run, answers: answers))
    }

    var status: JSON { state.withLock { $0.run.status ?? .null } }
    var measurements: [JSON] {
        status["metricResults"]?[0]?["measurements"]?.array ?? []
    }
    var occasions: [Occasion?] { state.withLock { $0.occasions } }
    /// What each question said that the one before had answered.
    var told: [String?] { state.withLock { $0.told } }

    func terminate() { state.withLock { $0.run["spec", "terminate"] = true } }

    /// One turn after so many seconds, by a process that remembers nothing.
    func turn(
        after seconds: Int = 0, plugins: Set<String> = ["acme/latency"]
    ) async -> AnalysisTurn.Outcome {
        state.withLock { $0.now = $0.now.advanced(bySeconds: seconds) }
        var source = MetricSource { [self] question throws(ProviderError) in
            let answer = state.withLock { state in
                state.occasions.append(question.occasion)
                state.told.append(question.begun["sluice/state"])
                return state.answers.isEmpty ? nil : state.answers.removeFirst()
            }
            guard let answer else { throw ProviderError("gone") }
            return answer
        }
        source.plugins = plugins
        let turn = AnalysisTurn(
            cluster: cluster, source: source, secrets: .none, unstored: unstored,
            tell: { _, _ in }, announce: { _, _, _, _ in },
            pause: { _ in await untilCancelled() },
            now: { [self] in state.withLock { $0.now } })
        return await turn.take(Reference(.analysisRuns, namespace: "web", name: "judge"))
    }

    private var cluster: Cluster {
        Cluster(
            keeping: { [self] in state.withLock { $0.run } },
            store: { [self] run in state.withLock { $0.run = run } })
    }
}

private func again(_ seconds: Int, _ state: String = "") -> Answer {
    var answer = Answer(value: .null, metadata: state.isEmpty ? [:] : ["sluice/state": state])
    answer.meaning = .begun(askAgainSeconds: seconds)
    return answer
}

struct `A measurement that takes its time` {
    @Test func `is asked for again when it said so, and not before`() async {
        let awaited = Awaited([again(20, "job 7"), Answer(value: .float(0.5))])
        let first = await awaited.turn()
        #expect(awaited.measurements.map { $0["phase"] } == ["Running"])
        #expect(awaited.status["phase"] == "Running")
        _ = await awaited.turn(after: 19)
        #expect(awaited.occasions.count == 1)
        _ = await awaited.turn(after: 1)
        #expect(awaited.measurements.map { $0["value"] } == ["0.5"])
        #expect(awaited.status["phase"] == "Successful")
        #expect(awaited.told == [nil, "job 7"])
        #expect(awaited.occasions[0]?.startedAt == awaited.occasions[1]?.startedAt)
        #expect(first.lookAgain == awaited.occasions[0]?.startedAt.advanced(bySeconds: 20))
    }

    @Test func `is an error after an hour, however often it asks for more`() async {
        let awaited = Awaited([again(3_600), Answer(value: .float(0.5))])
        _ = await awaited.turn()
        _ = await awaited.turn(after: 3_600)
        #expect(awaited.measurements.map { $0["phase"] } == ["Error"])
        #expect(awaited.occasions.count == 1)
    }

    @Test func `ends with its run`() async {
        let awaited = Awaited([again(20)])
        _ = await awaited.turn()
        awaited.terminate()
        _ = await awaited.turn()
        #expect(awaited.measurements.map { $0["message"] } == ["Metric Terminated"])
        #expect(awaited.status["phase"] == "Successful")
        #expect(awaited.occasions.count == 1)
    }

    @Test func `is not begun where nobody registered the extension`() async {
        let awaited = Awaited([])
        _ = await awaited.turn(plugins: [])
        #expect(awaited.status["phase"] == "Inconclusive" && awaited.occasions.isEmpty)
        #expect(awaited.status["message"]?.string?.contains("\"acme/latency\"") == true)
    }
}
