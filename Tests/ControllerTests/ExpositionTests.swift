import Curl
import Documents
import Foundation
import KubernetesClient
import KubernetesObjects
import Testing

@testable import Controller

/// A controller that knows one object of each kind and has done everything once.
let busyExposition: Exposition = {
    var exposition = Exposition()
    exposition.rollouts = [shop, Object(["metadata": ["namespace": "web", "name": "new"]])]
    exposition.runs = [shopRun]
    exposition.experiments = [
        Object([
            "metadata": ["namespace": "web", "name": "trial"], "status": ["phase": "Running"],
        ]),
        Object(["metadata": ["namespace": "web", "name": "new-trial"]]),
    ]
    exposition.templates = [
        Object([
            "metadata": ["namespace": "web", "name": "errors"], "spec": shopRun.spec ?? .null,
        ])
    ]
    let rollout = Reference(.rollouts, namespace: "web", name: "shop")
    let run = Reference(.analysisRuns, namespace: "web", name: "shop-1")
    exposition.tallies = [
        rollout: Tallies.Tally(
            turns: [0.005, 0.2, 3].durations(.turns), errors: 1,
            events: [.init(type: "Normal", reason: "RolloutUpdated"): 2],
            told: [.init(type: "Normal", reason: "RolloutUpdated"): 1],
            untold: [.init(type: "Warning", reason: "RolloutAborted"): 3],
            telling: [0.02, 0.3].durations(.turns)),
        run: Tallies.Tally(turns: [0.01].durations(.turns)),
        Reference(.experiments, namespace: "web", name: "trial"): Tallies.Tally(
            turns: [0.02].durations(.turns)),
    ]
    exposition.requests = [
        AnsweredRequest(kind: "rollouts", namespace: "web", verb: "Patch", status: 200): 3,
        AnsweredRequest(kind: "rollouts", namespace: "web", verb: "Patch", status: nil): 1,
        AnsweredRequest(kind: "rollouts", namespace: "", verb: "Watch", status: 200): 1,
    ]
    let tally = QueueTally(
        added: 4, retried: 1, waited: [0.00002, 0.5].durations(.queues),
        worked: [0.005, 0.2, 30].durations(.queues), depth: 2, underWay: [1.5, 0.25])
    exposition.queues = [("AnalysisRuns", QueueTally()), ("Rollouts", tally)]
    exposition.followed = [("rollouts.argoproj.io", true), ("services", false)]
    exposition.lease = ("argo-rollouts-controller-lock", true)
    (exposition.version, exposition.architecture) = ("1.2.3", "amd64")
    return exposition
}()

private let shop = Object([
    "metadata": ["namespace": "web", "name": "shop"],
    "spec": [
        "replicas": 4,
        "strategy": ["canary": ["trafficRouting": ["nginx": ["stableIngress": "a"]]]],
    ],
    "status": [
        "phase": "Degraded", "replicas": 6, "availableReplicas": 5, "updatedReplicas": 2,
        "conditions": [["type": "Progressing", "status": "False", "reason": "RolloutAborted"]],
    ],
])

private let shopRun = Object([
    "metadata": ["namespace": "web", "name": "shop-1"],
    "spec": [
        "metrics": [
            ["name": "errors", "provider": ["prometheus": ["query": "up"]]],
            ["name": "later", "provider": ["prometheus": ["query": "up"]]],
        ]
    ],
    "status": [
        "phase": "Failed",
        "metricResults": [["name": "errors", "phase": "Failed", "dryRun": true]],
    ],
])

extension [Double] {
    fileprivate func durations(_ scale: Durations.Scale) -> Durations {
        reduce(into: Durations(scale)) { $0.add(seconds: $1) }
    }
}

