/// What has to happen before a blue-green rollout moves its traffic (rollout-semantics §4.4, §4.8).
extension Draft {
    /// A return to a revision that was stable a moment ago and still has its pods needs no trial,
    /// and neither does one within the rollback window.
    var isReturn: Bool {
        let wasStableJustNow = new.wasStable && new.scaleDownDeadline != nil
        return (wasStableJustNow || seen.isWithinRollbackWindow) && !isRetry
    }

    /// Whether nothing is judged or waited for but pods: on request and on a return. That stable's
    /// ReplicaSet was deleted makes no revision a good one.
    var isUngated: Bool { status.promoteFull || isReturn }

    mutating func isPreviewOver(_ plan: BlueGreen) -> Bool {
        if status.blueGreen.previewIsOver || isUngated {
            endPreviewPause()
            return true
        }
        if plan.judgesPreview, !isJudgedGood(status.blueGreen.preRun, .prePromotion) {
            return false
        }
        switch plan.promotion {
        case .automatic(afterSeconds: 0):
            endPreviewPause()
            return true
        case .automatic(let seconds): return isPauseOver(after: seconds)
        case .byHand: return isPauseOver(after: nil)
        }
    }

    private mutating func isPauseOver(after seconds: Int?) -> Bool {
        if !status.pauseConditions.contains(where: { $0.reason == .blueGreenPause }) {
            pause(.blueGreenPause)
        }
        let start = status.pauseConditions.first { $0.reason == .blueGreenPause }?.startTime
        let end = seconds.flatMap { start?.advanced(bySeconds: $0) }
        if let end, end <= seen.now {
            endPreviewPause()
            return true
        }
        if let end { look(at: end) }
        note(.paused(until: end))
        return false
    }

    private mutating func endPreviewPause() {
        status.pauseConditions.removeAll { $0.reason == .blueGreenPause }
        status.controllerPause = !status.pauseConditions.isEmpty
    }

    /// Starts the run where there is none, and waits for its verdict. A bad one never comes here.
    mutating func isJudgedGood(_ mirror: RunMirror?, _ purpose: Run.Purpose) -> Bool {
        guard let mirror else {
            start(purpose)
            return false
        }
        if mirror.phase == .successful { return true }
        if seen.run(mirror) == nil {
            start(purpose, named: mirror.name)
        } else {
            note(.analysisRunning(mirror.name))
        }
        return false
    }

    /// Traffic went back to stable, and no status says why: a process was killed in the middle of
    /// an abort, or somebody moved the service by hand. It is not taken forward again unasked.
    mutating func noticeForeignReturn(_ plan: BlueGreen) {
        let before = seen.rollout.status
        guard before.currentPodHash == new.hash, before.blueGreen.activeHash == new.hash,
            !isRetry, !isUngated
        else { return }
        status.blueGreen.previewIsOver = false
        status.blueGreen.preRun = nil
        status.blueGreen.postRun = nil
        if !status.pauseConditions.contains(where: { $0.reason == .inconclusiveAnalysisRun }) {
            pause(.inconclusiveAnalysisRun)
        }
        note(.waitingForPerson("service \(plan.activeService) was moved back to stable"))
    }
}
