/// What clients read of an experiment beside its phase.
extension ExperimentDraft {
    /// The condition Progressing (§8.4).
    mutating func describe() {
        guard seen.refusal == nil else { return }
        let subject = "Experiment \"\(experiment.name)\""
        switch status.phase {
        case nil, .pending:
            set(.progressing, .yes, "ReplicaSetUpdated", "\(subject) is progressing.")
        case .running:
            set(.progressing, .yes, "NewReplicaSetAvailable", "\(subject) is running.")
        case .successful:
            set(
                .progressing, .no, "ExperimentCompleted",
                "\(subject) has successfully ran and completed.")
        case .failed?, .error?, .inconclusive?:
            let phase = status.phase?.rawValue ?? ""
            set(.progressing, .no, "ExperimentCompleted", "\(subject) has ended as \(phase).")
        }
    }

    /// The document cannot be followed: it is said, and only what is to be stopped is stopped.
    mutating func refuse(_ why: String) {
        let known = experiment.status.conditions.first { $0.type == .invalidExperimentSpec }
        if let told = refusalToTell(
            why, inFull: seen.refusalInFull, stored: known?.message, told: seen.toldRefusal)
        {
            events.append(told)
        }
        set(.invalidExperimentSpec, .yes, "InvalidSpec", why)
        if isEnding { terminateRuns() }
        note(.refused(why))
    }

    private mutating func set(
        _ type: Condition.Kind, _ truth: Condition.Truth, _ reason: String, _ message: String
    ) {
        let before = experiment.status.conditions.first { $0.type == type }
        if let before, before.truth == truth, before.reason == reason, before.message == message {
            if !status.conditions.contains(before) { status.conditions.append(before) }
            return
        }
        let changed = before?.truth == truth ? before?.lastTransition : nil
        status.conditions.removeAll { $0.type == type }
        status.conditions.append(
            Condition(
                type: type, truth: truth, reason: reason, message: message, lastUpdate: seen.now,
                lastTransition: changed ?? seen.now))
    }
}
