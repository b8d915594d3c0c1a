/// Moving traffic and the services that it goes to (rollout-semantics §3.5, §6.2, §6.3).
extension Draft {
    /// Asks for the weight of step `index` as far as the pods carry it.
    mutating func moveTraffic(at index: Int) {
        bindCanary(to: new)
        bindStable()
        guard seen.canary.hasRouter else {
            status.weights = leftWeights
            return
        }
        guard seen.hasSize else {
            route(towards: 0, canaryWanted: 0)
            return
        }
        let source = weightSource(at: index)
        let wanted = source < 0 ? 0 : weight(wantedAt: source)
        let pods = source < 0 ? 0 : canaryPods(at: source)
        // Pods that are to go lose their traffic first, whatever the step asks for, and get none
        // again while they go.
        let isEmptied = [source, index].contains { $0 >= 0 && seen.sizing(at: $0).asksForNoPods }
        route(towards: isEmptied ? 0 : wanted, canaryWanted: pods)
        if weight < enoughWeight(of: wanted, canaryWanted: pods) {
            note(.weightLimited(asked: wanted, carried: weight))
        }
    }

    /// I1: a step's weight needs that step's pods. Until they are there, the weight of the steps
    /// before it holds: the index of the step whose weight and pods count now, −1 for no traffic at
    /// all.
    private func weightSource(at index: Int) -> Int {
        if hasPods(at: index) || seen.canary.steps.isEmpty { return index }
        let isLower = index > 0 && seen.canary.weight(at: index) < seen.canary.weight(at: index - 1)
        return isLower ? index : index - 1
    }

    /// The weight of the nearest `setWeight`, and none where a step wants the canary without pods.
    /// Only a `setWeight` itself asks for its weight even then, and waits.
    func weight(wantedAt index: Int) -> Int {
        let steps = seen.canary.steps
        if steps.indices.contains(index), case .setWeight(let weight) = steps[index] {
            return weight
        }
        return seen.sizing(at: index).asksForNoPods ? 0 : seen.canary.weight(at: index)
    }

    func canaryPods(at index: Int) -> Int { seen.sizing(at: index).replicas.canary }

    /// Every weight passes here. Down is never held up by anything but stable's capacity; up needs
    /// the canary service on the new pods, and after a restart in mid-abort a fresh good
    /// measurement.
    mutating func route(towards wanted: Int, canaryWanted: Int) {
        guard seen.canary.hasRouter else {
            status.weights = leftWeights
            return
        }
        let current = seen.canaryWeight
        let capacity = seen.capacity(canaryWanted: canaryWanted)
        var next = affordable(wanted, current: current, capacity)
        if next > current, let obstacle = obstacleToRaising() ?? versionsGoing(beside: next) {
            note(obstacle)
            next = current
        }
        ask(for: next)
    }

    func obstacleToRaising() -> Reason? {
        if let service = seen.canary.canaryService, seen.service(service)?.hash != new.hash {
            return .settling("waiting for service \(service) to select the canary")
        }
        if seen.canaryWeight > 0, let router = seen.routers.first(where: leadsToFormerCanary) {
            return .settling("waiting for \(router.kind) to lead to the new revision")
        }
        return obstacleToMore
    }

    /// Whether what this router sends to the canary past any service comes to an earlier revision.
    private func leadsToFormerCanary(_ router: RouterSeen) -> Bool {
        guard case .split = router.reading, !router.selects.contains(new.hash) else { return false }
        return router.selects.contains { $0 != status.stableHash }
    }

    /// What keeps anything from getting more than it has: that its router could not be found again,
    /// or that nothing is known of what was given back.
    var obstacleToMore: Reason? {
        if seen.routerNotes.areNeeded, seen.routerNotes.areFull {
            return .settling(
                "waiting for room to note the routers: those of earlier documents still have"
                    + " traffic for the canary, or the document says too much of its own")
        }
        return obstacleAfterCrash
    }

    /// After a restart in the middle of giving back, what the status has committed to needs a fresh
    /// good measurement.
    private var obstacleAfterCrash: Reason? {
        guard isUpdating, !status.isAborted, seen.isBelowCommitted,
            let since = seen.memory.lowWeightSince, !seen.memory.knowsWhyLow
        else { return nil }
        let running = [status.backgroundRun, status.stepRun].compactMap { $0.flatMap(seen.run) }
            .first { !$0.phase.isCompleted }
        guard let running else { return nil }
        if let good = running.lastGoodMeasurement, good > since { return nil }
        return .waitingForFreshMeasurement(running.name)
    }

