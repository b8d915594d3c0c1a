/// What changed since the status was written: the revision, the template, the steps (§3.4, §4.7).
extension Draft {
    /// Gives the new ReplicaSet the highest revision, and the rollout that of its new ReplicaSet.
    mutating func alignRevision() {
        let wanted = seen.revision(of: new)
        if new.revision < wanted {
            actions.append(
                .setReplicaSetRevision(
                    name: new.name, revision: wanted, history: new.revisionHistory + [new.revision])
            )
            events.append(Event("RolloutUpdated", "Rollout updated to revision \(wanted)"))
        }
        if seen.rollout.revision != wanted { actions.append(.setRolloutRevision(wanted)) }
        if new.minReadySeconds != seen.spec.minReadySeconds {
            actions.append(.setMinReadySeconds(replicaSet: new.name, seen.spec.minReadySeconds))
        }
    }

    /// What became stable may be returned to within the window, and what was given up may not.
    mutating func markPromoted() {
        guard seen.spec.rollbackWindow != nil else { return }
        let isTrusted = status.stableHash == new.hash || (new.wasPromoted && !status.isAborted)
        if isTrusted != new.wasPromoted {
            actions.append(.markPromoted(replicaSet: new.name, isTrusted))
        }
    }

    /// Starts again at the first step when the template or the steps changed.
    mutating func noticeChanges() {
        let before = seen.rollout.status
        status.currentPodHash = new.hash
        status.currentStepHash = seen.spec.stepsHash
        let steps = seen.canary.steps
        let isFirst = before.currentPodHash.isEmpty
        let templateChanged = !isFirst && before.currentPodHash != new.hash
        let stepsChanged =
            !before.currentStepHash.isEmpty && before.currentStepHash != seen.spec.stepsHash
        if isFirst {
            status.currentStepIndex = steps.isEmpty ? nil : 0
        } else if templateChanged || stepsChanged {
            if templateChanged { endRestart() }
            reset()
            if status.stableHash != new.hash {
                note(templateChanged ? revisionStarts : .stepsChanged)
            } else if templateChanged {
                note(.rollingBackToStable)
            }
        } else if steps.isEmpty {
            status.currentStepIndex = nil
        } else {
            status.currentStepIndex = min(max(status.currentStepIndex ?? 0, 0), steps.count)
        }
        if isFirst || templateChanged {
            announceStart()
        }
        forgetOtherStepsPause()
        forgetOtherStepsRun()
        forgetOtherStepsExperiment()
    }

    /// Whether others have moved the index since this process wrote it. A fresh one cannot tell.
    var hasMovedOn: Bool {
        seen.memory.lastStepIndex.map { $0 != seen.rollout.status.currentStepIndex } ?? false
    }

    private var revisionStarts: Reason {
        switch seen.spec.strategy {
        case .canary:
            seen.isWithinRollbackWindow
                ? .returning(revision: revision) : .revisionChanged(revision: revision)
        case .blueGreen:
            isReturn ? .returning(revision: revision) : .previewStarts(revision: revision)
        }
    }

    /// A step that was skipped takes its pause with it (§4.9): the next one has a time of its own.
    private mutating func forgetOtherStepsPause() {
        let steps = seen.canary.steps
        guard !status.isAborted, let index = status.currentStepIndex else { return }
        if !hasMovedOn, steps.indices.contains(index), case .pause = steps[index] { return }
        leave(.canaryPauseStep)
    }

    /// Ends a pause with the step that it belonged to. That is no resume.
    mutating func leave(_ reason: PauseCondition.Reason) {
        guard status.pauseConditions.contains(where: { $0.reason == reason }) else { return }
        status.pauseConditions.removeAll { $0.reason == reason }
        status.controllerPause = !status.pauseConditions.isEmpty
    }

    /// A step that was skipped takes its analysis run with it: the run is not the present step's
    /// (§4.12).
    private mutating func forgetOtherStepsRun() {
        guard !status.isAborted, let mirror = status.stepRun,
            let index = status.currentStepIndex
        else { return }
        let isOfThisStep =
            seen.run(mirror).map { $0.purpose == .step(index) }
            ?? mirror.name.isOrExtends("\(seen.rollout.name)-\(new.hash)-\(revision)-\(index)")
        if isOfThisStep { return }
        status.stepRun = nil
        if mirror.phase == .inconclusive, status.backgroundRun?.phase != .inconclusive {
            leave(.inconclusiveAnalysisRun)
        }
    }

    /// A restart ends with the revision that it was asked for (§4.7), also one whose time has not
    /// come: of another template all pods are new, and those that go are not worth it. One that has
    /// pods already is restarted.
    private mutating func endRestart() {
        guard let restart = seen.restart, new.desired == 0, new.replicas == 0 else { return }
        status.restartedAt = restart
    }

    private mutating func reset() {
        // A retry that came with the change leaves as much to be taken back as the abort did.
        let wasAborted = status.isAborted || status.abortedAt != nil
        leavePlugins(by: wasAborted ? .abort : .terminate)
        status.pauseConditions = []
        status.controllerPause = false
        // An abort that no turn has seen yet is a command, and no command is lost; an old one ends
        // with its revision.
        if status.abortedAt != nil { status.isAborted = false }
        status.abortedAt = nil
        status.promoteFull = false
        status.stepRun = nil
        status.currentExperiment = ""
        status.backgroundRun = nil
        startPreviewAgain()
        let skipsSteps = status.stableHash == new.hash || seen.isWithinRollbackWindow
        let count = seen.canary.steps.count
        status.currentStepIndex = count == 0 ? nil : skipsSteps ? count : 0
    }

    /// What the preview of another revision, or of an earlier attempt, came to counts no more.
    mutating func startPreviewAgain() {
        status.blueGreen.previewIsOver = false
        status.blueGreen.preRun = nil
        status.blueGreen.postRun = nil
    }

    private mutating func announceStart() {
        if status.stableHash == new.hash {
            events.append(Event("SkipSteps", "Rollback to stable ReplicaSets"))
        } else if seen.isWithinRollbackWindow {
            events.append(
                Event("SkipSteps", "Rollback to active ReplicaSets within RollbackWindow"))
        } else {
            events.append(
                Event(
                    "RolloutNotCompleted",
                    "Rollout not completed, started update to revision \(revision) (\(new.hash))"))
        }
    }
}

extension Memory {
    /// Takes down at which step a stored status leaves the rollout. One of a document that cannot
    /// be followed has taken no command: an index that others raised is still to be noticed.
    package mutating func stored(_ status: Status) {
        guard lastStepIndex == nil || status[.invalidSpec] == nil else { return }
        lastStepIndex = status.currentStepIndex
    }
}

extension String {
    /// Whether this is the name of a run, or that name with the `.1`, `.2` … of a later one.
    func isOrExtends(_ name: String, by separator: String = ".") -> Bool {
        self == name || hasPrefix("\(name)\(separator)")
    }

    /// This name, or the first of its `.1`, `.2` … that nobody has.
    func free(of taken: Set<String>, by separator: String = ".") -> String {
        if !taken.contains(self) { return self }
        let number = (1...).first { !taken.contains("\(self)\(separator)\($0)") } ?? 1
        return "\(self)\(separator)\(number)"
    }
}
