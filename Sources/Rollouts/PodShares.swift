/// How many pods each side of a canary without a router should have next, so that the share of the
/// pods is the share of the traffic (rollout-semantics §4.3).
package struct PodShares: Hashable, Sendable {
    /// One side: the pods that its ReplicaSet asks for, and those that are available.
    package struct Side: Hashable, Sendable {
        package var desired: Int
        package var available: Int

        package init(desired: Int, available: Int) {
            self.desired = desired
            self.available = available
        }

        /// The pods that certainly serve: a set that shrinks may count more than it will keep.
        fileprivate var serving: Int { min(desired, available) }
    }

    package var size: Int
    /// Percent of the pods that the canary should have.
    package var weight: Int
    package var surge: Int
    package var unavailable: Int
    package var canary: Side
    package var stable: Side
    /// The pods that ReplicaSets of other revisions still ask for.
    package var older: Int
    /// A Service leads to stable alone: its last pod goes only where it is the only one.
    package var keepsStable = false

    package init(
        size: Int, weight: Int, surge: Int, unavailable: Int, canary: Side, stable: Side, older: Int
    ) {
        self.size = size
        self.weight = weight
        self.surge = surge
        self.unavailable = unavailable
        self.canary = canary
        self.stable = stable
        self.older = older
    }

    /// Where both may be 0 nothing could ever move: then one pod may be missing.
    private var allowedToMiss: Int { surge == 0 && unavailable == 0 ? 1 : unavailable }
    /// Never more pods asked for than this.
    var most: Int { size + surge }
    /// Never fewer pods available than this.
    var least: Int { size - min(allowedToMiss, size) }
}

extension PodShares {
    /// The two sizes whose ratio comes nearest to `weight`: of `size` pods, or of one more where
    /// surge allows it.
    package var ideal: (canary: Int, stable: Int) {
        if size == 0 { return (0, 0) }
        var best: (canary: Int, total: Int)?
        for total in surge > 0 ? [size, size + 1] : [size] {
            for canary in candidates(of: total) {
                guard let known = best else {
                    best = (canary, total)
                    continue
                }
                // Distances from the weight, made comparable without fractions.
                let distance = abs(100 * canary - weight * total) * known.total
                if distance < abs(100 * known.canary - weight * known.total) * total {
                    best = (canary, total)
                }
            }
        }
        guard let best else { return (0, size) }
        return (best.canary, best.total - best.canary)
    }

    /// The canary sizes worth a look: the share rounded up and down. A side without any pods only
    /// where the weight asks for it, or where a single pod without surge leaves no choice.
    private func candidates(of total: Int) -> [Int] {
        let mayBeEmpty = weight == 0 || weight == 100 || (size == 1 && surge == 0)
        let up = ceiling(total * weight, 100)
        let down = total * weight / 100
        let isTied = total * weight % 100 == 50
        var found: [Int] = []
        if up < total || mayBeEmpty { found.append(up) }
        if !isTied, down != 0 || mayBeEmpty { found.append(down) }
        return found
    }

    /// The sizes to ask for now. Never more than size and surge together while one side grows,
    /// never so few that less than size without `unavailable` serve.
    package var next: (canary: Int, stable: Int) {
        let ideal = ideal
        var wanted = grown(towards: ideal)
        if older > 0 { return wanted }
        if ideal.canary >= canary.desired {
            let serving = stable.desired + canary.serving
            shrink(&wanted.stable, to: ideal.stable, spare: serving - least)
            limit(&wanted.canary, beside: wanted.stable, of: stable)
        } else {
            let serving = canary.desired + stable.serving
            shrink(&wanted.canary, to: ideal.canary, spare: serving - least)
            limit(&wanted.stable, beside: wanted.canary, of: canary)
        }
        if keepsStable, wanted.stable == 0, stable.desired > 0, wanted.canary < most, most > 1 {
            wanted.stable = 1
        }
        return wanted
    }

    /// Whether the last pod of stable is in the place of one of the canary's: nothing may come on
    /// top of them, and until the promotion a Service leads to it.
    var lacksRoomForLast: Bool { keepsStable && stable.desired > 0 && surge == 0 && most > 1 }

    private func grown(towards ideal: (canary: Int, stable: Int)) -> (canary: Int, stable: Int) {
        var room = max(0, most - canary.desired - stable.desired - older)
        let more = min(room, max(0, ideal.stable - stable.desired))
        room -= more
        return (
            canary.desired + min(room, max(0, ideal.canary - canary.desired)),
            stable.desired + more
        )
    }

    private func shrink(_ side: inout Int, to ideal: Int, spare: Int) {
        guard spare > 0, ideal < side else { return }
        side = max(ideal, side - spare)
    }

    /// The growing side gives up what is above the limit, as far as its pods are not needed beside
    /// those of the other that serve.
    private func limit(_ side: inout Int, beside other: Int, of present: Side) {
        let serving = min(other, present.available)
        side = max(min(side, most - other), min(side, least - serving))
    }
}