    /// Whether what was committed to stays written down while it waits for that: the next turn
    /// would not know of it else.
    private var isHeld: Bool { seen.hasSize && obstacleAfterCrash != nil }

    /// No more than the step wants by now.
    private var leastCommitted: Int {
        guard isHeld else { return 0 }
        let index = status.currentStepIndex ?? seen.canary.steps.count
        return min(seen.committedWeight, weight(wantedAt: index))
    }

    /// Commits to a canary weight: into the status, and as an action where a router carries another
    /// one.
    mutating func ask(for next: Int) {
        weight = next
        let versions = versions(beside: next)
        noteHeldVersions(versions, beside: next)
        // What cannot be read may go on as it was asked last: unknown is never zero.
        // One that keeps its weight itself has it until it says that it has not.
        let isUnsure =
            seen.unreadable != nil
            || (seen.routers.contains(where: \.isPolled) && !seen.routersCarry(next, versions))
        let least = isUnsure ? max(seen.canaryWeight, seen.committedWeight) : leastCommitted
        record(max(next, least), isHeld ? committed(versions, beside: max(next, least)) : versions)
        guard !seen.routers.isEmpty, !seen.routersCarry(next, versions) else { return }
        // An aborted canary that has to keep its weight for now gets it nowhere anew, and under a
        // document that cannot be followed nothing is written but what gives back.
        let split = Split(canary: next, of: seen.total, versions: versions.map(\.version))
        let givesNothing = !seen.isLowered(by: split) && (next > 0 || seen.refusal != nil)
        if status.isAborted, givesNothing { return }
        // Also where the canary gets no more by it than by another router.
        if seen.isRaised(by: split), let obstacle = obstacleToMore {
            note(obstacle)
            return
        }
        actions.append(.route(split))
        if Action.route(split).givesBack(in: seen) { order = .together }
        if next != seen.canaryWeight {
            note(.movingTraffic(from: seen.canaryWeight, to: next, step: stepInWords))
        }
    }

    /// The step in progress, for sentences; empty where none is.
    private var stepInWords: String {
        let count = seen.canary.steps.count
        guard isUpdating, !status.isAborted, let index = status.currentStepIndex, index < count
        else { return "" }
        return "step \(index + 1) of \(count) (\(seen.canary.steps[index].description))"
    }

    private mutating func record(_ next: Int, _ versions: [WeightDestination]) {
        // `trafficRouting: {}` chooses sizes; there is nobody to ask for a weight (§1.4, §2.1).
        guard seen.canary.hasRouter, !seen.routers.isEmpty else {
            status.weights = leftWeights
            return
        }
        let before = status.weights
        var weights = weights(next, beside: versions)
        weights.verified =
            seen.routersVerify
            ? seen.unverified == nil && seen.routersCarry(next, versions) : nil
        status.weights = weights
        tell(weights, after: before)
    }

    func weights(_ canary: Int, beside versions: [WeightDestination]) -> Weights {
        var weights = Weights(
            canary: WeightDestination(
                weight: canary, serviceName: seen.canary.canaryService ?? "",
                podTemplateHash: new.hash),
            stable: WeightDestination(
                weight: max(0, versions.reduce(seen.total - canary) { $0 - $1.weight }),
                serviceName: seen.canary.stableService ?? "",
                podTemplateHash: status.stableHash.isEmpty ? new.hash : status.stableHash))
        weights.additional = additional(versions)
        return weights
    }

    /// What goes to somebody else than before (§7.5).
    private mutating func tell(_ weights: Weights, after before: Weights?) {
        let canary = weights.canary.weight
        let versions = weights.additional.filter { $0.weight > 0 }.map(\.version)
        let isNew = versions != before?.additional.filter { $0.weight > 0 }.map(\.version) ?? []
        guard before?.canary.weight != canary || isNew else { return }
        var text = "to \(canary)"
        if let before = before?.canary.weight, before != canary { text = "from \(before) \(text)" }
        if isNew {
            let all = versions.map { "\($0.service) \($0.weight)" }.joined(separator: ", ")
            text += ", additional: \(all.isEmpty ? "none" : all)"
        }
        events.append(Event("TrafficWeightUpdated", "Traffic weight updated \(text)"))
    }

