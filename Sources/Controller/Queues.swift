import KubernetesObjects

/// The queues of the term that runs. What was counted in earlier terms goes on.
actor Queues {
    private(set) var rollouts = WorkQueue<RolloutKey>()
    private(set) var runs = WorkQueue<Reference>()
    private(set) var experiments = WorkQueue<Reference>()
    /// Questions to extensions.
    private(set) var steps = WorkQueue<StepQuestion>()

    /// Empty ones for a new term.
    func renew() async -> (
        rollouts: WorkQueue<RolloutKey>, runs: WorkQueue<Reference>,
        experiments: WorkQueue<Reference>, steps: WorkQueue<StepQuestion>
    ) {
        rollouts = WorkQueue(continuing: await rollouts.tally)
        runs = WorkQueue(continuing: await runs.tally)
        experiments = WorkQueue(continuing: await experiments.tally)
        steps = WorkQueue()
        return (rollouts, runs, experiments, steps)
    }

    /// By the names of the field's controller.
    var tallies: [(name: String, tally: QueueTally)] {
        get async {
            [
                ("AnalysisRuns", await runs.tally), ("Experiments", await experiments.tally),
                ("Rollouts", await rollouts.tally),
            ]
        }
    }
}

/// What happened in a queue.
struct QueueTally: Hashable, Sendable {
    var added = 0
    var retried = 0
    var waited = Durations(.queues)
    var worked = Durations(.queues)
    /// How many keys wait now.
    var depth = 0
    /// For each key that is worked on now, since how many seconds.
    var underWay: [Double] = []
}

/// A stopwatch that starts when it is made.
func secondsRun() -> @Sendable () -> Double {
    let begin = ContinuousClock.now
    return { begin.duration(to: .now) / .seconds(1) }
}
