/// What to do about a rollout: the one place that chooses (rollout-semantics §4). Pure: the same
/// snapshot always gives the same decision, and a decision whose effects are all there already has
/// no actions.
package func decide(_ seen: Snapshot) -> Decision {
    if let refusal = seen.refusal {
        return refused(refusal, seen)
    }
    guard seen.spec.replicas != nil else {
        return Decision(
            status: seen.rollout.status, actions: [.setRolloutReplicas(seen.defaultSize)],
            reason: .writingDefaultReplicas(seen.defaultSize))
    }
    if let decision = takingBack(seen) { return decision }
    guard let new = seen.new else {
        return givingBackFirst(seen) ?? createReplicaSet(seen)
    }
    var draft = Draft(seen, new: new)
    draft.alignRevision()
    draft.takePluginAnswer()
    draft.noticeChanges()
    draft.takeCommands()
    draft.takeVerdicts()

    switch draft.course() {
    case .settled:
        draft.settle()
    case .aborted(let cause):
        draft.giveBack(because: cause)
    case .promotingFully:
        draft.promoteFully()
    case .stepping(let index):
        draft.takeStep(index)
    case .finishing:
        draft.finish()
    case .serving(let plan):
        draft.serve(plan)
    case .previewing(let plan):
        draft.preview(plan)
    case .proving(let plan):
        draft.prove(plan)
    case .switchingBack(let plan, let cause):
        draft.switchBack(plan, because: cause)
    }
    draft.giveBackFormer()
    draft.moveRoutes()
    draft.lookAtRouters()
    draft.noteRouters()
    draft.noteStablePods()
    draft.markPromoted()
    draft.endPlugins()
    draft.tidyRuns()
    draft.tidyExperiments()
    draft.tidyReplicaSets()
    draft.dressPods()
    draft.restartPods()
    draft.describe()
    draft.takeOverWorkload()
    return draft.decision
}

/// Where a rollout is on its way. The cases exclude each other; a new one does not compile until it
/// is answered.
enum Course: Hashable {
    /// The present template is stable: the initial deploy, a finished update, or a return to
    /// stable.
    case settled
    /// Traffic belongs to stable, whatever the template says.
    case aborted(String)
    /// A person asked for everything at once.
    case promotingFully
    /// Working on the step with this index.
    case stepping(Int)
    /// All steps are done: everything moves to the new revision, then it becomes stable.
    case finishing
    /// Blue-green: the present template is stable, and the active service belongs to it.
    case serving(BlueGreen)
    /// Blue-green: the new revision is tried beside the stable one, which serves.
    case previewing(BlueGreen)
    /// Blue-green: the new revision serves, and is to prove itself before it is stable.
    case proving(BlueGreen)
    /// Blue-green: the active service belongs to stable, whatever the template says.
    case switchingBack(BlueGreen, String)
}

extension Draft {
    func course() -> Course {
        switch seen.spec.strategy {
        case .canary: canaryCourse
        case .blueGreen(let plan): course(plan)
        }
    }

    private func course(_ plan: BlueGreen) -> Course {
        if status.stableHash.isEmpty || status.stableHash == new.hash { return .serving(plan) }
        if status.isAborted { return .switchingBack(plan, abortCause) }
        return seen.activeHash(plan) == new.hash ? .proving(plan) : .previewing(plan)
    }

    private var canaryCourse: Course {
        if status.stableHash.isEmpty || status.stableHash == new.hash { return .settled }
        if status.promoteFull { return .promotingFully }
        if status.isAborted { return .aborted(abortCause) }
        guard let index = status.currentStepIndex, index < seen.canary.steps.count else {
            return .finishing
        }
        return .stepping(index)
    }
}
