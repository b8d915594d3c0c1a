/// An experiment that belongs to the rollout: what its step waits for.
package struct StepExperiment: Hashable, Sendable {
    package var name: String
    package var hash: String
    package var phase: RunPhase
    package var message: String
    package var created: Instant
    /// `spec.terminate`.
    package var isTerminating: Bool

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

    /// That of the present step, as the status names it.
    var currentExperiment: StepExperiment? { experiment(rollout.status.currentExperiment) }
}
