import Analysis
import Documents
import History
import KubernetesObjects
import Manifests

/// Turns objects of the cluster into records. Pure: the same objects give the same records with the
/// same keys, so that a history can be lost and filled again.
package enum Projection {
    /// What an object tells; nothing where its kind tells nothing.
    package static func records(of object: Object, _ resource: Resource) -> [Record] {
        switch resource {
        case .replicaSets: records(ofReplicaSet: object)
        case .analysisRuns: records(ofRun: object)
        case .events: records(ofEvent: object)
        case .rollouts: records(ofRollout: object)
        default: []
        }
    }

    /// What a ReplicaSet of a rollout tells: that its revision began.
    package static func records(ofReplicaSet object: Object) -> [Record] {
        guard let rollout = object.rolloutOwner,
            let revision = object.number(Keys.revision),
            let created = object.creationTimestamp
        else { return [] }
        let images =
            object.spec?["template"]?["spec"]?["containers"]?.array?
            .compactMap { $0["image"] } ?? []
        return [
            Record(
                key: "revision/\(object.uid)/\(revision)", at: created, namespace: object.namespace,
                rollout: rollout, revision: revision, kind: .revision,
                summary: "revision \(revision): ReplicaSet \(object.name)",
                details: ["replicaSet": .string(object.name), "images": .array(images)])
        ]
    }

    /// What an analysis run tells: each measurement with query, value and verdict, and how it
    /// ended.
    package static func records(ofRun object: Object) -> [Record] {
        guard let rollout = object.rolloutOwner else { return [] }
        let run = ReadRun(object)
        let revision = object.number(Keys.revision)
        var records: [Record] = []
        for result in run.status.metricResults {
            let metric = run.spec.metrics.first { $0.name == result.name }
            for measurement in result.measurements where measurement.phase.isCompleted {
                guard let at = measurement.finishedAt else { continue }
                let begun = measurement.startedAt ?? at
                var details = JSONObject([
                    ("run", .string(object.name)), ("metric", .string(result.name)),
                    ("value", .string(measurement.value)),
                    ("verdict", .string(measurement.phase.rawValue)),
                ])
                if !measurement.message.isEmpty {
                    details["message"] = .string(measurement.message)
                }
                details["query"] = result.metadata["ResolvedPrometheusQuery"].map(JSON.string)
                details["successCondition"] = metric?.successCondition.map(JSON.string)
                details["failureCondition"] = metric?.failureCondition.map(JSON.string)
                records.append(
                    Record(
                        key: "measurement/\(object.uid)/\(result.name)/\(begun.milliseconds)",
                        at: at,
                        namespace: object.namespace, rollout: rollout, revision: revision,
                        kind: .measurement,
                        summary:
                            "\(result.name) \(shown(measurement)): \(measurement.phase.rawValue)",
                        details: .object(details)))
            }
        }
        if let phase = run.status.phase, phase.isCompleted, let at = run.status.completedAt {
            let message = run.status.message
            records.append(
                Record(
                    key: "run/\(object.uid)", at: at, namespace: object.namespace, rollout: rollout,
                    revision: revision, kind: .run,
                    summary: "analysis run \(object.name): \(phase.rawValue)"
                        + (message.isEmpty ? "" : ": \(message)"),
                    details: ["run": .string(object.name), "phase": .string(phase.rawValue)]))
        }
        return records
    }

    private static func shown(_ measurement: Measurement) -> String {
        measurement.value.isEmpty ? "without a value" : measurement.value
    }

    /// What a Kubernetes event about a rollout tells.
    package static func records(ofEvent object: Object) -> [Record] {
        let subject = object.json["involvedObject"]
        guard subject?["kind"]?.string == Resource.rollouts.kind,
            let name = subject?["name"]?.string,
            let reason = object.json["reason"]?.string
        else { return [] }
        let at =
            (object.json["eventTime"]?.string ?? object.json["lastTimestamp"]?.string)
            .flatMap(Timestamp.init(rfc3339:)) ?? object.creationTimestamp
        guard let at else { return [] }
        let details: JSON = ["reason": .string(reason), "type": object.json["type"] ?? "Normal"]
        return [
            Record(
                key: "event/\(object.uid)", at: at, namespace: object.namespace, rollout: name,
                revision: object.number(Keys.revision),
                kind: kind(of: reason),
                summary: object.json["message"]?.string ?? reason, details: details)
        ]
    }

    private static func kind(of reason: String) -> Record.Kind {
        switch reason {
        case "RolloutStepCompleted": .step
        case "TrafficWeightUpdated": .weight
        case "RolloutAborted": .abort
        case "RolloutCompleted": .promotion
        default: .event
        }
    }

    /// The last command that our own tools noted on a rollout.
    package static func records(ofRollout object: Object) -> [Record] {
        guard let text = object.annotations[CommandNote.annotation], let note = CommandNote(text)
        else {
            return []
        }
        return [
            Record(
                key: "command/\(object.uid)/\(note.at.milliseconds)", at: note.at,
                namespace: object.namespace, rollout: object.name, revision: note.revision,
                kind: .command, summary: note.command, actor: note.actor, reason: note.reason,
                details: ["command": .string(note.command), "actorIs": "claimed"])
        ]
    }
}

extension Object {
    /// The rollout that controls this object; nil where it is none.
    fileprivate var rolloutOwner: String? {
        guard let owner = controllerOwner, owner.kind == Resource.rollouts.kind else { return nil }
        return owner.name
    }
}
