/// The courses other than a step: settled, aborted, and the ways to the end (rollout-semantics
/// §4.6, §4.10, §4.12).
extension Draft {
    /// The present template is stable, or becomes so now because there was none before.
    mutating func settle() {
        if seen.canary.hasRouter { scale(new, to: seen.size) } else { scaleShares(at: 100) }
        if status.stableHash.isEmpty {
            promote("Initial deploy")
        }
        status.currentStepIndex = seen.canary.steps.isEmpty ? nil : seen.canary.steps.count
        status.pauseConditions = []
        status.controllerPause = false
        status.stepRun = nil
        status.currentExperiment = ""
        status.backgroundRun = nil
        bindStable()
        bindCanary(to: new)
        let isBack = isStableBound && (new.available > 0 || !seen.canary.servesPods)
        if seen.canaryWeight > 0 || (isBack && !seen.routersCarry(0)) || status.weights != nil {
            // Until the stable service selects these pods, the canary service is what leads to
            // them.
            let wanted = isBack ? 0 : seen.canaryWeight
            let pods = ceiling(seen.canaryWeight * seen.size, seen.total)
            var capacity = seen.capacity(canaryWanted: pods)
            capacity.canaryAvailable = seen.podsBehindCanary
            capacity.stableAvailable = new.available
            ask(for: affordable(wanted, current: seen.canaryWeight, capacity))
        }
        noteSettled()
    }

    private mutating func noteSettled() {
        noteRestart()
        if new.available < seen.size {
            note(.waitingForStablePods(available: new.available, of: seen.size))
        } else if weight > 0 || !isStableBound {
            note(.settling("moving all traffic to the stable service"))
        } else if let why = seen.unverified,
            seen.others.contains(where: { $0.desired > 0 && isBehindCanary($0) })
        {
            note(.waitingForRouter(why))
        } else if let deadline = seen.nextScaleDown {
            note(.scalingDownOld(at: deadline))
        } else {
            noteLeftPods()
            noteLettingGo()
            note(.healthy)
        }
    }

    /// All traffic goes back to stable, as fast as stable's pods carry it; nothing else is asked
    /// first.
    mutating func giveBack(because cause: String) {
        guard seen.canary.hasRouter else {
            giveBackShares()
            return
        }
        bindStable()
        let sizing = seen.sizing(at: 0, isAborted: true)
        let capacity = seen.capacity(canaryWanted: 0)
        let next = affordable(0, current: seen.canaryWeight, capacity)
        noteGivingBack(to: next)
        ask(for: next)
        if weight < seen.canaryWeight || seen.rollout.status.abortedAt == nil { order = .together }
        if weight > 0 {
            if (seen.stable?.available ?? 0) == 0, seen.rollout.status.abortedAt == nil {
                events.append(
                    Event(
                        "TrafficRoutingError",
                        "Stable has no available pod: \(weight) of \(seen.total) stays on the "
                            + "canary",
                        isWarning: true))
            }
        }
        scaleStable(sizing)
        bindCanaryBack()
        retireCanary(sizing)
    }

    /// The same where the document cannot be followed, or not yet: the traffic, and the pods of
    /// stable that take it. All else waits.
    mutating func giveBackOnly() {
        order = .together
        guard seen.canary.hasRouter else {
            giveBackShares()
            giveBackFormer()
            return
        }
        if let stable = seen.stable, stable.desired < seen.size { scale(stable, to: seen.size) }
        let capacity = seen.capacity(canaryWanted: 0)
        let next = affordable(0, current: seen.canaryWeight, capacity)
        noteGivingBack(to: next)
        ask(for: next)
        if seen.unreadable != nil { bindCanaryBack() }
    }

    private mutating func noteGivingBack(to next: Int) {
        if let why = seen.unreadable {
            note(.routerUnreadable(weight: seen.canaryWeight, why, because: abortMessage))
            return
        }
        note(
            next > 0
                ? .stableCannotCarry(weight: next, because: abortMessage)
                : .aborted(abortMessage, evidence: abortEvidence))
    }

    /// An aborted canary goes once it has no traffic and stable is whole, after its delay; where
    /// stable takes its place and no delay is asked for, it shrinks with its traffic (§4.10, I6).
    private mutating func retireCanary(_ sizing: Sizing) {
        guard seen.size > 0 else {
            scale(new, to: 0)
            return
        }
        guard new.desired > 0, seen.canaryWeight <= weight else { return }
        if seen.canary.dynamicStableScale, seen.canary.abortScaleDownDelaySeconds == 0 {
            scale(new, to: min(new.desired, sizing.replicas.canary))
            return
        }
        guard weight == 0, seen.canaryWeight == 0,
            let delay = seen.canary.abortScaleDownDelaySeconds,
            (seen.stable?.available ?? 0) >= seen.size, !seen.isSelected(new)
        else { return }
        guard let deadline = new.scaleDownDeadline else {
            let end = seen.now.advanced(bySeconds: delay)
            actions.append(.delayScaleDown(replicaSet: new.name, until: end))
            look(at: end)
            return
        }
        if deadline <= seen.now { scale(new, to: 0) } else { look(at: deadline) }
    }

