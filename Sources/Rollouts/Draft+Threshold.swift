/// Going on with fewer pods than a step wants (rollout-semantics §4.5, decision 0032).
extension Canary {
    /// The available pods that a step waits for when it wants `wanted` of them. None never
    /// suffices.
    func enoughPods(of wanted: Int) -> Int {
        guard let progressThreshold, wanted > 0 else { return wanted }
        return max(1, min(wanted, progressThreshold.roundedUp(of: wanted)))
    }

    /// The available pods that a promotion waits for: no more may be missing than the document
    /// allows at any time.
    func enoughToPromote(of size: Int) -> Int {
        max(enoughPods(of: size), size - maxUnavailable.unavailable(of: size))
    }
}

extension Draft {
    /// The weight that a step is content with: `weight`, or what its pods carry of that where fewer
    /// of them suffice.
    func enoughWeight(of weight: Int, canaryWanted: Int) -> Int {
        let capacity = seen.capacity(canaryWanted: canaryWanted)
        guard seen.canary.progressThreshold != nil, capacity.countsPods, canaryWanted > 0,
            new.available > 0, new.available >= seen.canary.enoughPods(of: canaryWanted)
        else { return weight }
        return capacity.carried(of: weight)
    }
}
