import Analysis
import Controller
import Documents
import KubernetesObjects
import MetricProviders
import Synchronization
import Testing

/// A run on a server that takes every write, with the metrics `fast` and `silent`: of these one
/// never answers, and the other what the test says.
private final class Measured: Sendable {
    private struct State {
        var run: Object
        var now = Timestamp(milliseconds: 1_767_225_600_000)
        var answers: [Double]
        var told: [String] = []
        var stored: [[String]] = []
        /// Writes that are answered with an error yet.
        var failures = 0
        var failure = Failure.away
    }

    /// What becomes of a write that does not succeed.
    enum Failure: CaseIterable, Sendable {
        case away, refused
        /// It is the answer that is lost, and not the write.
        case unheard
    }

    private let unstored = Unstored()
    private let state: Mutex<State>

    init(answers: [Double]) {
        let metrics: [JSON] = ["fast", "silent"].map { name in
            [
                "name": .string(name), "interval": "5s", "successCondition": "result < 1",
                "provider": ["prometheus": ["address": "http://127.0.0.1", "query": "e"]],
            ]
        }
        let owner: JSON = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "shop", "uid": "u",
            "controller": true,
        ]
        let run = Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": [
                "name": "judge", "namespace": "web", "resourceVersion": "1",
                "ownerReferences": [owner],
            ],
            "spec": ["metrics": .array(metrics)],
        ])
        state = Mutex(State(run: run, answers: answers))
    }

    var phase: String? { state.withLock { $0.run.status?["phase"]?.string } }
    /// What the rollout was told.
    var told: [String] { state.withLock { $0.told } }
    /// The values of the fast metric after each write.
    var stored: [[String]] { state.withLock { $0.stored } }

    func failWrites(_ count: Int, _ failure: Failure) {
        state.withLock { ($0.failures, $0.failure) = (count, failure) }
    }

    /// What an aborted rollout asks of its runs.
    func terminate() {
        state.withLock { $0.run["spec", "terminate"] = true }
    }

    /// - Parameter pauseSeconds: how far the time moves on at each pause; nil where it stands still
    ///   and no pause ends.
    func turn(pauseSeconds: Int?) -> AnalysisTurn {
        AnalysisTurn(
            cluster: cluster,
            source: MetricSource { [self] question throws(ProviderError) in
                guard question.shown.name == "fast" else { return try await silence() }
                return try answer()
            },
            secrets: .none, unstored: unstored,
            tell: { [self] _, run in
                state.withLock { $0.told.append(run.status?["phase"]?.string ?? "") }
            },
            announce: { _, _, _, _ in },
            pause: { [self] _ in
                guard let pauseSeconds else { return await untilCancelled() }
                state.withLock { $0.now = $0.now.advanced(bySeconds: pauseSeconds) }
            },
            now: { [self] in state.withLock { $0.now } })
    }

    private var cluster: Cluster {
        Cluster(
            get: { [self] _ in state.withLock { $0.run } }, list: { _, _ in [] },
            write: { [self] write throws(ClusterError) in
                guard case .patch(.merge(let body)) = write.act else { throw .refused("no patch") }
                let failure = state.withLock { state -> Failure? in
                    guard state.failures > 0 else { return nil }
                    state.failures -= 1
                    return state.failure
                }
                if failure == .away { throw .unreachable("500") }
                if failure == .refused { throw .refused("forbidden") }
                state.withLock { state in
                    state.run = Object(state.run.json.merged(with: body))
                    let results = state.run.status?["metricResults"]?.array ?? []
                    let fast = results.first { $0["name"] == "fast" }?["measurements"]?.array ?? []
                    state.stored.append(fast.compactMap { $0["value"]?.string })
                }
                if failure == .unheard { throw .unreachable("cut off") }
                return nil
            })
    }

    private func answer() throws(ProviderError) -> Answer {
        let value = state.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() }
        guard let value else { throw ProviderError("no more answers") }
        return Answer(value: .float(value))
    }

    private func silence() async throws(ProviderError) -> Answer {
        await untilCancelled()
        throw ProviderError("called off", isCancelled: true)
    }

    private func untilCancelled() async {
        for await _ in AsyncStream(Void.self, { _ in }) {}
    }
}

private let judge = Reference(.analysisRuns, namespace: "web", name: "judge")

struct `A bad answer` {
    /// Holds: 5.5 concurrent.
    @Test(.timeLimit(.minutes(1)))
    func `ends the run while another provider is silent`() async {
        let measured = Measured(answers: [5])
        let outcome = await measured.turn(pauseSeconds: nil).take(judge)
        #expect(outcome.trouble == nil)
        #expect(measured.phase == "Failed")
        #expect(measured.told == ["Failed"])
        #expect(measured.stored == [["5"]])
    }

    @Test(.timeLimit(.minutes(1)))
    func `comes in its interval while another provider is silent`() async {
        let measured = Measured(answers: [0.25, 0.5, 5])
        let outcome = await measured.turn(pauseSeconds: 5).take(judge)
        #expect(outcome.trouble == nil)
        #expect(measured.phase == "Failed")
        #expect(measured.told == ["Failed"])
        #expect(measured.stored.last == ["0.25", "0.5", "5"])
    }

    /// The rollout was told, and has the run end before its own status could be stored.
    @Test(arguments: Measured.Failure.allCases)
    fileprivate func `is what the run ends with, also where it could not be stored`(
        failure: Measured.Failure
    ) async {
        let measured = Measured(answers: [5])
        measured.failWrites(2, failure)
        let first = await measured.turn(pauseSeconds: nil).take(judge)
        #expect(first.trouble != nil)
        #expect(measured.told == ["Failed"])
        measured.terminate()
        for _ in 0..<2 { _ = await measured.turn(pauseSeconds: nil).take(judge) }
        #expect(measured.phase == "Failed")
        #expect(measured.stored.last == ["5"])
    }
}
