import Documents
import KubernetesObjects
import Testing

@testable import LocalCluster

@Suite(.timeLimit(.minutes(5)))
struct `The Prometheus of the box` {
    private let cluster = TestCluster(realTime: true)

    private func pod(_ annotations: [String: String]) -> JSON {
        [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": [
                "name": "web", "labels": ["rollouts-pod-template-hash": "abc"],
                "annotations": JSON(strings: annotations),
            ],
            "spec": ["containers": [["name": "app", "image": "x"]]],
        ]
    }

    private let scraped = [
        "prometheus.io/scrape": "true", "prometheus.io/port": "9000", "prometheus.io/path": "/m",
    ]

    @Test func `scrapes the pods that ask for it, under their labels`() throws {
        var web = Object(pod(scraped))
        web["metadata", "namespace"] = "default"
        web["status"] = ["podIP": "127.16.0.1"]
        #expect(
            PrometheusServer.target(web) == [
                "targets": ["127.16.0.1:9000"],
                "labels": [
                    "metrics_path": "/m", "namespace": "default", "pod": "web",
                    "rollouts_pod_template_hash": "abc",
                ],
            ])
        web["metadata", "annotations"] = [:]
        #expect(PrometheusServer.target(web) == nil)
    }

    @Test func `answers, follows the pods, and is gone at the end`() async throws {
        let scratch = try Scratch()
        let port = try Ports.free()
        let server = PrometheusServer(
            PrometheusServer.Settings(
                directory: scratch.path, port: port, metricsPort: try Ports.free(),
                account: try Accounts.standard().prometheus), cluster: cluster.access)
        try await cluster.create(.pods, pod(scraped))
        _ = await HollowNode(cluster.access, now: wallClock).turn()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let ask: @Sendable (HTTPProbe) async -> Int? = { probe in
                let answer = await fetch(port: probe.port, path: probe.path)
                return answer?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            }
            while await !server.isReady(ask) { try await Task.sleep(for: .milliseconds(20)) }
            while await fetch(port: port, path: "/api/v1/targets")?.contains(":9000/m") != true {
                try await Task.sleep(for: .milliseconds(20))
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(try Ports.free(wanted: port) == port)
    }
}
