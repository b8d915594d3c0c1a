/// P12: what a decision changes in the course of a rollout, and tells by no event. Counts,
/// conditions and messages follow from what is told and from what pods do; these have the reason of
/// the decision.
package func untoldChanges(by decision: Decision, _ seen: Snapshot) -> [String] {
    let before = seen.rollout.status, after = decision.status
    let told = Set(decision.events.map(\.reason))
    func untold(_ isChanged: Bool, _ what: String, _ reasons: [String]) -> [String] {
        isChanged && told.isDisjoint(with: reasons) ? ["P12: nothing tells of \(what)"] : []
    }
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
        + untold(before.abortedAt == nil && after.abortedAt != nil, "an abort", ["RolloutAborted"])
        + untold(
            isSamePlan && (before.currentStepIndex ?? 0) < (after.currentStepIndex ?? 0), "a step",
            ["RolloutStepCompleted", "RolloutCompleted"])
        + untold(
            !Set(after.pauseConditions).isSubset(of: before.pauseConditions), "a pause",
            ["RolloutPaused"])
        + untold(
            weight != nil && before.weights?.canary.weight != weight, "a weight",
            ["TrafficWeightUpdated"])
        + after.runs.flatMap { run in
            let known = before.runs.first { $0.name == run.name }
            return untold(
                known.map { $0.phase != run.phase } ?? false, run.name,
                ["AnalysisRun\(run.phase.rawValue)"])
        }
}
