/// What the analysis runs and the clock say about the update in progress (§5.8, §2.3).
extension Draft {
    mutating func takeVerdicts() {
        guard isUpdating, !status.isAborted else { return }
        if !status.promoteFull { takeJudgements() }
        guard !status.isAborted, hasTimedOut, !isProgressing else { return }
        // Who promotes in full asks for no more judgement, and sees that it hangs.
        if seen.spec.progressDeadlineAbort, !status.promoteFull {
            abort(because: timeoutMessage)
        } else {
            note(.timedOut(timeoutMessage, available: new.available, of: new.desired))
        }
    }

    private mutating func takeJudgements() {
        mirrorRuns()
        take(status.stepRun, named: "Step-based analysis")
        take(status.backgroundRun, named: "Background analysis")
        take(status.blueGreen.preRun, named: "Blue/green pre-promotion analysis")
        take(status.blueGreen.postRun, named: "Blue/green post-promotion analysis")
        takeExperimentVerdict()
        takePluginVerdict()
    }

    /// Whether there is an update to judge: a stable revision, and another template.
    var isUpdating: Bool { status.isUpdating(to: new.hash) }

    private mutating func mirrorRuns() {
        for run in status.runs.compactMap(seen.run) {
            let mirror = RunMirror(name: run.name, phase: run.phase, message: run.message)
            switch run.purpose {
            case .step: status.stepRun = changed(status.stepRun, to: mirror, "Step")
            case .background:
                status.backgroundRun = changed(status.backgroundRun, to: mirror, "Background")
            case .prePromotion:
                let before = status.blueGreen.preRun
                status.blueGreen.preRun = changed(before, to: mirror, "PrePromotion")
            case .postPromotion:
                let before = status.blueGreen.postRun
                status.blueGreen.postRun = changed(before, to: mirror, "PostPromotion")
            }
        }
    }

    private mutating func changed(_ old: RunMirror?, to new: RunMirror, _ kind: String) -> RunMirror
    {
        guard old?.phase != new.phase else { return new }
        let before = old.map(\.phase.rawValue) ?? "NoPreviousStatus"
        let isWarning = new.phase == .failed || new.phase == .error
        events.append(
            Event(
                "AnalysisRun\(new.phase.rawValue)",
                "\(kind) Analysis Run '\(new.name)' Status New: '\(new.phase.rawValue)' "
                    + "Previous: '\(before)'", isWarning: isWarning))
        return new
    }

    private mutating func take(_ run: RunMirror?, named kind: String) {
        guard let run, !status.isAborted else { return }
        switch run.phase {
        case .pending, .running, .successful:
            return
        case .failed, .error:
            let cause = "\(kind) phase error/failed"
            abort(because: run.message.isEmpty ? cause : "\(cause): \(run.message)")
        case .inconclusive:
            if !status.pauseConditions.contains(where: { $0.reason == .inconclusiveAnalysisRun }) {
                pause(.inconclusiveAnalysisRun)
            }
            note(.waitingForPerson("analysis run \(run.name) is inconclusive: \(run.message)"))
        }
    }

    mutating func pause(_ reason: PauseCondition.Reason) {
        status.pauseConditions.append(PauseCondition(reason: reason, startTime: seen.now))
        status.controllerPause = true
        events.append(Event("RolloutPaused", "Rollout is paused (\(reason.rawValue))"))
    }
}

/// The progress deadline (§2.3).
extension Draft {
    var timeoutMessage: String { "ReplicaSet \"\(new.name)\" has timed out progressing." }

    /// Whether the update made no progress for longer than its deadline. Pauses and analyses take
    /// the time they take.
    var hasTimedOut: Bool {
        guard let progressing = status[.progressing], !seen.spec.isPaused,
            status.pauseConditions.isEmpty
        else { return false }
        switch progressing.reason {
        case "ProgressDeadlineExceeded": return isUpdating || !isAvailable
        case "RolloutAborted", "RolloutPaused": return false
        default: break
        }
        if isUpdating, previewRuns.contains(where: { !$0.phase.isCompleted }) { return false }
        if isUpdating, let index = status.currentStepIndex, index < seen.canary.steps.count {
            switch seen.canary.steps[index] {
            case .pause, .analysis, .experiment: return false
            case .setWeight, .setCanaryScale, .setHeaderRoute, .setMirrorRoute, .plugin: break
            }
        }
        return (isUpdating || !isAvailable) && deadline(after: progressing) < seen.now
    }

    private var previewRuns: [RunMirror] {
        [status.blueGreen.preRun, status.blueGreen.postRun].compactMap(\.self)
    }

    func deadline(after progressing: Condition) -> Instant {
        // A restart is news, too.
        let start = max(progressing.lastUpdate, seen.dueRestart ?? progressing.lastUpdate)
        return start.advanced(bySeconds: seen.spec.progressDeadlineSeconds)
    }

    var isAvailable: Bool { status.availableReplicas >= seen.size }
}

extension Snapshot {
    func run(_ mirror: RunMirror) -> Run? { runs.first { $0.name == mirror.name } }
}
