/// The courses of a blue-green rollout (rollout-semantics §4.4).
extension Draft {
    /// The present template is stable, or becomes so now because there was none before.
    mutating func serve(_ plan: BlueGreen) {
        scale(new, to: seen.size)
        if status.stableHash.isEmpty { promote("Initial deploy") }
        status.pauseConditions = []
        status.controllerPause = false
        status.blueGreen.previewIsOver = false
        if seen.activeHash(plan) != new.hash, seen.mayServe(new, plan) {
            bind(plan.activeService, to: new)
        }
        bindPreview(plan, to: new)
        noteServing(plan)
    }

    private mutating func noteServing(_ plan: BlueGreen) {
        noteRestart()
        if new.available < seen.size {
            note(.waitingForStablePods(available: new.available, of: seen.size))
        } else if seen.leadingHash(plan.activeService) != new.hash {
            note(.settling("moving all traffic to the stable revision"))
        } else if let deadline = seen.nextScaleDown {
            note(.scalingDownOld(at: deadline))
        } else {
            noteLeftPods()
            noteLettingGo()
            note(.healthy)
        }
    }

    /// The new revision grows and is judged beside the stable one; then all traffic moves to it.
    mutating func preview(_ plan: BlueGreen) {
        noticeForeignReturn(plan)
        // What a person ended stays ended, whatever the pods are like at this moment. It was
        // another pause than the preview's own where the analysis before that has not ended well.
        let wasJudged = !plan.judgesPreview || status.blueGreen.preRun?.phase == .successful
        if pauseWasEnded, wasJudged { status.blueGreen.previewIsOver = true }
        scaleBesideStable(to: previewSize(plan))
        returnActive(plan)
        if isHalted {
            note(haltReason)
            return
        }
        bindPreview(plan, to: new)
        guard hasNewPods(previewSize(plan)), isPreviewOver(plan) else { return }
        status.blueGreen.previewIsOver = true
        scaleBesideStable(to: seen.size)
        guard hasNewPods(seen.size), seen.mayServe(new, plan) else { return }
        bind(plan.activeService, to: new)
        note(.switchingActive(revision: revision))
    }

    /// The new revision serves. It becomes stable when it has proved itself; until then stable is
    /// kept whole, and takes everything back as soon as nobody else is there.
    mutating func prove(_ plan: BlueGreen) {
        scaleBesideStable(to: seen.size)
        if new.available == 0, seen.size > 0, let stable = seen.stable, stable.available > 0 {
            switchActive(plan, backTo: stable)
            status.blueGreen.postRun = nil
            note(.newPodsLost)
            return
        }
        bindPreview(plan, to: new)
        if isHalted {
            note(haltReason)
            return
        }
        guard hasNewPods(seen.size) else { return }
        if status.promoteFull {
            promote("Full promotion requested")
        } else if isReturn, seen.isWithinRollbackWindow {
            promote("Rollback within window")
        } else if !plan.judgesActive {
            promote("Completed blue-green update")
        } else if isReturn {
            promote("Rollback to '\(new.name)' within scaleDownDelay")
        } else if isJudgedGood(status.blueGreen.postRun, .postPromotion) {
            promote("Completed blue-green update")
        }
    }

    /// All traffic belongs to stable. What is asked of stable is pods, and nothing of the new
    /// revision's (§9.3).
    mutating func switchBack(_ plan: BlueGreen, because cause: String) {
        if seen.rollout.status.abortedAt == nil { order = .together }
        guard let stable = seen.stable else {
            note(.aborted(abortMessage, evidence: abortEvidence))
            return
        }
        scale(stable, to: seen.size)
        if mayTakeBack(stable, plan) { giveBackFormerServices(to: stable) }
        if seen.activeHash(plan) == stable.hash {
            note(.aborted(abortMessage, evidence: abortEvidence))
            retireNew(plan, stable)
        } else if mayTakeBack(stable, plan) {
            switchActive(plan, backTo: stable)
            note(.aborted(abortMessage, evidence: abortEvidence))
        } else {
            note(
                .stableCannotServe(
                    available: stable.available, of: seen.size, because: abortMessage))
        }
    }
}

extension Draft {
    /// As much of it as needs no readable document.
    mutating func giveUp(_ plan: BlueGreen) {
        order = .together
        guard let stable = seen.stable, mayTakeBack(stable, plan) else { return }
        if seen.activeHash(plan) == new.hash { switchActive(plan, backTo: stable) }
        giveBackFormerServices(to: stable)
    }
}

/// Sizes.
extension Draft {
    private mutating func scaleBesideStable(to count: Int) {
        if let stable = seen.stable { scale(stable, to: seen.size) }
        // The deadline is what says that this is a return: it goes with the promotion.
        scale(new, to: count, keepsDeadline: isReturn)
    }

    private func previewSize(_ plan: BlueGreen) -> Int {
        guard let count = plan.previewReplicaCount, seen.size > 0 else { return seen.size }
        let isFull = isUngated || status.blueGreen.previewIsOver
        return isFull ? seen.size : count
    }

    private mutating func hasNewPods(_ count: Int) -> Bool {
        if new.desired == count, new.available >= count { return true }
        note(
            new.available < count
                ? .waitingForNewPods(available: new.available, of: count)
                : .settling("scaling the new revision to \(count)"))
        return false
    }

    /// An aborted revision goes once stable is whole and serves, after its delay, and after the
    /// preview has left it. A third revision is previewed no longer.
    private mutating func retireNew(_ plan: BlueGreen, _ stable: ReplicaSet) {
        let previewHash = seen.service(plan.previewService)?.hash
        if new.desired == 0 || previewHash != new.hash { bindPreview(plan, to: stable) }
        // What was aborted is no revision to return to untried, even if it was stable once.
        let isWhole = stable.available >= seen.size
        if new.wasStable, new.scaleDownDeadline != nil,
            plan.abortScaleDownDelaySeconds == nil || !isWhole
        {
            actions.append(.cancelScaleDown(replicaSet: new.name))
        }
        guard new.desired > 0, let delay = plan.abortScaleDownDelaySeconds,
            isWhole
        else { return }
        guard let deadline = new.scaleDownDeadline, !new.wasStable else {
            let end = seen.now.advanced(bySeconds: delay)
            actions.append(.delayScaleDown(replicaSet: new.name, until: end))
            look(at: end)
            return
        }
        if deadline > seen.now {
            look(at: deadline)
        } else if previewHash == new.hash, seen.size > 0 {
            bindPreview(plan, to: stable)
        } else {
            scale(new, to: 0)
        }
    }
}
