/// The conditions, phase and message that clients read (rollout-semantics §2.2, §2.3).
extension Draft {
    mutating func describe() {
        setPaused()
        setAvailable()
        setCompleted()
        let isHealthy = isRolloutHealthy
        setHealthy(isHealthy)
        setProgressing(isHealthy: isHealthy)
        setReplicaFailure()
        (status.phase, status.message) = phase(of: status, seen.spec, size: seen.size)
        lookAtDeadline()
    }

    private mutating func setPaused() {
        guard !status.isAborted else { return }
        let isPaused = seen.spec.isPaused || !status.pauseConditions.isEmpty
        if !isPaused, !isRetry, status[.paused]?.truth == .yes {
            events.append(Event("RolloutResumed", "Rollout is resumed"))
        }
        // Who waits for it to be false waits for the end of a pause, and there was none yet.
        guard isPaused || status[.paused] != nil else { return }
        set(.paused, isPaused ? .yes : .no, "RolloutPaused", "Rollout is paused")
    }

    private mutating func setAvailable() {
        set(
            .available, isAvailable ? .yes : .no, "AvailableReason",
            isAvailable
                ? "Rollout has minimum availability" : "Rollout does not have minimum availability")
    }

    private mutating func setCompleted() {
        let isCompleted = !status.stableHash.isEmpty && status.stableHash == status.currentPodHash
        set(.completed, isCompleted ? .yes : .no, "RolloutCompleted", "RolloutCompleted")
    }

    private var isRolloutHealthy: Bool {
        status.updatedReplicas == seen.size && status.availableReplicas == seen.size
            && seen.rollout.status.observedGeneration == String(seen.rollout.generation)
            && hasArrived
    }

    /// Whether the strategy has brought the present template to where it belongs. A blue-green one
    /// does not ask for the promotion: its pods serve.
    private var hasArrived: Bool {
        switch seen.spec.strategy {
        case .canary(let canary):
            (status.currentStepIndex ?? canary.steps.count) == canary.steps.count
                && status.stableHash == status.currentPodHash && status.replicas == seen.size
        case .blueGreen(let plan):
            status.blueGreen.activeHash == status.currentPodHash
                && (plan.previewService == nil
                    || status.blueGreen.previewHash == status.currentPodHash)
        }
    }

    private mutating func setHealthy(_ isHealthy: Bool) {
        if isHealthy {
            set(.healthy, .yes, "RolloutHealthy", "Rollout is healthy")
        } else if status[.healthy] != nil {
            set(.healthy, .no, "RolloutHealthy", "Rollout is not healthy")
        }
    }

    private mutating func setProgressing(isHealthy: Bool) {
        let before = status[.progressing]
        let wasPaused = seen.rollout.status[.paused]?.truth == .yes
        let isPaused = status[.paused]?.truth == .yes
        if status.isAborted {
            set(.progressing, .no, "RolloutAborted", abortMessage)
        } else if isRetry {
            set(.progressing, .unknown, "RolloutRetry", "Retrying Rollout after abort")
        } else if hasTimedOut, !isProgressing {
            set(.progressing, .no, "ProgressDeadlineExceeded", timeoutMessage)
        } else if isHealthy {
            set(
                .progressing, .yes, "NewReplicaSetAvailable",
                "ReplicaSet \"\(new.name)\" has successfully progressed.")
        } else if isPaused {
            if before?.reason != "RolloutPaused" {
                set(.progressing, .unknown, "RolloutPaused", "Rollout is paused")
            }
        } else if wasPaused {
            set(.progressing, .unknown, "RolloutResumed", "Rollout is resumed")
        } else if before == nil {
            // One with pods was there before the rollout said anything. One without may be what the
            // turn before this one has made, and nothing tells the two apart.
            if new.desired > 0 {
                set(
                    .progressing, .yes, "FoundNewReplicaSet",
                    "Found new replica set \"\(new.name)\"")
            } else {
                set(
                    .progressing, .yes, "NewReplicaSetCreated",
                    "Created new replica set \"\(new.name)\"")
            }
        } else if isNewlyMade {
            refreshProgressing("NewReplicaSetCreated", "Created new replica set \"\(new.name)\"")
        } else if isProgressing {
            refreshProgressing()
        } else if before?.reason == "NewReplicaSetAvailable", !isAvailable {
            set(
                .progressing, .yes, "ReplicaSetNotAvailable",
                "Rollout does not have minimum availability")
        } else if before?.reason == "RolloutAborted" {
            refreshProgressing()
        }
    }

    /// Progress since the last status (§2.3). It restarts the progress deadline.
    var isProgressing: Bool {
        let before = seen.rollout.status
        return status.updatedReplicas != before.updatedReplicas
            || status.replicas - status.updatedReplicas < before.replicas - before.updatedReplicas
            || status.readyReplicas > before.readyReplicas
            || status.availableReplicas > before.availableReplicas
            || status.stableHash != before.stableHash
            || status.currentStepIndex != before.currentStepIndex
            || status.currentStepHash != before.currentStepHash
            || status.currentPodHash != before.currentPodHash
            || status.blueGreen.activeHash != before.blueGreen.activeHash
            || status.blueGreen.previewHash != before.blueGreen.previewHash
    }

