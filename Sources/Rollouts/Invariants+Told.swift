/// P12: what a decision begins or ends in the course of a rollout and tells by no event. Counts,
/// conditions and messages follow from what is told and from what pods do; what a person ordered,
/// as a retry or other steps, is known to whoever ordered it.
package func untoldChanges(by decision: Decision, _ seen: Snapshot) -> [String] {
    let news = News(before: seen.rollout.status, after: decision.status, events: decision.events)
    return news.untoldCourse + news.untoldJudgements
        + decision.actions.flatMap(news.untoldActs)
}

/// What a decision changes, and the events that tell of it.
private struct News {
    let before: Status
    let after: Status
    let events: [Event]

    /// - Parameter subject: what an event has to name, where several may be told at once.
    private func untold(
        _ isChanged: Bool, _ what: String, _ reasons: [String], naming subject: String = ""
    ) -> [String] {
        guard isChanged else { return [] }
        let isTold = events.contains { event in
            reasons.contains(event.reason)
                && (subject.isEmpty || event.message.contains(subject))
        }
        return isTold ? [] : ["P12: nothing tells of \(what)"]
    }

    var untoldCourse: [String] {
        // What is settled takes no step: its index is only put right.
        let isSamePlan =
            before.currentPodHash == after.currentPodHash
            && before.currentStepHash == after.currentStepHash
            && before.stableHash != before.currentPodHash
        let weight = after.weights?.canary.weight
        return untold(
            before.currentPodHash != after.currentPodHash, "a revision",
            ["RolloutNotCompleted", "SkipSteps"])
            + untold(before.stableHash != after.stableHash, "a promotion", ["RolloutCompleted"])
            + untold(
                before.abortedAt == nil && after.abortedAt != nil, "an abort", ["RolloutAborted"])
            + untold(
                isSamePlan && !after.promoteFull
                    && (before.currentStepIndex ?? 0) < (after.currentStepIndex ?? 0),
                "a step", ["RolloutStepCompleted", "RolloutCompleted"])
            + untold(
                !Set(after.pauseConditions).isSubset(of: before.pauseConditions), "a pause",
                ["RolloutPaused"])
            + untold(
                weight != nil && before.weights?.canary.weight != weight, "a weight",
                ["TrafficWeightUpdated"])
    }

    /// A run begins as one that is pending, which says nothing yet.
    var untoldJudgements: [String] {
        after.runs.flatMap { run in
            let known = before.runs.first { $0.name == run.name }
            return untold(
                (known?.phase ?? .pending) != run.phase, run.name,
                ["AnalysisRun\(run.phase.rawValue)"], naming: "'\(run.name)'")
        }
    }

    func untoldActs(_ action: Action) -> [String] {
        switch action {
        case .bind(let service, _, _):
            untold(true, "service \(service)", ["SwitchService"], naming: "'\(service)'")
        case .scale(let name, let from, let to):
            untold(from != to, "the size of \(name)", ["ScalingReplicaSet"], naming: " \(name) ")
        case .startExperiment(let name, _):
            untold(true, "experiment \(name)", ["ExperimentCreated"], naming: "'\(name)'")
        case .createReplicaSet(let hash, _):
            untold(true, "ReplicaSet \(hash)", ["NewReplicaSetCreated"], naming: hash)
        case .setRolloutReplicas, .noteWorkload, .scaleWorkload, .setRolloutRevision,
            .setReplicaSetRevision, .setMinReadySeconds, .delayScaleDown, .cancelScaleDown,
            .markPromoted, .setPodMetadata, .updatePods, .separate, .deleteReplicaSet, .route,
            .noteRouters, .setRoutes, .startRun, .terminateRun, .deleteRun, .evict,
            .terminateExperiment, .deleteExperiment, .askExtension:
            []
        }
    }
}
