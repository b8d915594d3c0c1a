/// A canary without a router: its share of the pods is its share of the traffic (rollout-semantics
/// §4.3).
extension Draft {
    /// The wanted sizes of both sides on the way to `weight` percent.
    func shares(at weight: Int) -> PodShares {
        func side(_ set: ReplicaSet?) -> PodShares.Side {
            PodShares.Side(desired: set?.desired ?? 0, available: set?.available ?? 0)
        }
        let stable = seen.stable.flatMap { $0.name == new.name ? nil : $0 }
        var shares = PodShares(
            size: seen.size, weight: stable == nil ? 100 : weight,
            surge: seen.canary.maxSurge.roundedUp(of: seen.size),
            unavailable: seen.canary.maxUnavailable.unavailable(of: seen.size),
            canary: side(new), stable: side(stable),
            older: seen.others.filter { !$0.isDeleting }.reduce(0) { $0 + $1.desired })
        let leadsTo = seen.service(seen.canary.stableService)?.hash
        shares.keepsStable = leadsTo != nil && leadsTo == stable?.hash
        return shares
    }

    /// Sizes both sides for `weight`, as far as surge and availability allow in this turn.
    mutating func scaleShares(at weight: Int) {
        let next = shares(at: weight).next
        scale(new, to: next.canary)
        if let stable = seen.stable, stable.name != new.name { scale(stable, to: next.stable) }
    }

    /// Sizes both sides for step `index`, and says what is waited for.
    mutating func scaleShares(atStep index: Int) {
        let weight = seen.canary.weight(at: index)
        scaleShares(at: weight)
        guard !hasShares(at: weight) else { return }
        let ideal = shares(at: weight).ideal
        note(
            new.available < ideal.canary
                ? .waitingForCanaryPods(available: new.available, of: ideal.canary)
                : .settling("scaling stable to \(ideal.stable)"))
    }

    /// "At desired replica counts" (§4.5): the pods of both sides are there, the others gone.
    func hasShares(at weight: Int) -> Bool {
        let shares = shares(at: weight)
        let next = shares.next
        let hasPods =
            seen.canary.progressThreshold == nil
            ? new.available == new.desired
            : new.available >= seen.canary.enoughPods(of: shares.ideal.canary)
        return next.canary == new.desired && hasPods && next.stable == shares.stable.desired
            && (seen.stable?.replicas ?? 0) >= next.stable
            && seen.others.allSatisfy { $0.available == 0 }
    }

    /// Held where it is, but for a new size of the rollout: that is followed in proportion (§9.3).
    mutating func holdShares() {
        let isResized = [new, seen.stable].contains {
            guard let set = $0, set.desired > 0 else { return false }
            return set.rolloutReplicas != seen.size
        }
        let total = new.desired + (seen.stable?.desired ?? 0)
        guard isResized, total > 0, seen.stable?.name != new.name else { return }
        scaleShares(at: 100 * new.desired / total)
    }

    /// An aborted canary goes as fast as stable's pods come; the service that leads to it leads to
    /// stable first (§4.10).
    mutating func giveBackShares() {
        bindStable()
        if let stable = seen.stable { bindCanary(to: stable) }
        let available = seen.stable?.available ?? 0
        note(
            available < seen.size && new.available > 0
                ? .sharesGoingBack(available: available, of: seen.size, because: abortMessage)
                : .aborted(abortMessage, evidence: abortEvidence))
        scaleShares(at: 0)
        if seen.rollout.status.abortedAt == nil { order = .together }
    }

    /// Pods of other revisions: what is not available goes at once, the rest as far as enough of
    /// all stay available.
    mutating func shrinkOthers(_ old: [ReplicaSet]) {
        let living = seen.replicaSets.filter { !$0.isDeleting }
        // Those that were told to go a moment ago may still be counted.
        let serving = living.reduce(0) { $0 + min($1.available, $1.desired) }
        var spare = max(0, serving - shares(at: 100).least)
        for set in old.sorted(by: { $0.created < $1.created }) where set.desired > 0 {
            if seen.service(seen.canary.stableService)?.hash == set.hash { continue }
            let serving = min(set.available, set.desired)
            let going = min(spare, serving)
            spare -= going
            scale(set, to: serving - going)
        }
    }
}
