import Documents
import Rollouts

/// A rollout as the API answers it. Names stay as they are once they are given; members may be
/// added.
extension RolloutView {
    /// What the list holds of each rollout.
    var summary: JSON {
        let traffic = traffic
        return [
            "namespace": .string(namespace), "name": .string(name), "phase": .string(phaseName),
            "message": .string(status.message), "reason": .string(reason),
            "revision": number(snapshot.rollout.revision),
            "aborted": .bool(status.isAborted),
            "step": [
                "index": number(status.currentStepIndex), "count": number(steps.count),
                "standing": text(standing),
            ],
            "canaryWeight": [
                "asked": number(traffic.asked), "carried": number(traffic.carried),
                "total": number(traffic.total),
            ],
            "images": .array(
                currentImages.map {
                    ["role": .string($0.role.rawValue), "image": .string($0.image)]
                }),
            "seenAt": .string(Timestamp(snapshot.now).rfc3339),
        ]
    }

    /// Everything that is known of the rollout but its history.
    var json: JSON {
        var json = summary
        json["lookAgain"] = moment(decision?.lookAgain)
        json["findings"] = .array(findings.map(JSON.string))
        json["steps"] = .array(
            steps.enumerated().map { index, step in
                [
                    "step": .string(step.description),
                    "state": .string(state(ofStep: index).rawValue),
                ]
            })
        json["pauses"] = .array(
            status.pauseConditions.map {
                ["reason": .string($0.reason.rawValue), "since": moment($0.startTime)]
            })
        json["weights"] = weights
        if !selectedSides.isEmpty { json["blueGreen"] = blueGreenJSON }
        json["routers"] = .array(snapshot.routers.map(\.json))
        json["replicaSets"] = .array(replicaSets.map(json(of:)))
        json["analysisRuns"] = .array(latestRuns.map(\.json))
        if !experiments.isEmpty {
            json["experiments"] = .array(latestExperiments.map(\.json))
        }
        json["conditions"] = .array(status.conditions.map(\.json))
        return json
    }

    private var weights: JSON {
        guard let weights = status.weights else { return .null }
        return [
            "canary": weights.canary.json, "stable": weights.stable.json,
            "verified": weights.verified.map(JSON.bool) ?? .null,
        ]
    }

    private func json(of set: ReplicaSet) -> JSON {
        [
            "name": .string(set.name), "role": .string(role(of: set).rawValue),
            "revision": number(set.revision), "hash": .string(set.hash),
            "images": .array((images[set.name] ?? []).map(JSON.string)),
            "desired": number(set.desired), "replicas": number(set.replicas),
            "ready": number(set.ready), "available": number(set.available),
            "scaleDownAt": moment(set.scaleDownDeadline), "failure": text(set.failure?.message),
        ]
    }
}

private func moment(_ instant: Instant?) -> JSON {
    instant.map { .string(Timestamp($0).rfc3339) } ?? .null
}

extension WeightDestination {
    fileprivate var json: JSON {
        [
            "weight": number(weight), "service": text(serviceName),
            "podTemplateHash": text(podTemplateHash),
        ]
    }
}

extension RouterSeen {
    fileprivate var json: JSON {
        var json: JSON = ["kind": .string(kind)]
        switch reading {
        case .split(let split):
            json["carries"] = ["canary": number(split.canary), "total": number(split.total)]
        case .former(let split):
            json["carries"] = ["canary": number(split.canary), "total": number(split.total)]
            json["former"] = true
        case .unset: json["carries"] = .null
        case .unreadable(let why): json["unreadable"] = .string(why)
        }
        switch verification {
        case .yes: json["verified"] = true
        case .no(let why):
            json["verified"] = false
            json["unverified"] = .string(why)
        case .cannot: json["verified"] = .null
        }
        return json
    }
}

extension Rollouts.Condition {
    fileprivate var json: JSON {
        [
            "type": .string(type.rawValue), "status": .string(truth.rawValue),
            "reason": .string(reason), "message": .string(message),
            "lastUpdateTime": moment(lastUpdate), "lastTransitionTime": moment(lastTransition),
        ]
    }
}

extension Run.Purpose {
    /// What the run is for, as one phrase.
    package var words: String {
        switch self {
        case .step(let index): "step \(index + 1)"
        case .background: "background"
        case .prePromotion: "before promotion"
        case .postPromotion: "after promotion"
        }
    }
}