    /// Whether the turn before this one has made the ReplicaSet: it has no pods yet, and no other
    /// revision is above its own, as where a former one comes back.
    private var isNewlyMade: Bool {
        seen.rollout.status.currentPodHash != new.hash && new.desired == 0
            && new.revision == revision
    }

    private mutating func refreshProgressing() {
        refreshProgressing("ReplicaSetUpdated", "ReplicaSet \"\(new.name)\" is progressing.")
    }

    /// The time counts anew, whatever the condition said before.
    private mutating func refreshProgressing(_ reason: String, _ message: String) {
        let transition = status[.progressing].flatMap { $0.truth == .yes ? $0.lastTransition : nil }
        status.conditions.removeAll { $0.type == .progressing }
        status.conditions.append(
            Condition(
                type: .progressing, truth: .yes, reason: reason, message: message,
                lastUpdate: seen.now, lastTransition: transition ?? seen.now))
    }

    private mutating func setReplicaFailure() {
        if let missing = missingStable {
            if status[.replicaFailure]?.reason != stableIsMissing {
                events.append(Event(stableIsMissing, missing, isWarning: true))
            }
            set(.replicaFailure, .yes, stableIsMissing, missing)
            return
        }
        let failure = new.failure ?? seen.replicaSets.compactMap(\.failure).first
        if let failure {
            set(.replicaFailure, .yes, failure.reason, failure.message)
        } else {
            status.conditions.removeAll { $0.type == .replicaFailure }
        }
    }

    /// What a release says whose stable ReplicaSet was deleted. Nobody knows that template now, so
    /// that the release goes on as it is judged.
    private var missingStable: String? {
        guard !status.stableHash.isEmpty, status.stableHash != new.hash, seen.stable == nil else {
            return nil
        }
        return "The ReplicaSet of the stable revision (\(status.stableHash)) is gone, and there is "
            + "nothing to go back to; apply its template again to have it back"
    }

    /// A condition with the same truth and reason stays as it was, message included (§2.3).
    private mutating func set(
        _ type: Condition.Kind, _ truth: Condition.Truth, _ reason: String, _ message: String
    ) {
        let before = status[type]
        if let before, before.truth == truth, before.reason == reason {
            // The cause of an abort may become known after the abort itself.
            if type != .progressing || before.message == message || reason != "RolloutAborted" {
                return
            }
        }
        let transition = before.flatMap { $0.truth == truth ? $0.lastTransition : nil } ?? seen.now
        status.conditions.removeAll { $0.type == type }
        status.conditions.append(
            Condition(
                type: type, truth: truth, reason: reason, message: message, lastUpdate: seen.now,
                lastTransition: transition))
    }

    /// The progress deadline passes without an event, so it is looked for (§2.3).
    private mutating func lookAtDeadline() {
        guard status.phase == .progressing, let progressing = status[.progressing],
            progressing.reason != "ProgressDeadlineExceeded"
        else { return }
        let end = deadline(after: progressing).advanced(bySeconds: 1)
        if end > seen.now { look(at: end) }
    }
}

/// Reason of the condition and of the event.
private let stableIsMissing = "StableReplicaSetMissing"

/// Phase and message; the first row that fits wins (§2.2).
package func phase(of status: Status, _ spec: Spec, size: Int) -> (Phase, String) {
    if let invalid = status[.invalidSpec] { return (.degraded, "InvalidSpec: \(invalid.message)") }
    for condition in status.conditions
    where condition.reason == "RolloutAborted" || condition.reason == "ProgressDeadlineExceeded" {
        return (.degraded, "\(condition.reason): \(condition.message)")
    }
    if spec.isPaused { return (.paused, "manually paused") }
    if let pause = status.pauseConditions.first { return (.paused, pause.reason.rawValue) }
    if let start = spec.restartAt, start != status.restartedAt {
        return (.progressing, "rollout is restarting")
    }
    if status.updatedReplicas < size { return (.progressing, "more replicas need to be updated") }
    if status.availableReplicas < status.updatedReplicas {
        return (.progressing, "updated replicas are still becoming available")
    }
    let missing =
        switch spec.strategy {
        case .canary(let canary): missing(status, canary)
        case .blueGreen(let plan): missing(status, plan)
        }
    return missing.map { (.progressing, $0) } ?? (.healthy, "")
}

/// What a canary still lacks when its pods are there: rows 11 and 12.
private func missing(_ status: Status, _ canary: Canary) -> String? {
    if !canary.hasRouter, status.replicas > status.updatedReplicas {
        return "old replicas are pending termination"
    }
    return isPromoted(status) ? nil : "waiting for all steps to complete"
}

/// What a blue-green rollout still lacks when its pods are there: rows 8 to 10.
private func missing(_ status: Status, _ plan: BlueGreen) -> String? {
    if status.blueGreen.activeHash.isEmpty || status.blueGreen.activeHash != status.currentPodHash {
        return "active service cutover pending"
    }
    if isPromoted(status) { return nil }
    return plan.judgesActive && status.blueGreen.postRun?.phase != .successful
        ? "waiting for analysis to complete"
        : "waiting for post-promotion verification to complete"
}

private func isPromoted(_ status: Status) -> Bool {
    !status.stableHash.isEmpty && status.stableHash == status.currentPodHash
}
