/// What people asked for through the status: abort, retry, promote, resume (§4.9–4.12, §7.6).
extension Draft {
    mutating func takeCommands() {
        if status.stableHash == new.hash || status.stableHash.isEmpty {
            // There is nothing to give back: an abort of a finished rollout changes nothing.
            status.isAborted = false
            status.abortedAt = nil
            status.promoteFull = false
            return
        }
        // An abort that no turn has seen yet wins, whichever came first: a promotion can be said
        // again.
        if status.isAborted, status.abortedAt == nil { status.promoteFull = false }
        if status.promoteFull {
            status.isAborted = false
            status.abortedAt = nil
            status.pauseConditions = []
            status.controllerPause = false
            // As if all steps were done: none of them holds up the deadline (§4.6).
            status.currentStepIndex = seen.canary.steps.isEmpty ? nil : seen.canary.steps.count
            return
        }
        if let latch = seen.memory.latch, latch.hash == new.hash {
            abort(because: latch.cause)
        } else if status.isAborted {
            abort(because: seen.rollout.status.storedAbortCause)
        } else if status.abortedAt != nil {
            retry()
        }
        takeResume()
    }

    private mutating func retry() {
        isRetry = true
        leavePlugins(by: .abort)
        status.abortedAt = nil
        // A promotion that came before the retry, while nobody looked, cannot be told from one that
        // followed it. The aborted version passes no step unseen; a promotion can be repeated.
        status.currentStepIndex = seen.canary.steps.isEmpty ? nil : 0
        status.stepRun = nil
        status.currentExperiment = ""
        status.backgroundRun = nil
        status.pauseConditions = []
        status.controllerPause = false
        startPreviewAgain()
        note(seen.spec.blueGreen == nil ? .retrying : .retryingPreview)
    }

    /// `controllerPause` without conditions is the signal that a person resumed. It ends the pause
    /// of the step that was paused; where the same command also moved the index on, that step's own
    /// pause still has to come.
    private mutating func takeResume() {
        guard status.controllerPause, status.pauseConditions.isEmpty, !status.isAborted else {
            return
        }
        status.controllerPause = false
        if !seen.spec.isPaused { note(.resumed) }
        pauseWasEnded = !hasMovedOn
        // A person who resumes after an inconclusive analysis asks for a new one.
        if status.stepRun?.phase == .inconclusive { status.stepRun = nil }
        if status.backgroundRun?.phase == .inconclusive { status.backgroundRun = nil }
        if seen.currentExperiment?.phase == .inconclusive { status.currentExperiment = "" }
        takeNewPreviewRuns()
    }

    /// What was resumed is the inconclusive run, and not the preview's own pause.
    private mutating func takeNewPreviewRuns() {
        if status.blueGreen.preRun?.phase == .inconclusive {
            status.blueGreen.preRun = nil
            pauseWasEnded = false
        }
        if status.blueGreen.postRun?.phase == .inconclusive {
            status.blueGreen.postRun = nil
            pauseWasEnded = false
        }
    }

    /// Gives the rollout up: the pauses end, the steps start again, traffic belongs to stable
    /// (§4.10).
    mutating func abort(because cause: String) {
        let isNews = seen.rollout.status.abortedAt == nil
        abortCause = cause
        status.isAborted = true
        status.abortedAt = status.abortedAt ?? seen.now
        status.pauseConditions = []
        status.controllerPause = false
        status.currentStepIndex = seen.canary.steps.isEmpty ? nil : 0
        if isNews {
            events.append(Event("RolloutAborted", abortMessage, isWarning: true))
        }
    }

    /// The numbers of the run that ended the update; empty where a person or the clock did.
    var abortEvidence: String {
        status.runs.compactMap(seen.run)
            .first { $0.phase == .failed || $0.phase == .error }
            .map { $0.evidence.isEmpty ? "" : "\($0.evidence) (analysis run \($0.name))" } ?? ""
    }

    var abortMessage: String {
        let message = "Rollout aborted update to revision \(revision)"
        return abortCause.isEmpty ? message : "\(message): \(abortCause)"
    }
}

extension Status {
    /// The cause that the condition of an abort gives; empty where there is none.
    package var storedAbortCause: String {
        guard let condition = self[.progressing], condition.reason == "RolloutAborted" else {
            return ""
        }
        guard let colon = condition.message.firstRange(of: ": ") else { return "" }
        return String(condition.message[colon.upperBound...])
    }
}

extension String {
    /// Where `part` first occurs.
    fileprivate func firstRange(of part: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) {
                return start..<index(start, offsetBy: part.count)
            }
            start = index(after: start)
        }
        return nil
    }
}