    /// Whether the step's weight is asked for, carried by the routers, and followed by the data
    /// plane. A router that cannot tell whether it is followed is taken at its word, and then
    /// asking is enough: drift shows next turn.
    mutating func isWeightSettled(at index: Int) -> Bool {
        guard seen.canary.hasRouter else { return true }
        let wanted = enoughWeight(
            of: weight(wantedAt: index), canaryWanted: canaryPods(at: index))
        guard weight == wanted else { return false }
        if case .setWeight = seen.canary.steps[index], !seen.routersVerify { return true }
        guard seen.routersCarry(wanted, versions(beside: wanted)) || seen.routers.isEmpty else {
            note(.waitingForRouter("the weight \(wanted) is not in place"))
            return false
        }
        if let why = seen.unverified {
            note(.waitingForRouter(why))
            look(at: seen.now.advanced(bySeconds: seen.verifySeconds))
            return false
        }
        return true
    }

    /// I3 for the canary service: it moves to pods that are there, and never with traffic on it
    /// that they cannot carry.
    mutating func bindCanary(to target: ReplicaSet) {
        guard let name = seen.canary.canaryService, let service = seen.service(name),
            service.hash != target.hash, !seen.isLetGo(name)
        else { return }
        let isFirst = service.managedBy == nil
        let needed = isFirst && target.hash == status.stableHash ? seen.size : 1
        guard target.available >= max(needed, 1) else { return }
        // Until the data plane follows its router, old weights may still lead to whatever this
        // service selects.
        if let why = seen.unverified, target.hash != status.stableHash {
            note(.waitingForRouter(why))
            look(at: seen.now.advanced(bySeconds: seen.verifySeconds))
            return
        }
        // Stable's pods have the other part already.
        let part = target.hash == status.stableHash ? seen.total : seen.canaryWeight
        guard seen.canaryWeight == 0 || part * seen.size <= seen.total * target.available else {
            return
        }
        actions.append(.bind(service: name, from: service.hash, to: target.hash))
        announceSwitch(name, from: service.hash, to: target.hash)
    }

    /// The canary service leads to stable again once no traffic needs the canary. Where a router
    /// cannot be read that is the way back: then as soon as stable carries everything.
    mutating func bindCanaryBack() {
        guard let stable = seen.stable else { return }
        let isEmpty = seen.canaryWeight == 0 && weight == 0
        let isWhole = seen.unreadable != nil && stable.available >= seen.size
        if isEmpty || isWhole { bindCanary(to: stable) }
    }

    /// A router that tells of nothing is looked at again: soon while it is about to change, and at
    /// times always, since an order may come late.
    mutating func lookAtRouters() {
        guard seen.routers.contains(where: \.isPolled) else { return }
        let isBusy = isUpdating || !seen.routersCarry(weight)
        let seconds = isBusy ? min(seen.verifySeconds, restSeconds) : restSeconds
        look(at: seen.now.advanced(bySeconds: seconds))
    }

    /// A router that the document does not have any more gives back what stable's pods carry.
    mutating func giveBackFormer() {
        guard !seen.canary.hasRouter, !seen.routers.isEmpty else { return }
        for case .route in actions { return }
        ask(for: affordable(0, current: seen.canaryWeight, seen.capacity(canaryWanted: 0)))
    }

    /// I3 for the stable service: the first time all of stable's pods, later as many as its traffic
    /// needs.
    mutating func bindStable() {
        guard let name = seen.canary.stableService, let service = seen.service(name),
            let target = stableTarget, service.hash != target.hash, !seen.isLetGo(name)
        else { return }
        let onStable = seen.total - seen.canaryWeight
        // Without a router nothing else leads to the new pods, and of the former ones a single pod
        // may be left: the service follows as soon as as many are available as may serve at any
        // time (P1), and no sooner.
        let all = seen.canary.hasRouter ? seen.size : shares(at: 100).least
        let share = max(1, all * onStable / seen.total)
        guard target.available >= (service.managedBy == nil ? max(seen.size, 1) : share) else {
            return
        }
        actions.append(.bind(service: name, from: service.hash, to: target.hash))
        announceSwitch(name, from: service.hash, to: target.hash)
    }

    private var stableTarget: ReplicaSet? {
        status.stableHash == new.hash ? new : seen.stable
    }

    var isStableBound: Bool {
        guard let name = seen.canary.stableService else { return true }
        return seen.service(name)?.hash == status.stableHash || seen.isLetGo(name)
    }

    mutating func announceSwitch(_ service: String, from old: String?, to new: String) {
        events.append(.switching(service, from: old, to: new))
    }
}

/// Between two looks at a router of somebody else whose rollout is at rest.
private let restSeconds = 60
