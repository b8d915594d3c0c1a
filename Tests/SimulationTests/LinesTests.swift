import Analysis
import Controller
import Documents
import KubernetesObjects
import MetricProviders
import Testing

/// Runs that ask the provider that they are named after. `silent` never answers.
private struct Asking {
    private let lines = Lines(each: 2)
    let asked: AsyncStream<String>
    private let asking: AsyncStream<String>.Continuation

    init() { (asked, asking) = AsyncStream.makeStream() }

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
                guard provider == "silent" else { return Answer(value: .float(1)) }
                await untilCancelled()
                throw ProviderError("called off", isCancelled: true)
            },
            secrets: .none, unstored: Unstored(), lines: lines, tell: { _, _ in },
            announce: { _, _, _, _ in }, pause: { _ in await untilCancelled() },
            now: { Timestamp(seconds: 1_767_225_600) })
        return await turn.take(Reference(.analysisRuns, namespace: "web", name: name))
    }
}

private func untilCancelled() async {
    for await _ in AsyncStream(Void.self, { _ in }) {}
}

struct `A provider that does not answer` {
    @Test(.timeLimit(.minutes(1)))
    func `keeps only a part of the workers waiting`() async {
        let runs = Asking()
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
}
