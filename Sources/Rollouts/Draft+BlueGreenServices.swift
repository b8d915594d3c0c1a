/// The services of a blue-green rollout, and the pods behind them (rollout-semantics §2.1, §3.5).
extension Draft {
    /// What clients read of the services: where they lead, and how the active side stands.
    mutating func noteServices(_ plan: BlueGreen) {
        status.blueGreen.activeHash = seen.leadingHash(plan.activeService)
        status.blueGreen.previewHash = seen.leadingHash(plan.previewService)
        guard let active = seen.active(plan) else { return }
        status.readyReplicas = active.ready
        status.availableReplicas = active.available
        status.hpaReplicas = active.replicas
        if !active.selector.isEmpty { status.selector = active.selector }
    }

    mutating func bind(_ service: String, to set: ReplicaSet) {
        guard let before = seen.service(service), before.hash != set.hash, !seen.isLetGo(service)
        else { return }
        actions.append(.bind(service: service, from: before.hash, to: set.hash))
        announceSwitch(service, from: before.hash, to: set.hash)
    }

    /// I3: the preview moves to pods that are there; until then the old preview stays (§9.3).
    mutating func bindPreview(_ plan: BlueGreen, to set: ReplicaSet) {
        guard let service = plan.previewService, set.available > 0 || seen.size == 0 else { return }
        bind(service, to: set)
    }

    /// While a revision is tried, the active service belongs to stable: also where it led to a
    /// third revision, which was never proved, or nowhere.
    mutating func returnActive(_ plan: BlueGreen) {
        guard let stable = seen.stable, seen.activeHash(plan) != stable.hash,
            seen.mayServe(stable, plan)
        else { return }
        bind(plan.activeService, to: stable)
    }

    /// Traffic that goes back does not wait for the status, and the status says where it went.
    mutating func switchActive(_ plan: BlueGreen, backTo stable: ReplicaSet) {
        order = .together
        status.blueGreen.activeHash = stable.hash
        bind(plan.activeService, to: stable)
    }

    /// A service that the document named when it moved, and names no more, or misspells, goes back
    /// like the others.
    mutating func giveBackFormerServices(to stable: ReplicaSet) {
        for service in seen.formerServices where seen.service(service)?.hash == new.hash {
            bind(service, to: stable)
        }
    }

    /// All of stable's pods are worth a short wait while others serve; a bad revision is not worth
    /// a longer one.
    mutating func mayTakeBack(_ stable: ReplicaSet, _ plan: BlueGreen) -> Bool {
        if stable.available == 0 { return false }
        let isServing = seen.formerServices.contains { seen.service($0)?.hash == new.hash }
        let serving = seen.active(plan)?.available ?? (isServing ? new.available : 0)
        if stable.available >= min(serving, seen.size) || seen.mayServe(stable, plan) {
            return true
        }
        let end = (status.abortedAt ?? seen.now).advanced(bySeconds: wholeStableSeconds)
        if end > seen.now { look(at: end) }
        return end <= seen.now
    }

    /// Old ReplicaSets wait out their delay, the latest revisions first, as many as may wait; the
    /// last stable one keeps the rollout's size meanwhile, to take everything back.
    mutating func retireOld(_ plan: BlueGreen, _ old: [ReplicaSet]) {
        let isUndecided = status.pauseConditions.contains { $0.reason == .inconclusiveAnalysisRun }
        // A service without a hash may lead to any of them.
        guard !isUndecided, seen.activeHash(plan) != nil else { return }
        var waiting = 0
        for set in old where set.desired > 0 && !seen.isSelected(set) {
            let mayWait = waiting < plan.scaleDownDelayRevisionLimit ?? .max && seen.size > 0
            let deadline =
                set.scaleDownDeadline
                ?? seen.now.advanced(bySeconds: plan.scaleDownDelaySeconds)
            guard mayWait, deadline > seen.now else {
                scale(set, to: 0)
                continue
            }
            waiting += 1
            look(at: deadline)
            if set.scaleDownDeadline == nil {
                actions.append(
                    .delayScaleDown(
                        replicaSet: set.name, until: deadline,
                        wasStable: set.hash == seen.rollout.status.stableHash))
            } else if set.wasStable {
                scale(set, to: seen.size, keepsDeadline: true)
            }
        }
    }
}

/// As long as pods usually take to start.
private let wholeStableSeconds = 30
