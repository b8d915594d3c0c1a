/// What no decision about a blue-green rollout may break.
struct Sides {
    let decision: Decision
    let seen: Snapshot
    let new: ReplicaSet
    let plan: BlueGreen

    var broken: [String] {
        decision.actions.flatMap(broken) + deserted
    }

    private func broken(by action: Action) -> [String] {
        switch action {
        case .bind(plan.activeService, _, let hash): activating(hash)
        case .bind(let service, _, let hash): selecting(hash, by: service)
        case .scale(let name, let from, let to) where to < from: shrinking(name, to: to)
        case .deleteReplicaSet(let name): deleting(name)
        default: []
        }
    }

    private func available(_ hash: String?) -> Int {
        seen.replicaSets.first { $0.hash == hash }?.available ?? 0
    }

    private var stableHash: String { decision.status.stableHash }

    /// I3, I8: all traffic moves to pods that are there; forward only to a whole revision, or where
    /// nobody serves; never forward once the rollout is aborted.
    private func activating(_ hash: String) -> [String] {
        var broken = selecting(hash, by: plan.activeService)
        let serving = available(seen.activeHash(plan))
        if hash != stableHash, available(hash) < seen.size,
            serving > 0 || seen.activeHash(plan) == nil
        {
            broken.append("I8: \(available(hash)) of \(seen.size) pods are to take all traffic")
        }
        if decision.status.isAborted, hash != stableHash {
            broken.append("I9: an aborted rollout moves its traffic forward")
        }
        return broken
    }

    private func selecting(_ hash: String, by service: String) -> [String] {
        available(hash) > 0 || seen.size == 0
            ? [] : ["I3: service \(service) moves to a ReplicaSet without available pods"]
    }

    /// I10: production never stays where nobody is while stable has pods.
    private var deserted: [String] {
        guard seen.refusal == nil, seen.size > 0, var active = seen.activeHash(plan) else {
            return []
        }
        for case .bind(plan.activeService, _, let hash) in decision.actions { active = hash }
        return available(active) == 0 && available(stableHash) > 0
            ? ["I10: the active service leads to nobody, and stable has pods"] : []
    }

    /// I7, I11: what a service selects keeps its pods, and so does stable.
    private func shrinking(_ name: String, to wanted: Int) -> [String] {
        guard let set = seen.replicaSets.first(where: { $0.name == name }), seen.size > 0 else {
            return []
        }
        var broken: [String] = []
        if wanted == 0, seen.isSelected(set) {
            broken.append("I7: \(name) is scaled to 0 while a service selects it")
        }
        let serves = set.hash == stableHash || set.hash == seen.activeHash(plan)
        if serves, wanted < seen.size {
            broken.append("I11: \(name) serves, or may have to, and shrinks to \(wanted)")
        }
        return broken
    }

    private func deleting(_ name: String) -> [String] {
        guard let set = seen.replicaSets.first(where: { $0.name == name }) else { return [] }
        let isNeeded = set.hash == stableHash || set.hash == new.hash || seen.isSelected(set)
        return isNeeded ? ["I7: \(name) is deleted while it is referred to"] : []
    }
}
