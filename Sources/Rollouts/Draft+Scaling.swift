/// Sizes of ReplicaSets (rollout-semantics §4.3b, §4.5, §4.6, §3.6).
extension Draft {
    /// Sizes the canary for step `index`; without a router both sides.
    mutating func scale(at index: Int) {
        guard seen.canary.hasRouter else {
            scaleShares(atStep: index)
            return
        }
        let sizing = seen.sizing(at: index)
        var wanted = sizing.replicas.canary
        let isOfTheStep = seen.canaryWeight <= weight(wantedAt: index)
        let followsTraffic = sizing.scale == nil || sizing.scale == .matchTrafficWeight
        if wanted < new.desired, followsTraffic || !isOfTheStep {
            // The canary keeps the pods that its present traffic needs until that traffic is gone.
            // A size that the document gives is meant for the step's own weight, and not for what
            // an earlier revision has left.
            wanted = max(
                wanted, min(new.desired, ceiling(seen.canaryWeight * seen.size, seen.total)))
        }
        scale(new, to: wanted)
        if new.available < seen.canary.enoughPods(of: wanted) {
            note(.waitingForCanaryPods(available: new.available, of: wanted))
        } else if new.desired > wanted, wanted > 0 || seen.canaryWeight == 0 {
            // Of pods that are to go their traffic tells, as long as they have any.
            note(.settling("scaling the canary down to \(wanted)"))
        }
    }

    /// Sizes stable for step `index`, once it is known what traffic it gets: what it is about to
    /// get back counts like what it has.
    mutating func scaleStable(at index: Int) {
        guard seen.canary.hasRouter else { return }
        var sizing = seen.sizing(at: index)
        sizing.stepWeight = weight(wantedAt: index)
        sizing.actualCanaryWeight = sizing.actualCanaryWeight.map { min($0, weight) }
        scaleStable(sizing)
    }

    mutating func scaleStable(_ sizing: Sizing) {
        guard let stable = seen.stable, stable.name != new.name else { return }
        scale(stable, to: sizing.replicas.stable)
    }

    /// Said last: a stable side that lacks pods holds up nothing that gives it less traffic.
    mutating func noteStablePods() {
        guard let stable = seen.stable, stable.name != new.name else { return }
        var wanted = stable.desired
        for case .scale(stable.name, _, let count) in actions { wanted = count }
        if stable.available < wanted {
            note(.waitingForStablePods(available: stable.available, of: wanted))
        }
    }

    mutating func scale(_ set: ReplicaSet, to count: Int, keepsDeadline: Bool = false) {
        let wanted = seen.withSparePod(count, set)
        let cancel = Action.cancelScaleDown(replicaSet: set.name)
        if set.scaleDownDeadline != nil, wanted > 0, !keepsDeadline, !actions.contains(cancel) {
            actions.append(cancel)
        }
        if wanted < set.desired, mustKeep(set, for: wanted) { return }
        let isStale = wanted > 0 && set.rolloutReplicas != seen.size
        let action = Action.scale(replicaSet: set.name, from: set.desired, to: wanted)
        guard set.desired != wanted || isStale, !actions.contains(action) else { return }
        actions.append(action)
        guard set.desired != wanted else { return }
        let revision = set.name == new.name ? self.revision : set.revision
        events.append(.scaling(set, revision: revision, to: wanted))
    }

    /// I5, I7: pods that requests come to, or may come to, stay, whatever the steps say. Of a
    /// rollout that is scaled to nothing all go, whatever its router says.
    private mutating func mustKeep(_ set: ReplicaSet, for wanted: Int) -> Bool {
        if seen.size == 0 { return false }
        if seen.spec.blueGreen != nil { return wanted == 0 && seen.isSelected(set) }
        let isStable = set.hash == status.stableHash
        let onStable = seen.service(seen.canary.stableService)?.hash == set.hash
        if onStable, !isStable { return true }
        if wanted > 0 { return false }
        if isStable, seen.canary.hasRouter { return true }
        guard isBehindCanary(set) else { return false }
        if seen.canaryWeight > 0 { return true }
        guard !isStable, let why = seen.unverified else { return false }
        // What was given back may still come until the router has followed.
        note(.waitingForRouter(why))
        look(at: seen.now.advanced(bySeconds: seen.verifySeconds))
        return true
    }

    /// Whether the canary's traffic may come to these pods: by the canary service, or past it by a
    /// router. Where nothing says whose pods they are, to all but stable's.
    func isBehindCanary(_ set: ReplicaSet) -> Bool {
        if seen.routers.contains(where: { $0.selects.contains(set.hash) }) { return true }
        if let name = seen.canary.canaryService { return seen.service(name)?.hash == set.hash }
        guard seen.canary.servesPods, set.hash != status.stableHash else { return false }
        return set.hash == new.hash || seen.routers.allSatisfy(\.selects.isEmpty)
    }

    /// "At desired replica counts" (§4.5): enough of the canary's pods available, stable's pods
    /// created.
    func isScaled(at index: Int) -> Bool {
        guard seen.canary.hasRouter else { return hasShares(at: seen.canary.weight(at: index)) }
        return new.desired == seen.sizing(at: index).replicas.canary && hasPods(at: index)
    }

