import Documents
import Rollouts

extension StatusDocument {
    /// A status as clients read it: what is empty is left out, but for `canary`, which clients
    /// expect to be there.
    package static func json(_ status: Status) -> JSON {
        var members = JSONObject()
        members.add("HPAReplicas", status.hpaReplicas)
        members.add("abort", status.isAborted)
        members.add("abortedAt", status.abortedAt)
        members.add("availableReplicas", status.availableReplicas)
        let blueGreen = blueGreen(status.blueGreen)
        if !blueGreen.isEmpty { members["blueGreen"] = .object(blueGreen) }
        members["canary"] = canary(status)
        members["collisionCount"] = status.collisionCount.map { .int(Int64($0)) }
        members.add("conditions", status.conditions.map(json))
        members.add("controllerPause", status.controllerPause)
        members.add("currentPodHash", status.currentPodHash)
        members.add("currentStepHash", status.currentStepHash)
        members["currentStepIndex"] = status.currentStepIndex.map { .int(Int64($0)) }
        members.add("message", status.message)
        members.add("observedGeneration", status.observedGeneration)
        members.add("pauseConditions", status.pauseConditions.map(json))
        members.add("phase", status.phase?.rawValue ?? "")
        members.add("promoteFull", status.promoteFull)
        members.add("readyReplicas", status.readyReplicas)
        members.add("replicas", status.replicas)
        members.add("restartedAt", status.restartedAt)
        members.add("selector", status.selector)
        members.add("stableRS", status.stableHash)
        members.add("updatedReplicas", status.updatedReplicas)
        members.add("workloadObservedGeneration", status.workloadObservedGeneration)
        return .object(members)
    }

    private static func canary(_ status: Status) -> JSON {
        var members = JSONObject()
        members["currentBackgroundAnalysisRunStatus"] = status.backgroundRun.map(json)
        members.add("currentExperiment", status.currentExperiment)
        members["currentStepAnalysisRunStatus"] = status.stepRun.map(json)
        members.add("stepPluginStatuses", status.plugins.map(json))
        members["stablePingPong"] = status.stablePingPong.map { .string($0.rawValue) }
        if let weights = status.weights {
            var written: JSON = ["canary": json(weights.canary), "stable": json(weights.stable)]
            if !weights.additional.isEmpty {
                written["additional"] = .array(weights.additional.map(json))
            }
            if let verified = weights.verified { written["verified"] = .bool(verified) }
            members["weights"] = written
        }
        return .object(members)
    }

    private static func blueGreen(_ status: BlueGreenStatus) -> JSONObject {
        var members = JSONObject()
        members.add("activeSelector", status.activeHash)
        members["postPromotionAnalysisRunStatus"] = status.postRun.map(json)
        members["prePromotionAnalysisRunStatus"] = status.preRun.map(json)
        members.add("previewSelector", status.previewHash)
        members.add("scaleUpPreviewCheckPoint", status.previewIsOver)
        return members
    }

    private static func json(_ destination: WeightDestination) -> JSON {
        var members = JSONObject()
        members.add("podTemplateHash", destination.podTemplateHash)
        members.add("serviceName", destination.serviceName)
        members["weight"] = .int(Int64(destination.weight))
        return .object(members)
    }

    private static func json(_ run: RunMirror) -> JSON {
        var members = JSONObject()
        members.add("message", run.message)
        members["name"] = .string(run.name)
        members["status"] = .string(run.phase.rawValue)
        return .object(members)
    }

    private static func json(_ pause: PauseCondition) -> JSON {
        ["reason": .string(pause.reason.rawValue), "startTime": .string(pause.startTime.wireText)]
    }

    static func json(_ condition: Condition) -> JSON {
        [
            "lastTransitionTime": .string(condition.lastTransition.wireText),
            "lastUpdateTime": .string(condition.lastUpdate.wireText),
            "message": .string(condition.message),
            "reason": .string(condition.reason),
            "status": .string(condition.truth.rawValue),
            "type": .string(condition.type.rawValue),
        ]
    }
}

extension JSONObject {
    mutating func add(_ key: String, _ value: String) {
        if !value.isEmpty { self[key] = .string(value) }
    }

    mutating func add(_ key: String, _ value: Int) {
        if value != 0 { self[key] = .int(Int64(value)) }
    }

    mutating func add(_ key: String, _ value: Bool) {
        if value { self[key] = true }
    }

    mutating func add(_ key: String, _ value: Instant?) {
        if let value { self[key] = .string(value.wireText) }
    }

    mutating func add(_ key: String, _ values: [JSON]) {
        if !values.isEmpty { self[key] = .array(values) }
    }
}

extension Instant {
    /// As Kubernetes writes times: UTC, whole seconds.
    var wireText: String { Timestamp(self).rfc3339 }
}
