/// Facts that follow from what was seen.
extension Snapshot {
    var spec: Spec { rollout.spec }
    var canary: Canary { rollout.spec.canary }
    /// M: all traffic.
    var total: Int { canary.totalWeight }
    /// n: the size that was asked for.
    var size: Int { spec.replicas ?? 1 }

    /// Whether there is anything to serve traffic: a rollout of size 0 has been switched off.
    var hasSize: Bool { size > 0 || !canary.servesPods }

    /// The ReplicaSet of the present template: by hash first, then by meaning, the oldest first
    /// (§3.1). The hash may differ between versions of the controller; a template that means the
    /// same is never a new revision.
    package var new: ReplicaSet? {
        let living = replicaSets.filter { !$0.isDeleting }.sorted { $0.created < $1.created }
        return living.first { $0.hash == spec.templateHash } ?? living.first { $0.matchesTemplate }
    }

    /// The revision of the new ReplicaSet once it stands above all others (§3.4).
    package func revision(of new: ReplicaSet) -> Int {
        let others = replicaSets.filter { $0.name != new.name }
        return max(new.revision, others.isEmpty ? 1 : nextRevision(others))
    }

    /// The ReplicaSet that was promoted last.
    package var stable: ReplicaSet? {
        replicaSets.first { $0.hash == rollout.status.stableHash && !$0.isDeleting }
    }

    /// Whether the present template is one of the last revisions before the stable one, as many as
    /// `rollbackWindow` says (§4.8). Only one that was stable itself can be trusted untried.
    var isWithinRollbackWindow: Bool {
        guard let window = spec.rollbackWindow, let new, new.wasPromoted, let stable,
            new.created < stable.created
        else { return false }
        let between = replicaSets.filter {
            new.created < $0.created && $0.created < stable.created
        }
        return between.count < window
    }

    /// The ReplicaSet of the release that the status speaks of, whatever the template says by now.
    var current: ReplicaSet? {
        replicaSets.first { $0.hash == rollout.status.currentPodHash && !$0.isDeleting }
    }

    /// All but the new and the stable one.
    var others: [ReplicaSet] {
        replicaSets.filter { $0.hash != new?.hash && $0.hash != rollout.status.stableHash }
    }

    /// When the first of the others that still have pods is to be scaled down.
    var nextScaleDown: Instant? {
        others.filter { $0.desired > 0 }.compactMap(\.scaleDownDeadline).min()
    }

    /// The most traffic that any router sends to the canary at present. What cannot be read counts
    /// as what was asked last: unknown is never zero.
    package var canaryWeight: Int {
        routers.map { router in
            switch router.reading {
            case .split(let split), .former(let split): split.canary
            case .unset: 0
            case .unreadable: committedWeight
            }
        }.max() ?? 0
    }

    /// The canary's weight as it was asked last.
    var committedWeight: Int { rollout.status.weights?.canary.weight ?? 0 }

    /// Why a router that may send traffic to the canary cannot be read; nil where all can.
    var unreadable: String? {
        guard committedWeight > 0 else { return nil }
        for router in routers {
            if case .unreadable(let why) = router.reading { return why }
        }
        return nil
    }

    /// What versions get at present, by the names of their Services: the most by any router. What
    /// cannot be read counts as what was asked last.
    package var routedVersions: [String: Int] {
        let asked = (rollout.status.weights?.additional ?? []).map(\.version)
        let routed = routers.flatMap { router -> [VersionWeight] in
            switch router.reading {
            case .split(let split), .former(let split): split.versions
            case .unset: []
            case .unreadable: asked
            }
        }
        return Dictionary(routed.map { ($0.service, $0.weight) }, uniquingKeysWith: max)
    }

    /// Whether the canary, or a version, gets more by `split` than some router gives it, and
    /// nothing goes back: then no router gives anybody more.
    func isRaised(by split: Split) -> Bool {
        if isLowered(by: split) { return false }
        return exceeds(split) || routers.contains { $0.isRaised(by: split) }
    }