    /// Everything at once: the new pods first, then the promotion, then traffic by the stable
    /// service.
    mutating func promoteFully() {
        if seen.spec.isPaused {
            holdAtEnd()
            note(haltReason)
            return
        }
        growToFullSize()
        let current = seen.canaryWeight
        route(towards: current, canaryWanted: ceiling(current * seen.size, seen.total))
        scaleStable(at: seen.canary.steps.count)
        if hasEnoughPods {
            promote("Full promotion requested")
        } else {
            note(.waitingForCanaryPods(available: new.available, of: seen.size))
        }
    }

    /// After the last step, or instead of all steps within the rollback window: all pods, then all
    /// traffic, then the new revision is stable.
    mutating func finish() {
        if isHalted {
            holdAtEnd()
            note(haltReason)
            return
        }
        growToFullSize()
        if !seen.isWithinRollbackWindow { startBackgroundAnalysis() }
        // With steps, the last weight holds until all pods are there; without any, traffic follows
        // the pods.
        let holds = !hasEnoughPods && !seen.canary.steps.isEmpty
        route(
            towards: holds ? seen.canaryWeight : seen.total,
            canaryWanted: holds ? podsAtEnd(for: seen.canaryWeight) : seen.size)
        scaleStable(at: seen.canary.steps.count)
        if let why = seen.unverified { note(.waitingForRouter(why)) }
        guard hasEnoughPods else {
            note(.waitingForCanaryPods(available: new.available, of: seen.size))
            return
        }
        let enough = enoughWeight(of: seen.total, canaryWanted: seen.size)
        guard seen.routers.isEmpty || (seen.routersCarry(enough) && seen.unverified == nil) else {
            return
        }
        let count = seen.canary.steps.count
        if seen.isWithinRollbackWindow {
            promote("Rollback within window")
            return
        }
        promote("Completed all \(count) canary steps")
    }

    /// Halted after the last step: its weight stays, or what was moved since, and the sizes follow
    /// the rollout's as in every halted step (§9.3).
    private mutating func holdAtEnd() {
        guard seen.canary.hasRouter else {
            holdShares()
            bindStable()
            return
        }
        let count = seen.canary.steps.count
        let skipped = count == 0 || seen.isWithinRollbackWindow || status.promoteFull
        let last = skipped ? 0 : weight(wantedAt: count - 1)
        let wanted = seen.hasSize ? max(seen.canaryWeight, last) : 0
        let sizing = seen.sizing(at: count)
        followSize(atMost: sizing.replicas.canary, forWeight: wanted)
        bindStable()
        route(towards: wanted, canaryWanted: podsAtEnd(for: wanted))
        scaleStable(at: count)
    }

    /// The pods that `weight` needs after the last step: those of that step, and its full share
    /// once it is above that step's, or where that step wanted no pods.
    private func podsAtEnd(for weight: Int) -> Int {
        // Nobody knows the step that a full promotion was asked for at, but the pods it wanted.
        if status.promoteFull {
            return min(ceiling(weight * seen.size, seen.total), max(1, new.desired))
        }
        let last = max(0, seen.canary.steps.count - 1)
        if weight > seen.canary.weight(at: last) || seen.sizing(at: last).asksForNoPods {
            return ceiling(weight * seen.size, seen.total)
        }
        return podsNeeded(for: weight, at: last)
    }

    private mutating func growToFullSize() {
        if seen.canary.hasRouter {
            scale(new, to: max(seen.size, 0))
        } else {
            scaleShares(at: 100)
        }
        bindCanary(to: new)
        bindStable()
    }

    private var hasEnoughPods: Bool {
        let enough = seen.canary.enoughToPromote(of: seen.size)
        let shares = shares(at: 100)
        if !seen.canary.hasRouter, shares.lacksRoomForLast {
            return new.available >= max(enough - 1, shares.least) && new.desired >= seen.size - 1
        }
        return new.available >= enough && new.desired >= seen.size
    }

    /// The new revision is stable from here on. Services and router follow in the next turns
    /// (§4.6).
    mutating func promote(_ why: String) {
        status.stableHash = new.hash
        status.currentStepIndex = seen.canary.steps.isEmpty ? nil : seen.canary.steps.count
        status.pauseConditions = []
        status.controllerPause = false
        status.isAborted = false
        status.abortedAt = nil
        status.promoteFull = false
        status.stepRun = nil
        status.currentExperiment = ""
        status.backgroundRun = nil
        status.blueGreen.previewIsOver = false
        if seen.canary.hasPingPong {
            status.stablePingPong = (status.stablePingPong ?? .pong).other
        }
        events.append(
            Event(
                "RolloutCompleted",
                "Rollout completed update to revision \(revision) (\(new.hash)): \(why)"))
        note(.promoted(why))
    }
}
