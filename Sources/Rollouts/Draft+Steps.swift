/// Working on a step (rollout-semantics §4.5, §4.6, §6.2).
extension Draft {
    mutating func takeStep(_ index: Int) {
        let step = seen.canary.steps[index]
        if isHalted {
            hold(at: index)
            // The pause that was ended meanwhile is left when the other one is.
            if pauseWasEnded, case .pause = step { status.controllerPause = true }
            note(haltReason)
            return
        }
        scale(at: index)
        moveTraffic(at: index)
        scaleStable(at: index)
        startBackgroundAnalysis()
        switch step {
        case .setWeight:
            if isScaled(at: index), isWeightSettled(at: index) { complete(index) }
        case .setCanaryScale:
            if isScaled(at: index) { complete(index) }
        case .pause(let seconds):
            takePause(seconds, at: index)
        case .analysis:
            takeAnalysis(at: index)
        case .experiment:
            takeExperiment(at: index)
        case .setHeaderRoute, .setMirrorRoute:
            if areRoutesSettled(at: index) { complete(index) }
        case .plugin(let plugin):
            takePlugin(plugin, at: index)
        }
    }

    /// The user's own pause and an inconclusive analysis halt the steps and the growth of the
    /// canary.
    var isHalted: Bool {
        seen.spec.isPaused
            || status.pauseConditions.contains { $0.reason == .inconclusiveAnalysisRun }
    }

    var haltReason: Reason {
        seen.spec.isPaused ? .pausedByUser : .waitingForPerson("the analysis was inconclusive")
    }

    /// Keeps sizes where they are, and the weight, too, unless its pods are to go; a change of
    /// `spec.replicas` is still followed, since an autoscaler must not be frozen (§9.3).
    private mutating func hold(at index: Int) {
        guard seen.canary.hasRouter else {
            holdShares()
            bindStable()
            startBackgroundAnalysis()
            return
        }
        let sizing = seen.sizing(at: index)
        let wanted = heldWeight(at: index)
        followSize(atMost: sizing.replicas.canary, forWeight: wanted)
        bindStable()
        route(towards: wanted, canaryWanted: podsNeeded(for: wanted, at: index))
        scaleStable(at: index)
        startBackgroundAnalysis()
    }

    /// A step that sets a weight is held where it is on its way; every other step has its weight
    /// already, and gets it back when lost pods return.
    private func heldWeight(at index: Int) -> Int {
        if !seen.hasSize { return 0 }
        let after = weight(wantedAt: index)
        guard case .setWeight = seen.canary.steps[index] else { return after }
        let before = index == 0 ? 0 : weight(wantedAt: index - 1)
        let committed = status.weights?.canary.weight ?? seen.canaryWeight
        return min(max(committed, min(before, after)), max(before, after))
    }

    /// Resizes the canary with the rollout, in proportion, and not for any step.
    mutating func followSize(atMost limit: Int, forWeight weight: Int) {
        guard let before = new.rolloutReplicas, before != seen.size, new.desired > 0 else { return }
        let share = ceiling(weight * seen.size, seen.total)
        let proportional = before == 0 ? limit : ceiling(new.desired * seen.size, before)
        scale(new, to: min(max(proportional, share), max(limit, share)))
    }

    /// The canary pods that carry `weight` at step `index`: as many as its share of the traffic
    /// asks for, or fewer where the step says so.
    func podsNeeded(for weight: Int, at index: Int) -> Int {
        min(ceiling(weight * seen.size, seen.total), canaryPods(at: index))
    }

    mutating func complete(_ index: Int) {
        let count = seen.canary.steps.count
        let step = seen.canary.steps[index]
        let evidence = step == .analysis ? status.stepRun.flatMap(seen.run)?.evidence ?? "" : ""
        status.currentStepIndex = index + 1
        status.stepRun = nil
        status.currentExperiment = ""
        status.pauseConditions.removeAll { $0.reason == .canaryPauseStep }
        status.controllerPause = !status.pauseConditions.isEmpty
        pauseWasEnded = false
        events.append(
            .completing(index, of: count, seen.canary.words(for: index)))
        note(.stepCompleted(index + 1, of: count, step, evidence: evidence))
        if index + 1 < count, case .pause(let seconds) = seen.canary.steps[index + 1] {
            beginPause(seconds)
        }
    }
}

/// Pauses (§4.9).
extension Draft {
    private mutating func takePause(_ seconds: Int?, at index: Int) {
        if pauseWasEnded {
            complete(index)
            return
        }
        guard let condition = status.pauseConditions.first(where: { $0.reason == .canaryPauseStep })
        else {
            beginPause(seconds)
            return
        }
        guard let seconds else {
            note(.paused(until: nil))
            return
        }
        let end = condition.startTime.advanced(bySeconds: seconds)
        if end <= seen.now, isWeightSettled(at: index) {
            complete(index)
        } else {
            if end > seen.now { look(at: end) }
            note(.paused(until: end))
        }
    }

    private mutating func beginPause(_ seconds: Int?) {
        pause(.canaryPauseStep)
        let end = seconds.map { seen.now.advanced(bySeconds: $0) }
        if let end { look(at: end) }
        note(.paused(until: end))
    }
}

/// Analysis steps and the background analysis (§5.2).
extension Draft {
    private mutating func takeAnalysis(at index: Int) {
        guard status.pauseConditions.isEmpty else {
            note(.waitingForPerson("the analysis was inconclusive"))
            return
        }
        guard let mirror = status.stepRun else {
            if isWeightSettled(at: index) { start(.step(index)) }
            return
        }
        if mirror.phase == .successful {
            complete(index)
        } else if seen.run(mirror) == nil {
            start(.step(index), named: mirror.name)
        } else {
            note(.analysisRunning(mirror.name))
        }
    }

    mutating func startBackgroundAnalysis() {
        guard let from = seen.canary.backgroundAnalysisFrom, isUpdating,
            (status.currentStepIndex ?? .max) >= from
        else { return }
        guard let mirror = status.backgroundRun else {
            start(.background)
            return
        }
        if seen.run(mirror) == nil, !mirror.phase.isCompleted {
            start(.background, named: mirror.name)
        }
    }

    /// Names the run in the status first: killed before it exists, the next turn creates it under
    /// the same name, unless somebody else has taken that.
    mutating func start(_ purpose: Run.Purpose, named known: String? = nil) {
        let free = known.flatMap { seen.taken.runs.contains($0) ? nil : $0 }
        let name = free ?? freshRunName(purpose)
        let mirror = RunMirror(name: name, phase: .pending)
        switch purpose {
        case .step: status.stepRun = mirror
        case .background: status.backgroundRun = mirror
        case .prePromotion: status.blueGreen.preRun = mirror
        case .postPromotion: status.blueGreen.postRun = mirror
        }
        actions.append(.startRun(name: name, purpose: purpose))
        note(.analysisStarted(name))
    }

    /// `<rollout>-<hash>-<revision>[-<step>|-pre|-post]`, with `.1`, `.2` … where that name was
    /// used before (§5.2).
    private func freshRunName(_ purpose: Run.Purpose) -> String {
        var base = "\(seen.rollout.name)-\(new.hash)-\(revision)"
        switch purpose {
        case .step(let index): base += "-\(index)"
        case .background: break
        case .prePromotion: base += "-pre"
        case .postPromotion: base += "-post"
        }
        return base.free(of: seen.taken.runs.union(seen.runs.map(\.name)))
    }
}