struct `What a monitoring system is told` {
    /// Holds: 7.3 rollout_info, 7.3 rollout_info_replicas, 7.3 rollout_events_total.
    /// Holds: 7.3 rollout_reconcile, 7.3 analysis_run_info, 7.3 analysis_run_phase.
    /// Holds: 7.3 analysis_run_metric_type, 7.3 analysis_run_metric_phase.
    /// Holds: 7.3 analysis_run_reconcile, 7.3 analysis_template_info.
    /// Holds: 7.3 controller_clientset_k8s_request_total, 7.3 build_info, 7.3 workqueue.
    /// Holds: 7.3 experiment_info, 7.3 notification_send.
    /// Holds: 7.3 experiment_phase, 7.3 experiment_reconcile, 7.3 analysis_template_metric_info.
    /// Holds: 7.3 argo_rollouts_controller_info, 9.1 events and metrics.
    @Test func `has the names and labels of the field`() throws {
        let text = busyExposition.text
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Golden/exposition.txt")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOf: file, encoding: .utf8)))
    }

    /// Holds: 7.3 rollout_info, 7.3 analysis_run_metric_type.
    @Test(arguments: [
        ("alb", "prometheus", "ALB", "Prometheus"), ("smi", "web", "SMI", "WebMetric"),
        ("istio", "newRelic", "Istio", "NewRelic"), ("nginx", "influxdb", "Nginx", "Influxdb"),
        ("traefik", "skywalking", "Traefik", "skywalking"),
        ("appMesh", "plugin", "AppMesh", "RPCPlugin"),
    ])
    func `names routers and providers as the field does`(
        router: String, provider: String, shownRouter: String, shownProvider: String
    ) {
        var exposition = Exposition()
        exposition.rollouts = [
            Object([
                "spec": [
                    "strategy": [
                        "canary": [
                            "trafficRouting": .object(JSONObject([(router, [:])]))
                        ]
                    ]
                ]
            ])
        ]
        exposition.runs = [
            Object([
                "spec": [
                    "metrics": [
                        ["name": "m", "provider": .object(JSONObject([(provider, [:])]))]
                    ]
                ]
            ])
        ]
        #expect(exposition.text.contains("traffic_router=\"\(shownRouter)\",phase"))
        #expect(exposition.text.contains("metric=\"m\",type=\"\(shownProvider)\"} 1"))
    }

    /// Holds: 7.3 rollout_phase.
    @Test(arguments: [
        ("NewReplicaSetAvailable", "Completed"), ("RolloutPaused", "Paused"),
        ("ProgressDeadlineExceeded", "Timeout"), ("ReplicaSetCreateError", "Error"),
        ("RolloutAborted", "Abort"), ("ReplicaSetUpdated", "Progressing"),
    ])
    func `has the phases of old dashboards`(reason: String, phase: String) {
        var exposition = Exposition()
        exposition.rollouts = [
            Object([
                "metadata": ["namespace": "web", "name": "shop"],
                "status": ["conditions": [["type": "Progressing", "reason": .string(reason)]]],
            ])
        ]
        let lines = exposition.text.split(separator: "\n")
            .filter { $0.hasPrefix("rollout_phase{") && $0.hasSuffix(" 1") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("phase=\"\(phase)\"") == true)
    }
}

struct `A queue counts` {
    /// Holds: 7.3 workqueue.
    @Test func `how long its keys wait and are worked on`() async {
        let time = Seconds()
        let queue = WorkQueue<String>(continuing: QueueTally(), stopwatch: { time.now })
        await queue.add("a")
        await queue.add("b")
        await queue.add("a")
        time.now = 0.5
        _ = await queue.take()
        time.now = 3.5
        #expect(await queue.tally.depth == 1)
        #expect(await queue.tally.underWay == [3])
        await queue.failed("a", at: Timestamp(seconds: 0))
        let tally = await queue.tally
        #expect(
            tally
                == QueueTally(
                    added: 2, retried: 1, waited: [0.5].durations(.queues),
                    worked: [3].durations(.queues), depth: 1))
        let next = WorkQueue<String>(continuing: tally)
        #expect(await next.tally.added == 2)
        #expect(await next.tally.depth == 0)
    }
}

/// A stopwatch that is set by hand.
private final class Seconds: Sendable {
    private let seconds = Lock(0.0)
    var now: Double {
        get { seconds.withLock { $0 } }
        set { seconds.withLock { $0 = newValue } }
    }
}
