/// What no decision may break, whatever was seen (rollout-semantics §6.3, I1–I7, and ours for
/// blue-green, I8–I11, for workloads, I12, for restarts, I13, for experiments, I14 and I16, for
/// routers that are left, I15, and for commands, I17 and I18). Unit tests and the simulation check
/// every decision; debug builds of the controller do too.
package func brokenInvariants(of decision: Decision, _ seen: Snapshot) -> [String] {
    guard let new = seen.new ?? seen.current else { return [] }
    var seen = seen
    // The size of a refused document may be what is wrong with it.
    seen.rollout.spec.replicas = seen.spec.replicas ?? seen.stable?.rolloutReplicas
    if let plan = seen.spec.blueGreen {
        // Before the new revision is there, only what is given back moves.
        guard seen.new != nil else { return [] }
        return Sides(decision: decision, seen: seen, new: new, plan: plan).broken
            + seen.brokenAdoption(decision) + seen.brokenEvictions(decision)
            + seen.brokenAbort(decision)
    }
    let promise = Promise(decision: decision, seen: seen, new: new)
    let broken =
        decision.actions.flatMap(promise.broken) + promise.brokenResumption()
        + seen.brokenAdoption(decision) + seen.brokenEvictions(decision)
        + seen.brokenAbort(decision)
    return seen.canary.hasRouter ? broken : broken + promise.brokenShares()
}

extension Snapshot {
    /// I18: an abort that nobody has seen yet is taken, or waits, as long as there is an update.
    fileprivate func brokenAbort(_ decision: Decision) -> [String] {
        let before = rollout.status, after = decision.status
        let isLost =
            before.isAborted && before.abortedAt == nil && !after.isAborted
            && after.isUpdating(to: after.currentPodHash)
        return isLost ? ["I18: an abort is forgotten"] : []
    }
}

private struct Promise {
    let decision: Decision
    let seen: Snapshot
    let new: ReplicaSet

    func broken(by action: Action) -> [String] {
        switch action {
        case .route(let split): routing(split)
        case .setRoutes(let routes) where !routes.isEmpty: making(routes) + leaving()
        case .bind(let service, _, let hash): binding(service, hash)
        case .scale(let name, let from, let to) where to < from: shrinking(name, to: to)
        case .deleteReplicaSet(let name): deleting(name)
        case .startExperiment(_, let step): trying(step)
        case .deleteExperiment(let name): forgetting(name)
        default: []
        }
    }

    /// What sends requests to the canary can be found again under any document.
    private func leaving() -> [String] {
        let isNoted =
            seen.routerNotes.havePresent || !seen.routerNotes.areNeeded
            || decision.actions.contains(.noteRouters(present: true))
        return isNoted ? [] : ["I15: traffic by a router that no note names"]
    }

    /// Where no stable revision was known yet, the one that this decision names.
    private var stableAvailable: Int {
        let named = seen.replicaSets.first { $0.hash == decision.status.stableHash }
        return (seen.stable ?? named)?.available ?? 0
    }

    private func routing(_ split: Split) -> [String] {
        var broken = seen.isRaised(by: split) ? leaving() : []
        if !(0...split.total).contains(split.canary) || split.stable < 0 {
            broken.append("the weight \(split) is out of range")
        }
        broken += feeding(split)
        if !seen.canary.servesPods { return broken }
        let behindCanary = seen.podsBehindCanary
        if split.canary > seen.canaryWeight {
            if behindCanary == 0 { broken.append("I1: traffic to a canary without available pods") }
            if seen.service(seen.canary.canaryService)?.hash != new.hash,
                seen.canary.canaryService != nil
            {
                broken.append("I1: traffic raised while the canary service leads elsewhere")
            }
        }
        let onStable = split.total - split.canary
        if split.canary < seen.canaryWeight, behindCanary > 0,
            stableAvailable < onStable * seen.size / max(split.total, 1)
        {
            broken.append(
                "I2: stable gets \(onStable) with \(stableAvailable) of \(seen.size) available")
        }
        if decision.status.isAborted, split.canary > seen.canaryWeight {
            broken.append("an aborted rollout raises the canary's weight")
        }
        return broken
    }

    private func feeding(_ split: Split) -> [String] {
        var broken: [String] = []
        let serving = seen.experiments.flatMap(\.versions).filter(\.isServing).map(\.service)
        if !split.versions.allSatisfy({ serving.contains($0.service) }) {
            broken.append("I16: traffic to a version of an experiment that lacks pods")
        }
        if seen.exceeds(split), seen.isLowered(by: split) {
            broken.append("I16: one write gives traffic to one side and takes it from another")
        }
        if decision.status.isAborted, !split.versions.isEmpty {
            broken.append("I16: an aborted rollout has traffic for versions of an experiment")
        }
        return broken
    }

