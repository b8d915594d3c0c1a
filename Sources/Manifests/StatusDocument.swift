import Documents
import Rollouts

/// The status of a Rollout on the wire (rollout-semantics §2.1).
package enum StatusDocument {
    /// Reads a status. What cannot be read is left at its default, field by field: others write
    /// here too.
    package static func parse(_ json: JSON?) -> Status {
        let reader = Reader(json, findings: Reader.Findings())
        var status = Status()
        status.observedGeneration = reader["observedGeneration"].string() ?? ""
        status.currentPodHash = reader["currentPodHash"].string() ?? ""
        status.currentStepHash = reader["currentStepHash"].string() ?? ""
        status.currentStepIndex = reader["currentStepIndex"].int().map { max(0, $0) }
        status.stableHash = reader["stableRS"].string() ?? ""
        status.replicas = reader["replicas"].int() ?? 0
        status.updatedReplicas = reader["updatedReplicas"].int() ?? 0
        status.readyReplicas = reader["readyReplicas"].int() ?? 0
        status.availableReplicas = reader["availableReplicas"].int() ?? 0
        status.hpaReplicas = reader["HPAReplicas"].int() ?? 0
        status.selector = reader["selector"].string() ?? ""
        status.pauseConditions = reader["pauseConditions"].elements().map(pause)
        status.controllerPause = reader["controllerPause"].bool() ?? false
        status.isAborted = reader["abort"].bool() ?? false
        status.abortedAt = reader["abortedAt"].instant()
        status.promoteFull = reader["promoteFull"].bool() ?? false
        status.restartedAt = reader["restartedAt"].instant()
        status.collisionCount = reader["collisionCount"].int()
        status.conditions = reader["conditions"].elements().compactMap(condition)
        status.phase = reader["phase"].string().flatMap(Phase.init)
        status.message = reader["message"].string() ?? ""
        status.workloadObservedGeneration = reader["workloadObservedGeneration"].string() ?? ""
        let canary = reader["canary"]
        status.stepRun = run(canary["currentStepAnalysisRunStatus"])
        status.backgroundRun = run(canary["currentBackgroundAnalysisRunStatus"])
        status.currentExperiment = canary["currentExperiment"].string() ?? ""
        status.plugins = canary["stepPluginStatuses"].elements().compactMap(plugin)
        status.weights = weights(canary["weights"])
        status.stablePingPong = canary["stablePingPong"].string().flatMap(PingPong.init)
        status.blueGreen = blueGreen(reader["blueGreen"])
        return status
    }

    /// A reason that nobody knows still pauses, and only a person ends it: dropping it would read
    /// as "resumed".
    private static func pause(_ reader: Reader) -> PauseCondition {
        PauseCondition(
            reason: reader["reason"].string().flatMap(PauseCondition.Reason.init)
                ?? .inconclusiveAnalysisRun,
            startTime: reader["startTime"].instant() ?? Instant(milliseconds: 0))
    }

    /// Nil for a condition of somebody else, which the patch leaves in place.
    static func condition(_ reader: Reader) -> Condition? {
        guard let type = reader["type"].string().flatMap(Condition.Kind.init) else { return nil }
        let update = reader["lastUpdateTime"].instant() ?? Instant(milliseconds: 0)
        return Condition(
            type: type, truth: reader["status"].string().flatMap(Condition.Truth.init) ?? .unknown,
            reason: reader["reason"].string() ?? "", message: reader["message"].string() ?? "",
            lastUpdate: update, lastTransition: reader["lastTransitionTime"].instant() ?? update)
    }

    private static func blueGreen(_ reader: Reader) -> BlueGreenStatus {
        var status = BlueGreenStatus()
        status.activeHash = reader["activeSelector"].string() ?? ""
        status.previewHash = reader["previewSelector"].string() ?? ""
        status.previewIsOver = reader["scaleUpPreviewCheckPoint"].bool() ?? false
        status.preRun = run(reader["prePromotionAnalysisRunStatus"])
        status.postRun = run(reader["postPromotionAnalysisRunStatus"])
        return status
    }

    private static func run(_ reader: Reader) -> RunMirror? {
        guard let name = reader["name"].nonEmptyString() else { return nil }
        return RunMirror(
            name: name, phase: reader["status"].string().flatMap(RunPhase.init) ?? .pending,
            message: reader["message"].string() ?? "")
    }

    private static func weights(_ reader: Reader) -> Weights? {
        guard reader.isPresent else { return nil }
        var weights = Weights(
            canary: destination(reader["canary"]), stable: destination(reader["stable"]),
            verified: reader["verified"].bool())
        weights.additional = reader["additional"].elements().map(destination)
        return weights
    }

    private static func destination(_ reader: Reader) -> WeightDestination {
        WeightDestination(
            weight: reader["weight"].int() ?? 0, serviceName: reader["serviceName"].string() ?? "",
            podTemplateHash: reader["podTemplateHash"].string() ?? "")
    }
}

extension Reader {
    /// A time of the wire; nil where there is none.
    func instant() -> Instant? {
        string().flatMap(Timestamp.init(rfc3339:)).map { Instant($0) }
    }
}

extension Instant {
    /// The same point on the wall clock.
    package init(_ timestamp: Timestamp) {
        self.init(milliseconds: timestamp.milliseconds)
    }
}

extension Timestamp {
    /// The same point on the wall clock.
    package init(_ instant: Instant) {
        self.init(milliseconds: instant.milliseconds)
    }
}
