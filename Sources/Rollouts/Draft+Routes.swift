/// Routes for some of the requests (rollout-semantics §1.5, §6.2): there from the step that makes
/// them, as long as the canary has pods to serve what they bring.
extension Draft {
    /// The one place at which routes come and go.
    mutating func moveRoutes() {
        let wanted = wantedRoutes
        guard !seen.routersCarry(wanted) else { return }
        if !wanted.isEmpty, let obstacle = obstacleToRaising() {
            note(obstacle)
            return
        }
        actions.append(.setRoutes(wanted))
    }

    /// Before anything comes to the canary by a router, it is written down which one: the document
    /// may name another one at any time, and this one would go on. What is spent is forgotten.
    mutating func noteRouters() {
        let notes = seen.routerNotes
        let isUsed =
            weight > 0 || seen.canaryWeight > 0 || !seen.routedVersions.isEmpty
            || actions.contains { $0.makesRoutes || $0.raises(in: seen) }
        let areMissing = notes.areNeeded && !notes.havePresent && isUsed
        let isNew = areMissing && !notes.areFull
        guard isNew || notes.haveSpent else { return }
        actions.append(.noteRouters(present: notes.havePresent || isNew))
    }

    /// None for a release that is over, given up, or promoted out of turn.
    private var wantedRoutes: [ManagedRoute] {
        guard isUpdating, !status.isAborted, !status.promoteFull, new.available > 0,
            new.desired > 0, let index = status.currentStepIndex
        else { return [] }
        if let service = seen.canary.canaryService, seen.service(service)?.hash != new.hash {
            return []
        }
        // Where this decision takes the last pods, the routes go before them.
        let isGoing = actions.contains {
            if case .scale(new.name, _, 0) = $0 { true } else { false }
        }
        if isGoing { return [] }
        return seen.canary.routes(at: index)
    }

    /// Whether the routes of step `index` are in place. Where a step comes before the canary's
    /// first pod, its routes come with that pod.
    mutating func areRoutesSettled(at index: Int) -> Bool {
        let pods = canaryPods(at: index)
        if pods == 0 { return true }
        guard new.available > 0 else {
            note(.waitingForCanaryPods(available: new.available, of: pods))
            return false
        }
        guard seen.routersCarry(seen.canary.routes(at: index)) else {
            note(.waitingForRouter("the routes of the step are not in place"))
            return false
        }
        if let why = seen.unverified {
            note(.waitingForRouter(why))
            look(at: seen.now.advanced(bySeconds: seen.verifySeconds))
            return false
        }
        return true
    }
}

extension Snapshot {
    /// The routes that the step under way asks for.
    package var managedRoutes: [ManagedRoute] {
        rollout.status.currentStepIndex.map { canary.routes(at: $0) } ?? []
    }

    /// Whether every router that takes routes has exactly these.
    func routersCarry(_ wanted: [ManagedRoute]) -> Bool {
        routers.compactMap(\.routes).allSatisfy { found in
            switch found {
            case .none: wanted.isEmpty
            case .ofTheStep: wanted == managedRoutes
            case .others: false
            }
        }
    }
}

/// Which routes of the rollout's own the objects of a router have.
package enum RoutesSeen: Hashable, Sendable {
    case none
    /// Exactly those of the step under way.
    case ofTheStep
    case others
}