    private func making(_ routes: [ManagedRoute]) -> [String] {
        var broken: [String] = []
        if seen.podsBehindCanary == 0 {
            broken.append("I1: routes to a canary without available pods")
        }
        if decision.status.isAborted { broken.append("an aborted rollout makes routes") }
        return broken
    }

    private func trying(_ step: Int) -> [String] {
        let isNow = decision.status.currentStepIndex == step && !decision.status.isAborted
        return isNow ? [] : ["I14: an experiment begins out of its step"]
    }

    private func forgetting(_ experiment: String) -> [String] {
        let services = seen.experiment(experiment)?.versions.map(\.service) ?? []
        let routed = seen.routedVersions
        return services.contains { routed[$0] != nil }
            ? ["I16: \(experiment) is deleted while a router leads to it"] : []
    }

    private func binding(_ service: String, _ hash: String) -> [String] {
        let available = seen.replicaSets.first { $0.hash == hash }?.available ?? 0
        return available > 0
            ? [] : ["I3/I4: service \(service) moves to a ReplicaSet without available pods"]
    }

    /// P1 and P2: without a router, enough pods serve, and no more are asked for than surge allows.
    func brokenShares() -> [String] {
        var broken: [String] = []
        let sets = seen.replicaSets.filter { !$0.isDeleting }
        var wanted = Dictionary(uniqueKeysWithValues: sets.map { ($0.name, $0.desired) })
        for case .scale(let name, _, let count) in decision.actions { wanted[name] = count }
        let asked = sets.reduce(0) { $0 + $1.desired }
        let willAsk = wanted.values.reduce(0, +)
        let most = seen.size + seen.canary.maxSurge.roundedUp(of: seen.size)
        if willAsk > max(most, asked) {
            broken.append("P2: \(willAsk) pods are asked for, \(most) at most may be")
        }
        let serving = sets.reduce(0) { $0 + $1.available }
        let willServe = sets.reduce(0) { $0 + min($1.available, wanted[$1.name] ?? 0) }
        let missing = max(
            seen.canary.maxUnavailable.unavailable(of: seen.size), most == seen.size ? 1 : 0)
        if willServe < min(serving, seen.size - missing) {
            broken.append(
                "P1: \(willServe) of \(seen.size) pods are left, \(missing) may be missing")
        }
        return broken
    }

    /// A pause that a person has ended is left at once, or says so until it can be.
    func brokenResumption() -> [String] {
        let before = seen.rollout.status, after = decision.status
        guard before.controllerPause, before.pauseConditions.isEmpty, !before.isAborted,
            let index = before.currentStepIndex, seen.canary.steps.indices.contains(index),
            case .pause = seen.canary.steps[index],
            seen.memory.lastStepIndex.map({ $0 == index }) ?? true,
            after.currentStepIndex == index, !after.isAborted, before.abortedAt == nil,
            after.currentPodHash == before.currentPodHash,
            after.currentStepHash == before.currentStepHash
        else { return [] }
        let isKept =
            after.controllerPause
            && !after.pauseConditions.contains { $0.reason == .canaryPauseStep }
        return isKept ? [] : ["I17: the end of a pause is forgotten"]
    }

    private func shrinking(_ name: String, to wanted: Int) -> [String] {
        guard seen.canary.hasRouter else { return [] }
        guard let set = seen.replicaSets.first(where: { $0.name == name }), wanted == 0 else {
            return []
        }
        if seen.size == 0 { return [] }
        var broken: [String] = []
        let onStable = seen.service(seen.canary.stableService)?.hash == set.hash
        let asked = decision.status.weights?.canary.weight ?? 0
        if onStable || (isOnCanary(set) && max(seen.canaryWeight, asked) > 0) {
            broken.append("I7: \(name) is scaled to 0 while requests come to it")
        }
        if set.hash == decision.status.stableHash { broken.append("I5: stable is scaled to 0") }
        if decision.status.isAborted, set.hash == new.hash, stableAvailable < seen.size,
            !seen.canary.dynamicStableScale
        {
            broken.append("I6: the aborted canary goes before stable is whole")
        }
        return broken
    }

    /// By the canary service, or past it: where nothing else is known, the present revision.
    private func isOnCanary(_ set: ReplicaSet) -> Bool {
        if seen.routers.contains(where: { $0.selects.contains(set.hash) }) { return true }
        if let name = seen.canary.canaryService { return seen.service(name)?.hash == set.hash }
        return seen.canary.servesPods && set.hash == new.hash
    }

    private func deleting(_ name: String) -> [String] {
        guard let set = seen.replicaSets.first(where: { $0.name == name }) else { return [] }
        let isNeeded =
            set.hash == decision.status.stableHash || set.hash == new.hash
            || seen.isSelected(set)
        return isNeeded ? ["I7: \(name) is deleted while it is referred to"] : []
    }
}
