import Controller
import Documents
import History
import KubernetesObjects
import Manifests
import Testing

/// What objects of the cluster tell of the rollout `shop`.
struct `The history of a rollout` {
    private let moment = Timestamp(milliseconds: 1_767_225_600_000)

    private func event(_ reason: String, _ message: String) -> Object {
        var subject = Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": "shop", "namespace": "web", "uid": "u"],
        ])
        subject["metadata", "annotations"] = JSON(strings: [Keys.revision: "2"])
        var event = Object.event(
            named: "shop.1", about: subject, reason: reason, message: message, type: .normal,
            at: moment)
        event["metadata", "uid"] = "e"
        event["metadata", "annotations"] = JSON(strings: [Keys.revision: "2"])
        return event
    }

    private func owned(_ kind: String, _ more: JSON) -> Object {
        let owner: JSON = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "shop", "uid": "u",
            "controller": true,
        ]
        let object: JSON = [
            "kind": .string(kind),
            "metadata": [
                "name": "shop-1", "namespace": "web", "uid": "o", "ownerReferences": [owner],
                "creationTimestamp": "2026-01-01T00:00:00Z",
                "annotations": JSON(strings: [Keys.revision: "2"]),
            ],
        ]
        return Object(object.merged(with: more))
    }

    @Test(arguments: [
        ("RolloutStepCompleted", Record.Kind.step), ("TrafficWeightUpdated", Record.Kind.weight),
        ("RolloutAborted", Record.Kind.abort), ("RolloutCompleted", Record.Kind.promotion),
        ("ScalingReplicaSet", Record.Kind.event),
    ])
    func `has its events, each as what it tells`(reason: String, kind: Record.Kind) {
        let message = "Rollout aborted update to revision 2: errors assessed Failed"
        let records = Projection.records(of: event(reason, message), .events)
        #expect(
            records == [
                Record(
                    key: "event/e", at: moment, namespace: "web", rollout: "shop", revision: 2,
                    kind: kind, summary: message,
                    details: ["reason": .string(reason), "type": "Normal"])
            ])
    }

    @Test func `has no events of others`() {
        var other = event("RolloutAborted", "no")
        other["involvedObject", "kind"] = "Deployment"
        #expect(Projection.records(of: other, .events).isEmpty)
        #expect(Projection.records(of: Object(["kind": "Pod"]), .pods).isEmpty)
    }

    @Test func `has what a person asked for, and why`() {
        let note = CommandNote(
            command: "abort", actor: "anna", reason: "too slow", revision: 2, at: moment)
        var rollout = Object([
            "kind": "Rollout", "metadata": ["name": "shop", "namespace": "web", "uid": "u"],
        ])
        guard case .patch(.merge(let body)) = note.write(on: rollout).act else {
            Issue.record("the note is no merge patch")
            return
        }
        rollout = Object(rollout.json.merged(with: body))
        #expect(
            Projection.records(of: rollout, .rollouts) == [
                Record(
                    key: "command/u/1767225600000", at: moment, namespace: "web", rollout: "shop",
                    revision: 2, kind: .command, summary: "abort", actor: "anna",
                    reason: "too slow", details: ["command": "abort", "actorIs": "claimed"])
            ])
    }

    @Test func `begins a revision with its ReplicaSet`() {
        let containers: JSON = [["name": "app", "image": "shop:2"]]
        let set = owned(
            "ReplicaSet", ["spec": ["template": ["spec": ["containers": containers]]]])
        #expect(
            Projection.records(of: set, .replicaSets) == [
                Record(
                    key: "revision/o/2", at: moment, namespace: "web", rollout: "shop",
                    revision: 2, kind: .revision, summary: "revision 2: ReplicaSet shop-1",
                    details: ["replicaSet": "shop-1", "images": ["shop:2"]])
            ])
    }

    @Test func `has each measurement with query, value and verdict, and the end of the run`() {
        let metric: JSON = [
            "name": "errors", "successCondition": "result < 1",
            "provider": ["prometheus": ["query": "up"]],
        ]
        let result: JSON = [
            "name": "errors", "phase": "Failed", "metadata": ["ResolvedPrometheusQuery": "up"],
            "measurements": [
                [
                    "phase": "Failed", "value": "5", "startedAt": "2026-01-01T00:00:00Z",
                    "finishedAt": "2026-01-01T00:00:00Z",
                ]
            ],
        ]
        let run = owned(
            "AnalysisRun",
            [
                "spec": ["metrics": [metric]],
                "status": [
                    "phase": "Failed", "message": "errors are too many",
                    "completedAt": "2026-01-01T00:00:00Z", "metricResults": [result],
                ],
            ])
        let records = Projection.records(of: run, .analysisRuns)
        #expect(
            records.map(\.summary) == [
                "errors 5: Failed", "analysis run shop-1: Failed: errors are too many",
            ])
        #expect(records.map(\.kind) == [.measurement, .run])
        #expect(records.map(\.key) == ["measurement/o/errors/1767225600000", "run/o"])
        #expect(
            records.first?.details == [
                "run": "shop-1", "metric": "errors", "value": "5", "verdict": "Failed",
                "query": "up", "successCondition": "result < 1",
            ])
    }
}
