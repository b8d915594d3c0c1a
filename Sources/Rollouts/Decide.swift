/// What to do about a rollout: the one place that chooses (rollout-semantics §4). Pure: the same
/// snapshot always gives the same decision, and a decision whose effects are all there already has
/// no actions.
package func decide(_ seen: Snapshot) -> Decision {
    if let refusal = seen.refusal {
        return refused(refusal, seen)
    }
    guard seen.spec.replicas != nil else {
        return Decision(
            status: seen.rollout.status, actions: [.setRolloutReplicas(1)],
            reason: .writingDefaultReplicas)
    }
    guard let new = seen.new else {
        return givingBackFirst(seen) ?? createReplicaSet(seen)
    }
    var draft = Draft(seen, new: new)
    draft.alignRevision()
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
    }
    draft.noteStablePods()
    draft.tidyRuns()
    draft.tidyReplicaSets()
    draft.describe()
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
}

extension Draft {
    func course() -> Course {
        if status.stableHash.isEmpty || status.stableHash == new.hash { return .settled }
        if status.promoteFull { return .promotingFully }
        if status.isAborted { return .aborted(abortCause) }
        guard let index = status.currentStepIndex, index < seen.canary.steps.count else {
            return .finishing
        }
        return .stepping(index)
    }
}
