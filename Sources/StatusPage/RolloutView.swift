import Analysis
import Documents
import Rollouts

/// One rollout as the pages show it: what was seen of it last, and what was decided about that.
package struct RolloutView: Hashable, Sendable {
    package var snapshot: Snapshot
    /// Nil before the first turn.
    package var decision: Decision?
    /// The images of each ReplicaSet's containers, by the ReplicaSet's name.
    package var images: [String: [String]]
    /// The analysis runs of the rollout, in any order.
    package var runs: [RunView]
    /// The experiments of the rollout, in any order.
    package var experiments: [ExperimentView]
    /// What is wrong with its documents: one sentence each, with file, line and column where known.
    package var findings: [String]

    package init(
        snapshot: Snapshot, decision: Decision? = nil, experiments: [ExperimentView] = [],
        images: [String: [String]] = [:],
        runs: [RunView] = [], findings: [String] = []
    ) {
        self.snapshot = snapshot
        self.decision = decision
        self.images = images
        self.runs = runs
        self.experiments = experiments
        self.findings = findings
    }
}

/// An experiment of a rollout.
package struct ExperimentView: Hashable, Sendable {
    package var name: String
    package var created: Timestamp
    package var status: ExperimentStatus

    package init(name: String, created: Timestamp, status: ExperimentStatus) {
        self.name = name
        self.created = created
        self.status = status
    }
}

/// An analysis run of a rollout.
package struct RunView: Hashable, Sendable {
    package var name: String
    /// Nil where its labels do not say.
    package var purpose: Run.Purpose?
    /// Nil where it is not known.
    package var revision: Int?
    package var created: Timestamp
    package var spec: RunSpec
    package var status: RunStatus

    package init(
        name: String, purpose: Run.Purpose?, revision: Int?, created: Timestamp, spec: RunSpec,
        status: RunStatus
    ) {
        self.name = name
        self.purpose = purpose
        self.revision = revision
        self.created = created
        self.spec = spec
        self.status = status
    }
}

extension RunView {
    /// Pending before its first turn.
    package var phase: Analysis.RunPhase { status.phase ?? .pending }

    /// How the metrics were asked for, their arguments resolved; none where the spec cannot be
    /// prepared.
    var preparedMetrics: [Metric] {
        do {
            return try spec.prepared().metrics
        } catch {
            // The run's own message says what is wrong with it.
            return []
        }
    }
}
