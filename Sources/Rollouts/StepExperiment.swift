/// An experiment that belongs to the rollout: what its step waits for.
package struct StepExperiment: Hashable, Sendable {
    package var name: String
    package var hash: String
    package var phase: RunPhase
    package var message: String
    package var created: Instant
    /// `spec.terminate`.
    package var isTerminating: Bool
    package var versions: [Version] = []

    /// One of its versions.
    package struct Version: Hashable, Sendable {
        package var name: String
        /// The name of its Service; "" where it has none, or not yet.
        package var service: String
        package var hash: String
        /// Whether all of its pods are available, and its Service leads to them.
        package var isServing: Bool

        package init(name: String, service: String, hash: String, isServing: Bool = false) {
            self.name = name
            self.service = service
            self.hash = hash
            self.isServing = isServing
        }
    }

    package init(
        name: String, hash: String, phase: RunPhase, message: String = "", created: Instant,
        isTerminating: Bool = false
    ) {
        self.name = name
        self.hash = hash
        self.phase = phase
        self.message = message
        self.created = created
        self.isTerminating = isTerminating
    }
}

extension Snapshot {
    func experiment(_ name: String) -> StepExperiment? { experiments.first { $0.name == name } }

    /// Whether a router leads to one of its versions, or did so as far as the status tells.
    func isLedTo(_ experiment: StepExperiment) -> Bool {
        let routed = routedVersions
        let asked = rollout.status.weights?.additional.map(\.serviceName) ?? []
        return experiment.versions.contains {
            routed[$0.service] != nil || asked.contains($0.service)
        }
    }

    /// That of the present step, as the status names it.
    var currentExperiment: StepExperiment? { experiment(rollout.status.currentExperiment) }
}