    /// Whether the pods for step `index` are there; more canary pods than it needs do not hold its
    /// weight up.
    func hasPods(at index: Int) -> Bool {
        let wanted = seen.sizing(at: index).replicas
        guard new.available >= seen.canary.enoughPods(of: wanted.canary) else { return false }
        if seen.canary.dynamicStableScale { return true }
        // One that was deleted holds up nothing: it does not come back by waiting.
        guard let stable = seen.stable else { return true }
        return stable.desired == wanted.stable && stable.replicas >= wanted.stable
    }

    /// Old ReplicaSets: the last stable one waits out its delay after traffic has left it; what was
    /// never promoted goes at once; what nobody remembers is deleted.
    mutating func tidyReplicaSets() {
        let isSettled = status.stableHash == new.hash
        let old = seen.replicaSets.filter {
            $0.hash != new.hash && $0.hash != status.stableHash && !$0.isDeleting
        }.sorted { $0.revision > $1.revision }
        if let plan = seen.spec.blueGreen {
            retireOld(plan, old)
            forgetOldReplicaSets(old)
            return
        }
        guard seen.canary.hasRouter else {
            shrinkOthers(old)
            forgetOldReplicaSets(old)
            return
        }
        var waiting = 0
        for set in old where set.desired > 0 && (seen.size == 0 || !seen.isSelected(set)) {
            if let deadline = set.scaleDownDeadline, deadline > seen.now {
                waiting += 1
                if waiting <= seen.canary.scaleDownDelayRevisionLimit ?? .max {
                    look(at: deadline)
                    continue
                }
            } else if isSettled, set.scaleDownDeadline == nil, weight == 0, seen.canaryWeight == 0,
                isStableBound, waiting < seen.canary.scaleDownDelayRevisionLimit ?? .max,
                seen.canary.scaleDownDelaySeconds > 0
            {
                waiting += 1
                let end = seen.now.advanced(bySeconds: seen.canary.scaleDownDelaySeconds)
                actions.append(.delayScaleDown(replicaSet: set.name, until: end))
                look(at: end)
                continue
            }
            guard seen.size == 0 || !isSettled || (isStableBound && seen.canaryWeight == 0)
            else { continue }
            scale(set, to: 0)
        }
        forgetOldReplicaSets(old)
    }

    /// The revision history (§3.6): the oldest beyond the limit, if they are empty.
    private mutating func forgetOldReplicaSets(_ old: [ReplicaSet]) {
        let surplus = old.count - seen.spec.revisionHistoryLimit
        guard surplus > 0 else { return }
        for set in old.sorted(by: { $0.created < $1.created }).prefix(surplus)
        where set.replicas == 0 && set.desired == 0 && set.isObserved && !seen.isSelected(set) {
            actions.append(.deleteReplicaSet(name: set.name))
            for run in seen.runs where run.hash == set.hash {
                actions.append(.deleteRun(name: run.name))
            }
            for experiment in seen.experiments
            where experiment.hash == set.hash && !seen.isLedTo(experiment) {
                actions.append(.deleteExperiment(name: experiment.name))
            }
        }
    }
}

/// What judges a revision: an analysis run, or an experiment.
protocol Judgement {
    var name: String { get }
    var phase: RunPhase { get }
    var created: Instant { get }
    var isTerminating: Bool { get }
}

extension Run: Judgement {}
extension StepExperiment: Judgement {}

/// Judgements that nobody waits for (§5.2, §5.9).
extension Draft {
    mutating func tidyRuns() {
        let current = Set(status.runs.map(\.name))
        tidy(
            seen.runs, current: current, terminate: Action.terminateRun, delete: Action.deleteRun)
        // Those of a ReplicaSet that somebody else deleted, too, or that a crash left behind.
        let hashes = Set(seen.replicaSets.filter { !$0.isDeleting }.map(\.hash))
        for run in seen.runs
        where run.phase.isCompleted && !run.hash.isEmpty && !hashes.contains(run.hash)
            && !current.contains(run.name) && !actions.contains(.deleteRun(name: run.name))
        {
            actions.append(.deleteRun(name: run.name))
        }
    }

    /// Ends those under way that nobody waits for, and of those that ended keeps as many as the
    /// document says.
    ///
    /// - Parameter needed: those that must not go yet, whoever waits for them.
    mutating func tidy(
        _ judgements: [some Judgement], current: Set<String>, needed: Set<String> = [],
        terminate: (String) -> Action, delete: (String) -> Action
    ) {
        let isJudging = isUpdating && !status.isAborted && !status.promoteFull
        for one in judgements where !one.phase.isCompleted && !one.isTerminating {
            if !isJudging || !current.contains(one.name) { actions.append(terminate(one.name)) }
        }
        let done = judgements.filter { $0.phase.isCompleted && !current.contains($0.name) }
            .sorted { $0.created > $1.created }
        let good = done.filter { $0.phase == .successful }
        let bad = done.filter { $0.phase != .successful }
        let surplus =
            good.dropFirst(seen.spec.successfulRunHistoryLimit)
            + bad.dropFirst(seen.spec.unsuccessfulRunHistoryLimit)
        for one in surplus where !needed.contains(one.name) { actions.append(delete(one.name)) }
    }
}

extension Event {
    /// Another size of a ReplicaSet (§7.5).
    static func scaling(_ set: ReplicaSet, revision: Int, to wanted: Int) -> Event {
        let direction = set.desired < wanted ? "up" : "down"
        return Event(
            "ScalingReplicaSet",
            "Scaled \(direction) ReplicaSet \(set.name) (revision \(revision)) "
                + "from \(set.desired) to \(wanted)")
    }
}
