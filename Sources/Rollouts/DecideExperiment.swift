/// What to do about an experiment (rollout-semantics §7.1): the one place that chooses. Pure, and
/// at rest once its effects are there.
package func decide(_ seen: ExperimentSnapshot) -> ExperimentDecision {
    var draft = ExperimentDraft(seen)
    switch draft.course {
    case .refused(let why):
        draft.refuse(why)
    case .unmeasurable(let why):
        draft.end(.error, why)
    case .going:
        draft.noteTemplates()
        draft.noteAvailability()
        draft.noteRuns()
        draft.startRuns()
        draft.assess()
    case .over:
        draft.noteTemplates()
        draft.noteRuns()
    }
    draft.endWhatIsOver()
    draft.sizePods()
    draft.tendServices()
    draft.describe()
    return draft.decision
}

/// Where an experiment is on its way.
enum ExperimentCourse: Hashable {
    /// The document cannot be followed: nothing is begun, and what runs goes on until it is
    /// stopped.
    case refused(String)
    /// One of its analyses can never be started, so that its versions are not started either.
    case unmeasurable(String)
    case going
    /// It has come to its end; pods, Services and runs go.
    case over
}

/// A decision about an experiment in the making.
struct ExperimentDraft {
    let seen: ExperimentSnapshot
    var status: ExperimentStatus
    var actions: [ExperimentAction] = []
    var events: [Event] = []
    private var lookAgain: Instant?
    /// The first one found is shown.
    private var reason: ExperimentReason?

    init(_ seen: ExperimentSnapshot) {
        self.seen = seen
        status = seen.experiment.status
        status.conditions.removeAll { $0.type == .invalidExperimentSpec }
    }

    var experiment: Experiment { seen.experiment }

    var course: ExperimentCourse {
        if let refusal = seen.refusal { return .refused(refusal) }
        if status.phase?.isCompleted == true { return .over }
        let begun = Set(status.analyses.map(\.name))
        let open = experiment.analyses.filter { !begun.contains($0.name) }
        if status.availableAt == nil, !experiment.isTerminated,
            let problem = open.compactMap({ seen.problems[$0.name] }).first
        {
            return .unmeasurable(problem)
        }
        return .going
    }

    /// Whether its pods are to go.
    var isEnding: Bool { status.phase?.isCompleted == true || experiment.isTerminated }

    mutating func note(_ reason: ExperimentReason) {
        if self.reason == nil { self.reason = reason }
    }

    mutating func look(at instant: Instant) {
        lookAgain = lookAgain.map { min($0, instant) } ?? instant
    }

    var decision: ExperimentDecision {
        var decision = ExperimentDecision(status: status, reason: reason ?? settled)
        decision.actions = actions
        decision.events = events
        decision.lookAgain = lookAgain
        return decision
    }

    private var settled: ExperimentReason {
        .over(status.phase ?? .pending, status.message)
    }
}