    /// Whether the canary, or a version, gets more by `split` than any router gives it.
    func exceeds(_ split: Split) -> Bool {
        let routed = routedVersions
        return split.canary > canaryWeight
            || split.versions.contains { $0.weight > routed[$0.service] ?? 0 }
    }

    /// Whether the canary, or a version, gets less by `split` than some router gives it.
    func isLowered(by split: Split) -> Bool {
        split.canary < canaryWeight || lowersVersions(to: split.versions)
    }

    /// Whether a version gets less by these than some router gives it, or is to go.
    func lowersVersions(to wanted: [VersionWeight]) -> Bool {
        routedVersions.contains { service, weight in
            !wanted.contains { $0.service == service && $0.weight >= weight }
        }
    }

    /// Whether the routers give the canary or a version less than the status has committed to.
    package var isBelowCommitted: Bool {
        let routed = routedVersions
        let asked = rollout.status.weights?.additional ?? []
        return committedWeight > canaryWeight
            || asked.contains { $0.weight > routed[$0.serviceName] ?? 0 }
    }

    /// Whether every router carries exactly this weight, and what versions get beside it.
    func routersCarry(_ weight: Int, _ versions: [WeightDestination] = []) -> Bool {
        routers.allSatisfy { router in
            switch router.reading {
            case .split(let split):
                split
                    == Split(
                        canary: weight, of: total,
                        versions: router.takesVersions ? versions.map(\.version) : [])
            case .former(let split):
                weight > 0 && split.canary <= weight && split.versions.isEmpty
            case .unset, .unreadable: false
            }
        }
    }

    /// Why the data plane does not follow its routers yet; nil when it does, or when no router can
    /// tell.
    var unverified: String? {
        for router in routers {
            if case .no(let why) = router.verification { return why }
        }
        return nil
    }

    /// Whether some router can tell that the data plane follows: then a step waits until it does.
    var routersVerify: Bool {
        routers.contains { $0.verification != .cannot }
    }

    /// The available pods that the canary's traffic comes to, of whichever ReplicaSet: those behind
    /// the canary service, or those that routers lead to past any.
    var podsBehindCanary: Int {
        guard let hash = service(canary.canaryService)?.hash else {
            return podsLedTo ?? new?.available ?? 0
        }
        return replicaSets.first { $0.hash == hash }?.available ?? 0
    }

    /// Nil where no router says to whom the canary's traffic comes.
    private var podsLedTo: Int? {
        guard canary.canaryService == nil, canaryWeight > 0 else { return nil }
        let led = replicaSets.filter { set in
            set.hash != rollout.status.stableHash
                && routers.contains { $0.selects.contains(set.hash) }
        }
        return led.isEmpty ? nil : led.reduce(0) { $0 + $1.available }
    }

    /// What the pods of both sides carry when the canary wants `canaryWanted` of them.
    func capacity(canaryWanted: Int) -> Capacity {
        var capacity = Capacity(
            total: total, size: size, canaryWanted: canaryWanted,
            canaryAvailable: new?.available ?? 0, behindCanaryService: podsBehindCanary,
            stableAvailable: stable?.available ?? 0)
        capacity.countsPods = canary.servesPods
        return capacity
    }

    func service(_ name: String?) -> ServiceBinding? {
        name.flatMap { services[$0] }
    }

    /// Services that the rollout has moved and that its document does not name, in order.
    var formerServices: [String] {
        services.keys.filter { !spec.services.contains($0) }.sorted()
    }

    /// I7: whether a service or a router of the rollout leads to this ReplicaSet.
    func isSelected(_ set: ReplicaSet) -> Bool {
        spec.services.contains { service($0)?.hash == set.hash }
            || routers.contains { $0.selects.contains(set.hash) }
    }
}

/// Integer division that rounds up; for non-negative numbers.
func ceiling(_ numerator: Int, _ denominator: Int) -> Int {
    denominator == 0 ? 0 : (numerator + denominator - 1) / denominator
}
