/// A rollout that lets its Services go (`Rollout.letsGo`), so that others can serve beside it and
/// it can be deleted: at rest they have no hash. A release begins with them bound as ever.
extension Snapshot {
    /// Whether this Service is left as it is, without a hash: then it leads to all pods of the
    /// stable revision, and to whatever else its owner lets it select.
    func isLetGo(_ name: String?) -> Bool {
        guard rollout.letsGo, let service = service(name), service.hash == nil else { return false }
        return !rollout.status.stableHash.isEmpty && rollout.status.stableHash == new?.hash
    }

    /// The revision whose pods serve under this name, all of them; empty for none.
    func leadingHash(_ name: String?) -> String {
        service(name)?.hash ?? (isLetGo(name) ? rollout.status.stableHash : "")
    }

    /// Whether no request can have come to another revision than `stable` yet. Its Service may
    /// have been let go a moment after the release began: nobody decides on both at once.
    fileprivate func isBeforeFirstPod(after stable: ReplicaSet) -> Bool {
        let status = rollout.status
        if status.currentPodHash == stable.hash { return true }
        let others = replicaSets.filter { $0.hash != stable.hash }
        return !status.isAborted && canaryWeight == 0 && others.allSatisfy { $0.available == 0 }
    }

    /// The Service of production's traffic.
    fileprivate var productionService: String? {
        switch spec.strategy {
        case .canary(let canary): canary.stableService
        case .blueGreen(let plan): plan.activeService
        }
    }
}

/// What comes before another revision has any pod: production's Service leads to stable's pods
/// alone. Nil where it does already.
func takingBack(_ seen: Snapshot) -> Decision? {
    let status = seen.rollout.status
    guard seen.rollout.letsGo, seen.size > 0, let stable = seen.stable,
        seen.new?.hash != stable.hash, seen.isBeforeFirstPod(after: stable),
        let name = seen.productionService, let service = seen.service(name), service.hash == nil
    else { return nil }
    // As many as it had: a size that has changed with the template comes after this.
    let enough = max(1, min(seen.size, stable.desired))
    guard stable.available >= enough else {
        let going = seen.new.flatMap { $0.desired > 0 ? $0 : nil }
        return Decision(
            status: status,
            actions: going.map { [.scale(replicaSet: $0.name, from: $0.desired, to: 0)] } ?? [],
            reason: .waitingForStablePods(available: stable.available, of: enough),
            events: going.map { [.scaling($0, revision: seen.revision(of: $0), to: 0)] } ?? [])
    }
    return Decision(
        status: status, actions: [.bind(service: name, from: nil, to: stable.hash)],
        reason: .settling("service \(name) is taken back before the release"),
        events: [.switching(name, from: nil, to: stable.hash)])
}

extension Draft {
    /// Said in place of health.
    mutating func noteLettingGo() {
        let names = seen.spec.services
        guard seen.rollout.letsGo, !names.isEmpty else { return }
        let areBound = names.contains { seen.service($0)?.hash != nil }
        let what = areBound ? "letting go of its services: " : "its services are let go: "
        note(.settling(what + names.joined(separator: ", ")))
    }
}
