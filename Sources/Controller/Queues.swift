import KubernetesObjects

/// The queues of the term that runs. What was counted in earlier terms goes on.
actor Queues {
    private(set) var term = Term()

    /// Empty ones for a new term.
    func renew() async -> Term {
        term = await term.next
        return term
    }

    /// How each of them stands.
    var tallies: [(name: String, tally: QueueTally)] {
        get async {
            var tallies: [(name: String, tally: QueueTally)] = []
            for (name, tally) in term.all { tallies.append((name, await tally())) }
            return tallies
        }
    }
}

/// The queues of one term.
struct Term: Sendable {
    var rollouts = WorkQueue<RolloutKey>()
    var runs = WorkQueue<Reference>()
    var experiments = WorkQueue<Reference>()
    /// Services that no rollout looks after any more, and rollouts that may have left some.
    var bindings = WorkQueue<Reference>()
    /// Questions to extensions.
    var steps = WorkQueue<StepQuestion>()
    /// What people are told.
    var lanes = Lanes()

    /// Each of them, by the names of the field's controller or such as it would have. A test counts
    /// that none is missing.
    var all: [(name: String, tally: @Sendable () async -> QueueTally)] {
        [
            ("AnalysisRuns", { await runs.tally }), ("Experiments", { await experiments.tally }),
            ("Extensions", { await steps.tally }), ("Notifications", { await lanes.tally }),
            ("Rollouts", { await rollouts.tally }), ("Services", { await bindings.tally }),
        ]
    }

    /// Empty ones that go on counting.
    fileprivate var next: Term {
        get async {
            Term(
                rollouts: WorkQueue(continuing: await rollouts.tally),
                runs: WorkQueue(continuing: await runs.tally),
                experiments: WorkQueue(continuing: await experiments.tally),
                bindings: WorkQueue(continuing: await bindings.tally),
                steps: WorkQueue(continuing: await steps.tally),
                lanes: Lanes(continuing: await lanes.tally))
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

    /// What happened in two queues that have one name.
    mutating func add(_ other: QueueTally) {
        added += other.added
        retried += other.retried
        waited.add(other.waited)
        worked.add(other.worked)
        depth += other.depth
        underWay += other.underWay
    }

    /// What goes on where a queue begins in the place of this one.
    var counts: QueueTally {
        var counts = self
        (counts.depth, counts.underWay) = (0, [])
        return counts
    }
}

/// A stopwatch that starts when it is made.
func secondsRun() -> @Sendable () -> Double {
    let begin = ContinuousClock.now
    return { begin.duration(to: .now) / .seconds(1) }
}
