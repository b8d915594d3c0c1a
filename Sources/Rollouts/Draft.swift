/// A decision in the making: what was seen, and what has been decided so far.
struct Draft {
    let seen: Snapshot
    let new: ReplicaSet
    var status: Status
    var actions: [Action] = []
    var events: [Event] = []
    var order = Decision.Order.statusFirst
    var lookAgain: Instant?
    /// The first reason found is the one that is shown: stages come in the order of their weight.
    private(set) var reason: Reason?
    /// The canary weight that this decision leads to.
    var weight: Int
    var abortCause = ""
    var isRetry = false
    /// The pause of the present step was ended by a person.
    var pauseWasEnded = false

    init(_ seen: Snapshot, new: ReplicaSet) {
        self.seen = seen
        self.new = new
        status = seen.rollout.status
        weight = seen.canaryWeight
        status.observedGeneration = String(seen.rollout.generation)
        if !seen.spec.selector.isEmpty { status.selector = seen.spec.selector }
        status.workloadObservedGeneration = seen.workload.map { String($0.generation) } ?? ""
        status.conditions.removeAll { $0.type == .invalidSpec }
        let living = seen.replicaSets.filter { !$0.isDeleting }
        status.replicas = living.reduce(0) { $0 + $1.replicas }
        status.readyReplicas = living.reduce(0) { $0 + $1.ready }
        status.availableReplicas = living.reduce(0) { $0 + $1.available }
        status.updatedReplicas = new.replicas
        status.hpaReplicas = status.replicas
        switch seen.spec.strategy {
        case .canary: status.blueGreen = BlueGreenStatus()
        case .blueGreen(let plan): noteServices(plan)
        }
    }

    /// The revision number of the new ReplicaSet once this decision is carried out.
    var revision: Int {
        for case .setReplicaSetRevision(new.name, let revision, _) in actions { return revision }
        return new.revision
    }

    mutating func note(_ reason: Reason) {
        if self.reason == nil { self.reason = reason }
    }

    mutating func look(at instant: Instant) {
        lookAgain = lookAgain.map { min($0, instant) } ?? instant
    }

    var decision: Decision {
        Decision(
            status: status, actions: actions.inOrderOfSafety(in: seen), order: order,
            lookAgain: lookAgain, reason: reason ?? .settling("waiting for the cluster to follow"),
            events: events)
    }
}

extension [Action] {
    /// Traffic that goes back comes first; then what adds capacity and points services, then
    /// traffic that goes up, and last what takes capacity away. What new pods begin with is there
    /// before they are.
    func inOrderOfSafety(in seen: Snapshot) -> [Action] {
        let starting = compactMap { action in
            if case .scale(let name, 0, _) = action { name } else { nil as String? }
        }
        func rank(_ action: Action) -> Int {
            switch action {
            case .route(let split): seen.isRaised(by: split) ? 4 : 0
            case .setRoutes(let routes): routes.isEmpty ? 0 : 4
            case .setPodMetadata(let name, _), .separate(let name, _):
                starting.contains(name) ? 1 : 8
            case .setRolloutReplicas, .createReplicaSet, .setRolloutRevision,
                .setReplicaSetRevision,
                .setMinReadySeconds, .cancelScaleDown, .markPromoted, .noteWorkload, .noteRouters:
                2
            case .scale(_, let from, let to), .scaleWorkload(let from, let to, _):
                to >= from ? 2 : 6
            case .bind: 3
            case .startRun, .startExperiment, .askExtension: 5
            case .terminateRun, .delayScaleDown, .deleteReplicaSet, .deleteRun,
                .terminateExperiment, .deleteExperiment:
                7
            case .updatePods: 8
            case .evict: 9
            }
        }
        return enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }
}
