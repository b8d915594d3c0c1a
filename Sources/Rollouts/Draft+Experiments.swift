/// The step that runs an experiment (rollout-semantics §7.1): its result is the step's.
extension Draft {
    /// Named in the status first, as a run is: killed before it exists, the next turn creates it
    /// under the same name.
    mutating func takeExperiment(at index: Int) {
        guard status.pauseConditions.isEmpty else {
            note(.waitingForPerson("the experiment was inconclusive"))
            return
        }
        guard !status.currentExperiment.isEmpty else {
            if isWeightSettled(at: index) { startExperiment(index) }
            return
        }
        guard let experiment = seen.experiment(status.currentExperiment) else {
            startExperiment(index, named: status.currentExperiment)
            return
        }
        if experiment.phase == .successful {
            complete(index)
        } else {
            note(.experimentRunning(experiment.name))
        }
    }

    /// One that ends badly takes the update with it; one that cannot tell asks a person.
    mutating func takeExperimentVerdict() {
        guard !status.isAborted, let experiment = seen.experiment(status.currentExperiment) else {
            return
        }
        switch experiment.phase {
        case .pending, .running, .successful:
            return
        case .failed, .error:
            let cause = "Experiment analysis phase is error/failed"
            abort(because: experiment.message.isEmpty ? cause : "\(cause): \(experiment.message)")
        case .inconclusive:
            if !status.pauseConditions.contains(where: { $0.reason == .inconclusiveExperiment }) {
                pause(.inconclusiveExperiment)
            }
            note(
                .waitingForPerson(
                    "experiment \(experiment.name) is inconclusive: \(experiment.message)"))
        }
    }

    /// A step that was skipped takes its experiment with it.
    mutating func forgetOtherStepsExperiment() {
        guard !status.isAborted, !status.currentExperiment.isEmpty,
            let index = status.currentStepIndex
        else { return }
        let isOfThisStep = status.currentExperiment.isOrExtends(
            experimentName(index), by: "-")
        if !isOfThisStep {
            status.currentExperiment = ""
            leave(.inconclusiveExperiment)
        }
    }

    /// Experiments that nobody waits for end, and of those that ended as many are kept as of runs
    /// (§7.1, §5.9). One goes with its pods, so it stays as long as requests may come to them.
    mutating func tidyExperiments() {
        tidy(
            seen.experiments, current: [status.currentExperiment],
            needed: Set(seen.experiments.filter(seen.isLedTo).map(\.name)),
            terminate: Action.terminateExperiment, delete: Action.deleteExperiment)
    }

    private mutating func startExperiment(_ index: Int, named known: String? = nil) {
        let free = known.flatMap { seen.taken.experiments.contains($0) ? nil : $0 }
        let name = free ?? freshExperimentName(index)
        status.currentExperiment = name
        actions.append(.startExperiment(name: name, step: index))
        events.append(Event("ExperimentCreated", "Created Experiment '\(name)'"))
        note(.experimentStarted(name))
    }

    private func experimentName(_ index: Int) -> String {
        "\(seen.rollout.name)-\(new.hash)-\(revision)-\(index)"
    }

    /// `<rollout>-<hash>-<revision>-<step>`, with `-1`, `-2` … where that name was used before.
    private func freshExperimentName(_ index: Int) -> String {
        experimentName(index).free(
            of: seen.taken.experiments.union(seen.experiments.map(\.name)), by: "-")
    }
}
