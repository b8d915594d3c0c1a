/// Traffic for versions of an experiment (rollout-semantics §6.1, §7.1).
extension Draft {
    /// What versions get beside `canary` parts. One write either gives back or gives, so that it
    /// has one place in the order of safety: while anything goes back, no version gets more.
    func versions(beside canary: Int) -> [WeightDestination] {
        // What cannot be followed holds nothing up where everything goes back.
        if canary == 0, seen.canaryWeight > 0 { return [] }
        let wanted = wantedVersions(beside: canary)
        let goesBack =
            canary < seen.canaryWeight || seen.lowersVersions(to: wanted.map(\.version))
        guard goesBack || obstacleToVersions != nil else { return wanted }
        let routed = seen.routedVersions
        return wanted.compactMap { version in
            var held = version
            held.weight = min(version.weight, routed[version.serviceName] ?? 0)
            return held.weight > 0 ? held : nil
        }
    }

    /// What versions of the step's experiment are to get: each as long as it serves, and the
    /// experiment goes on. What they do not get is stable's.
    private func wantedVersions(beside canary: Int) -> [WeightDestination] {
        guard isUpdating, !status.isAborted, !status.promoteFull,
            let index = status.currentStepIndex, index < seen.canary.steps.count,
            let weights = seen.canary.versionWeights[index],
            let experiment = seen.experiment(status.currentExperiment),
            experiment.phase == .running, !experiment.isTerminating
        else { return [] }
        let wanted = experiment.versions.filter(\.isServing).compactMap { version in
            weights[version.name].map {
                WeightDestination(
                    weight: $0, serviceName: version.service, podTemplateHash: version.hash)
            }
        }.filter { $0.weight > 0 }
        let all = wanted.reduce(canary) { $0 + $1.weight }
        return all <= seen.total ? wanted.sorted { $0.serviceName < $1.serviceName } : []
    }

    /// What keeps versions from getting anything more.
    private var obstacleToVersions: Reason? {
        for router in seen.routers {
            if case .unreadable(let why) = router.reading { return .waitingForRouter(why) }
        }
        return obstacleToMore
    }

    /// What was committed to stays so while it waits for a measurement.
    func committed(_ versions: [WeightDestination], beside canary: Int) -> [WeightDestination] {
        let asked = seen.rollout.status.weights?.additional ?? []
        return wantedVersions(beside: canary).compactMap { wanted in
            let held = versions.first { $0.serviceName == wanted.serviceName }
            let known = asked.first { $0.serviceName == wanted.serviceName && $0.weight > 0 }
            return known ?? held
        }
    }

    mutating func noteHeldVersions(_ held: [WeightDestination], beside canary: Int) {
        guard held != wantedVersions(beside: canary), let obstacle = obstacleToVersions else {
            return
        }
        note(obstacle)
    }

    /// Why the canary gets no more yet: what a version loses goes back first.
    func versionsGoing(beside canary: Int) -> Reason? {
        guard seen.lowersVersions(to: wantedVersions(beside: canary).map(\.version)) else {
            return nil
        }
        return .settling("taking back the traffic of an experiment's versions")
    }

    /// What the status says of versions: those that are asked for, and, with 0, those that a router
    /// may still lead to. By it a router knows its own destinations, and an experiment keeps its
    /// pods.
    func additional(_ versions: [WeightDestination]) -> [WeightDestination] {
        let known = seen.rollout.status.weights?.additional ?? []
        let left = seen.routedVersions.keys.sorted().filter { service in
            !versions.contains { $0.serviceName == service }
        }
        return versions
            + left.compactMap { service in
                let version = seen.experiments.flatMap(\.versions).first { $0.service == service }
                let hash = known.first { $0.serviceName == service }?.podTemplateHash
                // What belongs to no experiment is somebody else's.
                return (hash ?? version?.hash).map {
                    WeightDestination(weight: 0, serviceName: service, podTemplateHash: $0)
                }
            }
    }

    /// Without a router nothing is said of weights, but for versions that a former one leads to.
    var leftWeights: Weights? {
        seen.routedVersions.isEmpty ? nil : weights(seen.canaryWeight, beside: [])
    }
}

extension WeightDestination {
    /// As a router takes it.
    var version: VersionWeight { VersionWeight(service: serviceName, weight: weight) }
}
