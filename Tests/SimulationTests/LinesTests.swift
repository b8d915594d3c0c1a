import Analysis
import Controller
import Documents
import KubernetesObjects
import MetricProviders
import Testing

/// Runs that ask the provider that they are named after. `silent` never answers.
private struct Asking {
    private let lines: Lines
    let asked: AsyncStream<String>
    private let asking: AsyncStream<String>.Continuation

    init(workers: Int) {
        lines = Lines(workers: workers)
        (asked, asking) = AsyncStream.makeStream()
    }

    func take(_ name: String, of provider: String) async -> AnalysisTurn.Outcome {
        let run = Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": ["name": .string(name), "namespace": "web", "resourceVersion": "1"],
            "spec": [
                "metrics": [
                    [
                        "name": .string(name),
                        "provider": [
                            "prometheus": [
                                "address": .string("http://\(provider):9090/\(name)"),
                                "query": "e",
                            ]
                        ],
                    ]
                ]
            ],
        ])
        let turn = AnalysisTurn(
            cluster: Cluster(get: { _ in run }, list: { _, _ in [] }, write: { _ in nil }),
            source: MetricSource { question throws(ProviderError) in
                asking.yield(question.shown.name)
                guard provider.lowercased().contains("silent") else {
                    return Answer(value: .float(1))
                }
                await untilCancelled()
                throw ProviderError("called off", isCancelled: true)
            },
            secrets: .none, unstored: Unstored(), lines: lines, tell: { _, _ in },
            announce: { _, _, _, _ in }, pause: { _ in await untilCancelled() },
            now: { Timestamp(seconds: 1_767_225_600) })
        return await turn.take(Reference(.analysisRuns, namespace: "web", name: name))
    }

    /// Runs that wait for the providers given while `act` goes on.
    func crowd(_ callers: [String: String], _ act: () async -> Void) async {
        var heard = asked.makeAsyncIterator()
        await withTaskGroup(of: Void.self) { group in
            for (name, provider) in callers.sorted(by: { $0.key < $1.key }) {
                group.addTask { _ = await take(name, of: provider) }
                #expect(await heard.next() == name)
            }
            await act()
            group.cancelAll()
        }
    }
}

struct `A provider that does not answer` {
    @Test(.timeLimit(.minutes(1)))
    func `keeps only a part of the workers waiting`() async {
        let runs = Asking(workers: 4)
        var heard = runs.asked.makeAsyncIterator()
        await withTaskGroup(of: Void.self) { group in
            for name in ["a", "b"] {
                group.addTask { _ = await runs.take(name, of: "silent") }
                #expect(await heard.next() == name)
            }
            let third = await runs.take("c", of: "silent")
            #expect(third.lookAgain == Timestamp(milliseconds: 1_767_225_600_250))
            _ = await runs.take("d", of: "other")
            #expect(await heard.next() == "d", "c has asked, too")
            group.cancelAll()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await runs.take("c", of: "silent") }
            #expect(await heard.next() == "c", "those who gave up still count")
            group.cancelAll()
        }
    }
    @Test(.timeLimit(.minutes(1)), arguments: ["SILENT", "login@silent"])
    func `is one however its address is written`(provider: String) async {
        let runs = Asking(workers: 4)
        await runs.crowd(["a": "silent", "b": provider]) {
            let third = await runs.take("c", of: "silent")
            #expect(third.lookAgain == Timestamp(milliseconds: 1_767_225_600_250))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `does not take all workers by several names`() async {
        let runs = Asking(workers: 4)
        await runs.crowd(["a": "silent", "b": "silent", "c": "silent2"]) {
            let fourth = await runs.take("d", of: "silent2")
            #expect(fourth.lookAgain == Timestamp(milliseconds: 1_767_225_600_250))
            // Somebody whom nobody asks yet is not held up.
            let other = await runs.take("e", of: "other")
            #expect(other.lookAgain == nil)
        }
    }
}
