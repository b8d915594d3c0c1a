/// Replacing pods that are older than `restartAt` (rollout-semantics §4.13, decision 0032). Each is
/// evicted, so that disruption budgets are asked, and its ReplicaSet makes another.
extension Draft {
    mutating func restartPods() {
        guard let start = seen.restart, start != status.restartedAt else { return }
        if start > seen.now {
            look(at: start)
            return
        }
        look(at: seen.now.advanced(bySeconds: restartLookSeconds))
        guard let old = seen.podsToRestart else { return }
        if old.isEmpty {
            status.restartedAt = start
            return
        }
        // Whoever moves traffic, or takes pods away, needs the others.
        let needsPods = actions.contains { $0.shrinks || $0.raises(in: seen) }
        guard order == .statusFirst, !needsPods, !seen.isGivingBack(status, weight) else { return }
        for pod in evictions(of: old) { actions.append(.evict(pod: pod.name)) }
    }

    /// Said in place of health.
    mutating func noteRestart() {
        guard seen.dueRestart != nil else { return }
        guard let old = seen.podsToRestart else {
            note(.settling("the pods to restart cannot be listed"))
            return
        }
        if !old.isEmpty { note(.restarting(left: old.count)) }
    }

    /// As many old pods as may be missing now: of all, and of each side that serves.
    private func evictions(of old: [Pod]) -> [Pod] {
        let sets = seen.replicaSets.filter { !$0.isDeleting && $0.desired > 0 }
            .sorted { rank($0) < rank($1) }
        let asked = sets.reduce(0) { $0 + $1.desired } - (seen.needsSparePod ? 1 : 0)
        let serving = sets.reduce(0) { $0 + seen.serving($1) }
        var spare = serving - (max(seen.size, asked) - seen.mayBeMissing)
        var useless = max(1, seen.mayBeMissing) - seen.podsUnderWay
        return sets.flatMap { set in
            var own = seen.serving(set) - leastServing(set)
            return old.filter { $0.replicaSet == set.name && !$0.isDeleting }
                .sorted { ($0.isReady ? 1 : 0, $0.created) < ($1.isReady ? 1 : 0, $1.created) }
                .filter { pod in
                    // One that serves nobody is missed by nobody; but all of them at once may be
                    // what a slow start looks like.
                    if !pod.isReady {
                        useless -= 1
                        return useless >= 0
                    }
                    guard spare > 0, own > 0 else { return false }
                    (spare, own) = (spare - 1, own - 1)
                    return true
                }
        }
    }

    /// Stable first, then the new revision, then the others, the latest first.
    private func rank(_ set: ReplicaSet) -> (Int, Int) {
        let part = set.hash == status.stableHash ? 0 : set.hash == new.hash ? 1 : 2
        return (part, -set.revision)
    }

    /// The pods of one side that stay: where traffic leads to it, no more are missing of it than
    /// its share of those that may be.
    private func leastServing(_ set: ReplicaSet) -> Int {
        guard seen.isSelected(set) else { return 0 }
        if seen.size == 1, !seen.maySurge { return 0 }
        return max(1, set.desired - max(1, seen.missingAllowance.unavailable(of: set.desired)))
    }
}

extension Snapshot {
    /// The restart that is asked for and not over yet.
    package var restart: Instant? {
        guard let start = spec.restartAt, start != rollout.status.restartedAt else { return nil }
        return start
    }

    /// The same, once its time has come.
    package var dueRestart: Instant? { restart.flatMap { $0 <= now ? $0 : nil } }

    /// The pods that a restart has to wait for; nil where they are not known.
    fileprivate var podsToRestart: [Pod]? {
        guard let start = restart else { return nil }
        return pods?.filter { $0.isDeleting || $0.created < start }
    }

    /// The available pods of a ReplicaSet that are not on their way out.
    fileprivate func serving(_ set: ReplicaSet) -> Int {
        let ready = (pods ?? []).count { $0.replicaSet == set.name && $0.isReady && !$0.isDeleting }
        return min(set.available, ready)
    }

    /// The pods that are going, and those that came in their place and are not ready yet.
    fileprivate var podsUnderWay: Int {
        (pods ?? []).count { pod in
            pod.isDeleting || (!pod.isReady && restart.map { pod.created >= $0 } ?? false)
        }
    }

    /// Whether an abort still has traffic on the new revision, which needs every pod of stable.
    fileprivate func isGivingBack(_ status: Status, _ weight: Int) -> Bool {
        guard status.isAborted else { return false }
        switch spec.strategy {
        case .canary(let canary):
            return weight > 0 || canaryWeight > 0
                || (!canary.hasRouter && (new?.desired ?? 0) > 0)
        case .blueGreen(let plan): return activeHash(plan) != status.stableHash
        }
    }

    fileprivate var missingAllowance: Allowance {
        switch spec.strategy {
        case .canary(let canary): canary.maxUnavailable
        case .blueGreen(let plan): plan.maxUnavailable
        }
    }

    /// Whether a pod may come on top.
    fileprivate var maySurge: Bool {
        guard case .canary(let canary) = spec.strategy else { return true }
        return canary.maxSurge.roundedUp(of: size) > 0
    }

    /// How many pods may be missing. Where neither that nor surge leaves room, one may.
    fileprivate var mayBeMissing: Int {
        let count = missingAllowance.unavailable(of: size)
        return maySurge ? count : max(1, count)
    }

    /// Whether a restart has to bring a pod before it takes one: none may be missing, or there is
    /// only this one.
    fileprivate var needsSparePod: Bool {
        guard let start = dueRestart, let new, let pods, size > 0, maySurge,
            new.hash == rollout.status.stableHash, !isCrowded,
            mayBeMissing == 0 || (size == 1 && isSelected(new))
        else { return false }
        return pods.contains { $0.replicaSet == new.name && $0.created < start }
    }

    /// Whether pods of former revisions still take the room above the size (P2).
    private var isCrowded: Bool {
        spec.blueGreen == nil && !canary.hasRouter && others.contains { $0.desired > 0 }
    }

    /// The pods that a ReplicaSet should have, with the spare one of a restart.
    func withSparePod(_ count: Int, _ set: ReplicaSet) -> Int {
        count == size && needsSparePod && set.hash == new?.hash ? count + 1 : count
    }

    /// I13: evictions leave as many pods as the document promises, and one wherever traffic leads;
    /// and none is in the way of traffic that moves.
    func brokenEvictions(_ decision: Decision) -> [String] {
        let moves = decision.actions.contains { $0.raises(in: self) }
        let weight = decision.status.weights?.canary.weight ?? 0
        let isBusy = moves || isGivingBack(decision.status, weight)
        for case .evict(let name) in decision.actions where isBusy {
            return ["I13: \(name) is evicted while traffic moves"]
        }
        let before = (pods ?? []).filter { $0.isReady && !$0.isDeleting }
        var left = before
        for case .evict(let name) in decision.actions { left.removeAll { $0.name == name } }
        if left == before { return [] }
        let least = size - mayBeMissing
        let deserted = replicaSets.filter { set in
            isSelected(set) && (size > 1 || maySurge)
                && before.contains { $0.replicaSet == set.name }
                && !left.contains { $0.replicaSet == set.name }
        }
        return (left.count < least ? ["I13: evictions leave \(left.count) of \(size) pods"] : [])
            + deserted.map { "I13: a service selects \($0.name), and evictions leave it no pod" }
    }
}

/// A disruption budget may be in the way, and nothing tells when it is no more.
private let restartLookSeconds = 30
