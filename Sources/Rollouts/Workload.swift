/// The object that a rollout takes its template from, and whose pods it takes over
/// (rollout-semantics §1.2).
package struct Workload: Hashable, Sendable {
    /// When its own pods go.
    package enum ScaleDown: Hashable, Sendable {
        case never
        case onSuccess
        case progressively
    }

    /// How far the rollout has taken it over.
    package enum Adoption: Hashable, Sendable {
        /// Its pods are as its owner wants them.
        case untouched
        /// Its pods go as those of the rollout come. It had this many.
        case underWay(before: Int)
        /// The rollout has taken over: pods that come later are somebody's wish.
        case over
    }

    /// Raised by the API server at each change of its spec.
    package var generation: Int
    package var scaleDown = ScaleDown.never
    /// How many pods it asks for; nil for a kind that has none of its own.
    package var desired: Int?
    package var adoption = Adoption.untouched

    package init(generation: Int) {
        self.generation = generation
    }
}

extension Workload.Adoption {
    /// The same, begun where it was not.
    func begun(with pods: Int) -> Workload.Adoption {
        self == .untouched ? .underWay(before: pods) : self
    }
}

extension Workload {
    /// The pods that are still to go.
    var leftPods: Int {
        scaleDown == .never || adoption == .over ? 0 : desired ?? 0
    }
}

extension Snapshot {
    /// What says to clients that the workload is another one than the status speaks of.
    var workloadNotes: [Action] {
        guard let workload, rollout.workloadGeneration != workload.generation else { return [] }
        return [.noteWorkload(generation: workload.generation)]
    }

    /// The size that is written where the document has none: that of the workload, whose traffic
    /// comes over, and else 1.
    var defaultSize: Int { max(1, workload?.desired ?? 1) }
}
