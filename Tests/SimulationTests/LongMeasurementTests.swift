import Analysis
import Controller
import Documents
import KubernetesObjects
import MetricProviders
import Synchronization
import Testing

/// A run of which a metric is asked for again and again, on a clock that the test moves. Another
/// one, `slow`, has a provider that is silent for two hundred looks; these move the clock.
private final class Judged: Sendable {
    private struct State {
        var run = Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": ["name": "judge", "namespace": "web", "resourceVersion": "1"],
            "spec": [
                "metrics": [
                    [
                        "name": "score",
                        "provider": ["prometheus": ["address": "http://p", "query": "e"]],
                    ]
                ]
            ],
        ])
        var looks = 0
        var now = Timestamp(seconds: 1_767_225_600)
        var answers: [Answer.Meaning]
        /// What the provider was told of the looks before, each time.
        var asked: [[String: String]] = []
    }

    private let state: Mutex<State>
    private let isBesideSlow: Bool
    private let silence: AsyncStream<Void>
    private let endSilence: AsyncStream<Void>.Continuation

    init(_ answers: [Answer.Meaning], besideSlow isBesideSlow: Bool = false) {
        var state = State(answers: answers)
        let metrics = state.run["spec", "metrics"]?.array ?? []
        if isBesideSlow {
            var slow = metrics[0]
            slow["name"] = "slow"
            state.run["spec", "metrics"] = .array(metrics + [slow])
        }
        self.state = Mutex(state)
        self.isBesideSlow = isBesideSlow
        (silence, endSilence) = AsyncStream.makeStream()
    }

    var asked: [[String: String]] { state.withLock { $0.asked } }
    var status: JSON { state.withLock { $0.run.status ?? .null } }
    var measurement: JSON? { status["metricResults"]?[0]?["measurements"]?[0] }

    func terminate() { state.withLock { $0.run["spec", "terminate"] = true } }

    /// - Returns: after how many seconds the run is to be looked at again.
    @discardableResult
    func look(after seconds: Int) async -> Int64? {
        let now = state.withLock { state in
            state.now = state.now.advanced(bySeconds: seconds)
            return state.now
        }
        let turn = AnalysisTurn(
            cluster: cluster,
            source: MetricSource { [self] question throws(ProviderError) in
                if question.shown.name == "slow" {
                    for await _ in silence {}
                    return Answer(value: .float(1))
                }
                return try answer(question.begun)
            },
            secrets: .none, unstored: Unstored(), tell: { _, _ in }, announce: { _, _, _, _ in },
            pause: { [self] in await pass($0) }, now: { [self] in state.withLock { $0.now } })
        let outcome = await turn.take(Reference(.analysisRuns, namespace: "web", name: "judge"))
        return outcome.lookAgain.map { $0.seconds - now.seconds }
    }

    private func pass(_ time: Duration) async {
        guard isBesideSlow else { return await untilCancelled() }
        let looks = state.withLock { state in
            state.now = state.now.advanced(
                byMilliseconds: time.components.attoseconds / 1_000_000_000_000_000)
            state.looks += 1
            return state.looks
        }
        if looks == 200 { endSilence.finish() }
        await Task.yield()
    }

    private var cluster: Cluster {
        Cluster(
            keeping: { [self] in state.withLock { $0.run } },
            store: { [self] run in state.withLock { $0.run = run } })
    }

    private func answer(_ begun: [String: String]) throws(ProviderError) -> Answer {
        let meaning = state.withLock { state -> Answer.Meaning? in
            state.asked.append(begun)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        guard let meaning else { throw ProviderError("gone") }
        var answer = Answer(value: .null, text: "", metadata: ["execution": "7"])
        answer.meaning = meaning
        return answer
    }
}

struct `A measurement that takes several looks` {
    @Test(.timeLimit(.minutes(1)))
    func `is asked for while another provider is silent`() async {
        let judged = Judged(
            [.begun(askAgainSeconds: 15), .judged(.failed)], besideSlow: true)
        await judged.look(after: 0)
        #expect(judged.asked == [[:], ["execution": "7"]])
        #expect(judged.status["phase"] == "Failed")
    }

    @Test func `is asked for when its provider said so`() async {
        let judged = Judged([
            .begun(askAgainSeconds: 15), .begun(askAgainSeconds: 15), .judged(.successful),
        ])
        #expect(await judged.look(after: 0) == 15)
        #expect(judged.status["phase"] == "Running")
        #expect(await judged.look(after: 5) == 10)
        #expect(judged.asked == [[:]])
        #expect(await judged.look(after: 10) == 15)
        #expect(await judged.look(after: 15) == nil)
        #expect(judged.asked == [[:], ["execution": "7"], ["execution": "7"]])
        #expect(judged.status["phase"] == "Successful")
        #expect(judged.measurement?["startedAt"] == "2026-01-01T00:00:00Z")
        #expect(judged.measurement?["finishedAt"] == "2026-01-01T00:00:30Z")
        #expect(judged.measurement?["resumeAt"] == nil)
    }

    @Test func `ends with its run`() async {
        let judged = Judged([.begun(askAgainSeconds: 15)])
        await judged.look(after: 0)
        judged.terminate()
        await judged.look(after: 1)
        #expect(judged.status["phase"] == "Successful")
        #expect(judged.measurement?["message"] == "Metric Terminated")
        #expect(judged.asked.count == 1)
    }

    @Test func `is an error where its provider is gone`() async {
        let judged = Judged([.begun(askAgainSeconds: 15)])
        await judged.look(after: 0)
        #expect(await judged.look(after: 15) == 10)
        #expect(judged.measurement?["phase"] == "Error")
        #expect(judged.measurement?["message"] == "gone")
        #expect(judged.measurement?["metadata"] == ["execution": "7"])
    }
}
