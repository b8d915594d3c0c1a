import Analysis
import Controller
import Documents
import KubernetesObjects
import MetricProviders
import Synchronization
import Testing

/// One turn of a run whose provider is let in by a Secret.
private func credentials(
    of provider: JSON, secrets: [Reference: [String: String]], mayRead: Bool = true
) async -> [String: String]? {
    let run = Object([
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
        "metadata": ["name": "judge", "namespace": "web", "resourceVersion": "1"],
        "spec": ["metrics": [["name": "m", "provider": provider]]],
    ])
    let cluster = Cluster(
        get: { reference throws(ClusterError) in
            if reference.resource == .analysisRuns { return run }
            if !mayRead { throw .refused("forbidden") }
            return secrets[reference].map { data in
                let encoded = data.mapValues { base64Text(Array($0.utf8)) }
                return Object(["data": JSON(strings: encoded)])
            }
        }, list: { _, _ in [] }, write: { _ in nil })
    let asked = Mutex<[String: String]?>(nil)
    let turn = AnalysisTurn(
        cluster: cluster,
        source: MetricSource { question throws(ProviderError) in
            asked.withLock { $0 = question.revealCredentials() }
            return Answer(value: .float(1))
        },
        secrets: .none, home: "controllers", unstored: Unstored(), tell: { _, _ in },
        announce: { _, _, _, _ in },
        pause: { _ in for await _ in AsyncStream(Void.self, { _ in }) {} },
        now: { Timestamp(seconds: 1_767_225_600) })
    _ = await turn.take(Reference(.analysisRuns, namespace: "web", name: "judge"))
    return asked.withLock { $0 }
}

struct `The Secret of a provider` {
    private let secrets: [Reference: [String: String]] = [
        Reference(.secrets, namespace: "web", name: "datadog"): ["api-key": "beside the run"],
        Reference(.secrets, namespace: "controllers", name: "datadog"): ["api-key": "at home"],
    ]

    @Test(
        arguments: [
            ([:], "at home"),
            (["secretRef": ["name": "datadog", "namespaced": true]], "beside the run"),
        ] as [(JSON, String)])
    func `is read where its document says`(_ more: JSON, _ key: String) async {
        let provider: JSON = ["datadog": more.merged(with: ["query": "x"])]
        #expect(await credentials(of: provider, secrets: secrets) == ["api-key": key])
    }

    @Test func `may be missing`() async {
        #expect(await credentials(of: ["datadog": ["query": "x"]], secrets: [:]) == [:])
    }

    /// The provider may have its keys in the environment.
    @Test func `may be one that nobody may read`() async {
        let provider: JSON = ["datadog": ["query": "x"]]
        #expect(await credentials(of: provider, secrets: secrets, mayRead: false) == [:])
    }

    @Test func `is not read for those that need none`() async {
        let provider: JSON = ["web": ["url": "http://w"]]
        #expect(await credentials(of: provider, secrets: secrets) == [:])
    }
}
