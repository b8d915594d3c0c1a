/// The first act of a new revision: its ReplicaSet, with no pods yet (§3.3). The status follows
/// once it is there.
func createReplicaSet(_ seen: Snapshot) -> Decision {
    let name = "\(seen.rollout.name)-\(seen.spec.templateHash)"
    if seen.taken.replicaSets.contains(name) { return takeAnotherHash(seen, insteadOf: name) }
    let told = seen.rollout.status[.progressing].flatMap { condition in
        condition.reason == creationFailed && condition.message.hasPrefix(failure(of: name))
            ? condition.message : nil
    }
    if let refused = seen.memory.refusedReplicaSet, refused.hash == seen.spec.templateHash {
        let message = failure(of: name) + refused.why
        if told != message { return tell(message, seen) }
    }
    let revision = nextRevision(seen.replicaSets)
    return Decision(
        status: seen.rollout.status,
        actions: seen.workloadNotes + [
            .createReplicaSet(hash: seen.spec.templateHash, revision: revision),
            .setRolloutRevision(revision),
        ],
        reason: told.map(Reason.cannotCreate) ?? .creatingReplicaSet(revision: revision),
        events: [
            Event("RolloutUpdated", "Rollout updated to revision \(revision)"),
            Event("NewReplicaSetCreated", "Created ReplicaSet \(name) (revision \(revision))"),
        ])
}

/// The number of collisions salts the hash, and with it the name (§3.1).
private func takeAnotherHash(_ seen: Snapshot, insteadOf name: String) -> Decision {
    var status = seen.rollout.status
    status.collisionCount = (status.collisionCount ?? 0) + 1
    return Decision(status: status, reason: .nameTaken(name))
}

/// What became of the last attempt; the next one follows in the next turn. The hash of the new
/// revision stays out of the status: its steps begin with its ReplicaSet.
private func tell(_ message: String, _ seen: Snapshot) -> Decision {
    var status = seen.rollout.status
    let before = status[.progressing].flatMap { $0.truth == .no ? $0.lastTransition : nil }
    status.conditions.removeAll { $0.type == .progressing || $0.type == .invalidSpec }
    status.conditions.append(
        Condition(
            type: .progressing, truth: .no, reason: creationFailed, message: message,
            lastUpdate: seen.now, lastTransition: before ?? seen.now))
    status.observedGeneration = String(seen.rollout.generation)
    var expected = status
    expected.updatedReplicas = 0
    (status.phase, status.message) = phase(of: expected, seen.spec, size: seen.size)
    return Decision(
        status: status, reason: .cannotCreate(message),
        events: [Event(creationFailed, message, isWarning: true)])
}

/// Reason of the condition and of the event (§2.3, §7.5).
private let creationFailed = "ReplicaSetCreateError"

private func failure(of name: String) -> String { "Failed to create new replica set \"\(name)\": " }

/// One more than the highest revision among `replicaSets` (§3.4).
func nextRevision(_ replicaSets: [ReplicaSet]) -> Int {
    (replicaSets.map(\.revision).max() ?? 0) + 1
}
