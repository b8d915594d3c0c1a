/// A document that cannot be followed: it is said, and nothing that runs is touched (§8). Only a
/// release that has to be given up still gives its traffic back: a bad verdict and an abort are
/// about what runs, and do not wait until the document is mended.
func refused(_ refusal: String, _ seen: Snapshot) -> Decision {
    var decision =
        givenUp(seen)
        ?? Decision(status: seen.rollout.status, reason: .refused(refusal))
    let known = seen.rollout.status[.invalidSpec].flatMap { $0.message == refusal ? $0 : nil }
    if known == nil || decision.status[.invalidSpec] == nil {
        decision.status.conditions.removeAll { $0.type == .invalidSpec }
        decision.status.conditions.append(
            known
                ?? Condition(
                    type: .invalidSpec, truth: .yes, reason: "InvalidSpec", message: refusal,
                    lastUpdate: seen.now, lastTransition: seen.now))
    }
    if let told = refusalToTell(
        refusal, inFull: seen.refusalInFull, stored: known?.message, told: seen.memory.toldRefusal)
    {
        decision.events.append(told)
        decision.events += seen.missing
    }
    decision.status.observedGeneration = String(seen.rollout.generation)
    decision.status.workloadObservedGeneration =
        seen.workload.map { String($0.generation) }
        ?? seen.rollout.status.workloadObservedGeneration
    decision.actions += seen.workloadNotes
    decision.status.phase = .degraded
    decision.status.message = "InvalidSpec: \(refusal)"
    decision.lookAgain = seen.now.advanced(bySeconds: refusalRetrySeconds)
    return decision
}

/// The event of a refusal: once for each text. Others may write into the document as often as they
/// like, an autoscaler every few seconds, and people are told of each event.
///
/// - Parameters:
///   - stored: what the status says of it.
///   - told: what this process has told; a new one goes by the status alone.
func refusalToTell(
    _ refusal: String, inFull: String?, stored: String?, told: String?
) -> Event? {
    let text = inFull ?? refusal
    if stored == refusal, told == nil || told == text { return nil }
    return Event("InvalidSpec", text, isWarning: true)
}

/// What a document refers to may appear without an event that names the rollout, so it is looked at
/// again (§8).
private let refusalRetrySeconds = 20

/// A server may refuse the next revision's ReplicaSet for as long as it likes, and the release in
/// progress is judged all the same. Nil where there is nothing to give back that was not given back
/// already: then the next revision may come.
func givingBackFirst(_ seen: Snapshot) -> Decision? {
    guard var decision = givenUp(seen) else { return nil }
    guard seen.rollout.status.isAborted else { return decision }
    // A router that already carries what stable leaves to it, and only cannot be written, holds up
    // no revision.
    let isDone = decision.actions.allSatisfy { action in
        if case .setRoutes = action { return true }
        guard case .route = action else { return false }
        return seen.unreadable != nil || !action.givesBack(in: seen)
    }
    if isDone { return nil }
    // A command that met the new template holds for the new revision too, so it stays untaken.
    decision.status.abortedAt = seen.rollout.status.abortedAt
    return decision
}

/// The abort of the release in progress, as far as it needs no document: its traffic, and the pods
/// that take it. Nil where nothing is to be given up.
private func givenUp(_ seen: Snapshot) -> Decision? {
    guard let current = seen.current, seen.rollout.status.stableHash != current.hash else {
        return nil
    }
    var seen = seen
    // The size may be what cannot be read.
    seen.rollout.spec.replicas = seen.spec.replicas ?? seen.stable?.rolloutReplicas
    var draft = Draft(seen, new: current)
    draft.takePluginAnswer()
    draft.takeCommands()
    draft.takeVerdicts()
    guard draft.status.isAborted else { return nil }
    if let plan = seen.spec.blueGreen {
        draft.giveUp(plan)
        draft.note(.aborted(draft.abortMessage, evidence: draft.abortEvidence))
    } else {
        draft.giveBackOnly()
        draft.moveRoutes()
    }
    draft.endPlugins()
    draft.describe()
    return draft.decision
}
