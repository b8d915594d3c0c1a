/// What is to be done, in which order, when to look again, and why.
package struct Decision: Hashable, Sendable {
    /// The whole status as it should stand; the edge writes the difference, or nothing.
    package var status: Status
    /// Absolute, in the order in which they are to be done.
    package var actions: [Action]
    package var order: Order
    /// When to look again even if nothing happens; nil to wait for an event.
    package var lookAgain: Instant?
    package var reason: Reason
    package var events: [Event]

    package init(
        status: Status, actions: [Action] = [], order: Order = .statusFirst,
        lookAgain: Instant? = nil,
        reason: Reason, events: [Event] = []
    ) {
        self.status = status
        self.actions = actions
        self.order = order
        self.lookAgain = lookAgain
        self.reason = reason
        self.events = events
    }

    /// How the status and the actions are written.
    package enum Order: Hashable, Sendable {
        /// The status that commits is stored before the actions that follow from it; a failed write
        /// stops the turn.
        case statusFirst
        /// Traffic goes back: status and router patch are sent together, and neither waits for the
        /// other.
        case together
    }
}

/// One absolute act. Seen and wanted were compared already: an action is only there when something
/// differs.
package enum Action: Hashable, Sendable {
    /// Writes the default size into the spec.
    case setRolloutReplicas(Int)
    /// Tells clients which generation of the workload there is.
    case noteWorkload(generation: Int)
    /// Sizes the workload, and marks on it how far it is taken over.
    case scaleWorkload(from: Int, to: Int, Workload.Adoption)
    case createReplicaSet(hash: String, revision: Int)
    case setRolloutRevision(Int)
    case setReplicaSetRevision(name: String, revision: Int, history: [Int])
    case setMinReadySeconds(replicaSet: String, Int)
    case scale(replicaSet: String, from: Int, to: Int)
    /// `wasStable` says that it was the stable one until now.
    case delayScaleDown(replicaSet: String, until: Instant, wasStable: Bool = false)
    case cancelScaleDown(replicaSet: String)
    /// Whether the revision has been stable, and not been given up since.
    case markPromoted(replicaSet: String, Bool)
    /// Labels and annotations for the pods to come; those that run follow by `updatePods`.
    case setPodMetadata(replicaSet: String, String)
    case updatePods(replicaSet: String)
    case separate(replicaSet: String, Separation?)
    case deleteReplicaSet(name: String)
    case bind(service: String, from: String?, to: String)
    case route(Split)
    /// Writes down by which routers there may be traffic on the canary: those of earlier documents
    /// that are not spent, and the present ones where that is so.
    case noteRouters(present: Bool)
    /// Leaves exactly these routes of the rollout's own.
    case setRoutes([ManagedRoute])
    case startRun(name: String, purpose: Run.Purpose)
    case terminateRun(name: String)
    case deleteRun(name: String)
    case evict(pod: String)
    case startExperiment(name: String, step: Int)
    case terminateExperiment(name: String)
    case deleteExperiment(name: String)
    /// Its answer comes with a later snapshot.
    case askExtension(PluginCall)

    /// Whether this act sends more traffic to anything that is not stable: the canary, or a version
    /// of an experiment.
    package func raises(in seen: Snapshot) -> Bool {
        if case .route(let split) = self { return seen.isRaised(by: split) }
        return switchesActive(in: seen) { $0 != seen.rollout.status.stableHash }
    }

    /// Whether this act may send requests to the canary by a route of their own.
    package var makesRoutes: Bool {
        if case .setRoutes(let routes) = self { !routes.isEmpty } else { false }
    }

    /// Whether this act takes pods away, which another decision may need meanwhile.
    package var shrinks: Bool {
        switch self {
        case .scale(_, let from, let to), .scaleWorkload(let from, let to, _): to < from
        case .evict: true
        // Empty ones only.
        case .deleteReplicaSet: false
        case .setRolloutReplicas, .noteWorkload, .createReplicaSet, .setRolloutRevision,
            .setReplicaSetRevision, .setMinReadySeconds, .delayScaleDown, .cancelScaleDown,
            .markPromoted, .setPodMetadata, .updatePods, .separate, .bind, .route, .noteRouters,
            .setRoutes, .startRun, .terminateRun, .deleteRun, .startExperiment,
            .terminateExperiment, .deleteExperiment, .askExtension:
            false
        }
    }

    /// Whether this act asks a pod to go, which may not be allowed now.
    package var isEviction: Bool {
        if case .evict = self { true } else { false }
    }

    /// Whether this act gives traffic back to stable, which nothing may hold up.
    package func givesBack(in seen: Snapshot) -> Bool {
        if case .route(let split) = self { return seen.isLowered(by: split) }
        return self == .setRoutes([])
            || switchesActive(in: seen) { $0 == seen.rollout.status.stableHash }
    }

    private func switchesActive(in seen: Snapshot, to isMeant: (String) -> Bool) -> Bool {
        guard case .bind(let service, _, let hash) = self,
            service == seen.spec.blueGreen?.activeService
        else { return false }
        return isMeant(hash)
    }
}

/// A Kubernetes event on the rollout (§7.5).
package struct Event: Hashable, Sendable {
    package var reason: String
    package var message: String
    package var isWarning: Bool

    package init(_ reason: String, _ message: String, isWarning: Bool = false) {
        self.reason = reason
        self.message = message
        self.isWarning = isWarning
    }

    /// - Parameter step: its index, counted from 0.
    static func completing(_ step: Int, of count: Int, _ words: String) -> Event {
        Event("RolloutStepCompleted", "Rollout step \(step + 1)/\(count) completed (\(words))")
    }

    /// The index of the step that this says is completed; nil for anything else. Who reads the
    /// event finds the rollout at a later step.
    package var completedStep: Int? {
        guard reason == "RolloutStepCompleted" else { return nil }
        let words = message.split(separator: " ")
        guard words.count > 2, words[..<2] == ["Rollout", "step"],
            let number = words[2].split(separator: "/").first.flatMap({ Int($0) }), number > 0
        else { return nil }
        return number - 1
    }

    /// Whether a rollout that is read because of an event of this `reason` has gone on since: what
    /// it was like then is told by the message alone.
    package static func tellsOfPast(_ reason: String) -> Bool { reason == "RolloutStepCompleted" }

    /// - Parameter new: nil for a Service that is let go.
    package static func switching(_ service: String, from old: String?, to new: String?) -> Event {
        Event(
            "SwitchService",
            "Switched selector for service '\(service)' from '\(old ?? "")' to '\(new ?? "")'")
    }
}
