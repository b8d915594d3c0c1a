/// Taking the pods of a workload over (rollout-semantics §1.2, decision 0027).
extension Draft {
    /// The workload's pods go once the rollout's carry what they carried, and while they go they
    /// come back as the rollout's are lost. What was taken over once is left alone: whoever scales
    /// it up again wants it back. Only pods of a template that is not stable's never stay, for
    /// nobody has judged them. A rollout that lets its Services go takes no pods away.
    mutating func takeOverWorkload() {
        actions += seen.workloadNotes
        guard let workload = seen.workload, let desired = workload.desired, seen.size > 0,
            workload.scaleDown != .never, !seen.rollout.letsGo
        else { return }
        let isJudged = status.stableHash == new.hash
        if !isJudged, desired > 0, servesItself, carriedPods >= seen.size {
            scaleWorkload(from: desired, to: 0, workload.adoption.begun(with: desired))
        } else if workload.adoption == .over {
            return
        } else if isTakenOver {
            scaleWorkload(from: desired, to: 0, .over)
        } else if workload.scaleDown == .progressively, isJudged || carriedPods > 0 {
            keepStep(workload, desired)
        }
    }

    /// As many pods as the rollout's do not carry yet, and never more than there were.
    private mutating func keepStep(_ workload: Workload, _ desired: Int) {
        if workload.adoption == .untouched, desired == 0 || carriedPods == 0 { return }
        let adoption = workload.adoption.begun(with: desired)
        guard case .underWay(let before) = adoption else { return }
        let wanted = min(before, max(0, seen.size - carriedPods))
        if wanted > desired, status.stableHash != new.hash { return }
        if wanted != desired { scaleWorkload(from: desired, to: wanted, adoption) }
    }

    /// Whether the rollout carries everything, long enough for every proxy to know.
    private var isTakenOver: Bool {
        mutating get {
            guard status.phase == .healthy, servesItself, carriedPods >= seen.size,
                let healthy = status[.healthy], healthy.truth == .yes
            else { return false }
            let end = healthy.lastTransition.advanced(bySeconds: adoptionDelaySeconds)
            if end > seen.now { look(at: end) }
            return end <= seen.now
        }
    }

    /// As long as the pods of a previous revision would stay.
    private var adoptionDelaySeconds: Int {
        switch seen.spec.strategy {
        case .canary(let canary): canary.hasRouter ? canary.scaleDownDelaySeconds : 0
        case .blueGreen(let plan): plan.scaleDownDelaySeconds
        }
    }

    /// Whether the service of production leads to the rollout's pods alone.
    private var servesItself: Bool {
        switch seen.spec.strategy {
        case .canary: isStableBound
        case .blueGreen(let plan): seen.activeHash(plan) == status.stableHash
        }
    }

    /// The pods that can take over what the workload's carried.
    private var carriedPods: Int { seen.podsInPlaceOfWorkload(stable: status.stableHash) }

    private mutating func scaleWorkload(
        from before: Int, to wanted: Int, _ adoption: Workload.Adoption
    ) {
        actions.append(.scaleWorkload(from: before, to: wanted, adoption))
        guard before != wanted else { return }
        let direction = before < wanted ? "up" : "down"
        events.append(
            Event(
                "ScalingWorkload",
                "Scaled \(direction) the referenced workload from \(before) to \(wanted)"))
    }

    /// Said in place of health while pods of the workload are still there to go.
    mutating func noteLeftPods() {
        guard let left = seen.workload?.leftPods, left > 0, seen.size > 0, !seen.rollout.letsGo
        else { return }
        note(.takingOver(pods: left))
    }
}

extension Snapshot {
    /// The available pods that production traffic reaches without the workload: stable's, or all
    /// of the rollout's where traffic follows the pods.
    func podsInPlaceOfWorkload(stable hash: String) -> Int {
        let living = replicaSets.filter { !$0.isDeleting }
        let sharesPods = spec.blueGreen == nil && !canary.hasRouter
        return living.filter { sharesPods || $0.hash == hash }.reduce(0) { $0 + $1.available }
    }

    /// I12: the workload's pods go no faster than the rollout's come.
    func brokenAdoption(_ decision: Decision) -> [String] {
        decision.actions.compactMap { action in
            guard case .scaleWorkload(let from, let to, _) = action, to < from else { return nil }
            let pods = podsInPlaceOfWorkload(stable: decision.status.stableHash)
            return to + pods >= min(size, from)
                ? nil : "I12: the workload shrinks to \(to) while \(pods) of \(size) pods carry it"
        }
    }
}
