/// What is measured of an experiment, and what it comes to.
extension ExperimentDraft {
    /// What became of the runs that were started.
    mutating func noteRuns() {
        for (index, before) in status.analyses.enumerated() {
            guard let run = run(of: before), !before.phase.isCompleted else { continue }
            status.analyses[index].phase = run.phase
            status.analyses[index].message = run.message
            if run.phase != before.phase { announce(status.analyses[index], after: before.phase) }
        }
    }

    /// Analyses begin when all versions run. The status names a run before it is there: killed in
    /// between, the next turn makes it under that name.
    mutating func startRuns() {
        guard status.availableAt != nil, !isEnding else {
            let runs = Set(seen.runs.map(\.name))
            // What was never begun says nothing.
            status.analyses.removeAll { !$0.phase.isCompleted && !runs.contains($0.run) }
            return
        }
        for analysis in experiment.analyses {
            let known = status.analyses.first { $0.name == analysis.name }
            if let known, run(of: known) != nil || known.phase.isCompleted { continue }
            start(analysis, as: known?.run)
        }
    }

    /// The phase of the whole (§7.1).
    mutating func assess() {
        let bad = [RunPhase.failed, .error, .inconclusive].flatMap { phase in
            status.analyses.filter { $0.phase == phase }
        }
        if let worst = bad.first {
            end(worst.phase, worst.message)
        } else if !required.isEmpty, required.allSatisfy({ $0?.phase == .successful }) {
            end(.successful, "Required AnalysisRuns completed")
        } else if let broken = status.templates.first(where: { $0.phase == .failed }) {
            end(.failed, broken.message)
        } else if let broken = status.templates.first(where: { $0.phase == .error }) {
            end(.error, broken.message)
        } else if status.templates.allSatisfy({ $0.phase == .successful }) {
            assessAtEnd()
        } else {
            move(to: status.availableAt == nil ? .pending : .running)
            noteRunning()
        }
    }

    /// The versions have had their time. Only what is required is still waited for.
    private mutating func assessAtEnd() {
        let open = required.first { $0?.phase.isCompleted == false }
        if let analysis = open.flatMap(\.self) {
            move(to: .running)
            note(.waitingForAnalysis(analysis.name))
        } else {
            end(.successful, "")
        }
    }

    mutating func end(_ phase: RunPhase, _ message: String) { move(to: phase, message) }

    private mutating func move(to phase: RunPhase, _ message: String = "") {
        let before = status.phase
        status.phase = phase
        status.message = message
        guard before != phase else { return }
        let text = message.isEmpty ? "" : ": \(message)"
        events.append(
            Event(
                "Experiment\(phase.rawValue)",
                "Experiment Status New: '\(phase.rawValue)' "
                    + "Previous: '\(before?.rawValue ?? "NoPreviousStatus")'\(text)",
                isWarning: phase.isBad))
    }

    private mutating func noteRunning() {
        guard status.availableAt != nil else { return }
        if let end {
            if end > seen.now { look(at: end) }
            note(.running(until: end))
        } else if let analysis = required.compactMap(\.self).first(where: { !$0.phase.isCompleted })
        {
            note(.waitingForAnalysis(analysis.name))
        } else {
            note(.running(until: nil))
        }
    }

    /// The required analyses; nil for one that has not begun.
    private var required: [ExperimentStatus.AnalysisStatus?] {
        experiment.analyses.filter(\.isRequired).map { analysis in
            status.analyses.first { $0.name == analysis.name }
        }
    }

    private func run(of analysis: ExperimentStatus.AnalysisStatus) -> ExperimentRun? {
        seen.runs.first { $0.name == analysis.run }
    }

    private mutating func start(_ analysis: Experiment.AnalysisPlan, as known: String?) {
        let name = known.flatMap { seen.taken.runs.contains($0) ? nil : $0 } ?? freshName(analysis)
        var begun = ExperimentStatus.AnalysisStatus(
            name: analysis.name, run: name, phase: .pending)
        if let problem = seen.problems[analysis.name] {
            (begun.phase, begun.message) = (.error, problem)
        } else {
            actions.append(.startRun(name: name, analysis: analysis.name))
        }
        status.analyses.removeAll { $0.name == analysis.name }
        status.analyses.append(begun)
        if begun.phase == .error { announce(begun, after: nil) }
    }

    /// `<experiment>-<analysis>`, with `.1`, `.2` … where that name was used before.
    private func freshName(_ analysis: Experiment.AnalysisPlan) -> String {
        "\(experiment.name)-\(analysis.name)"
            .free(of: seen.taken.runs.union(seen.runs.map(\.name)))
    }

    private mutating func announce(
        _ analysis: ExperimentStatus.AnalysisStatus, after before: RunPhase?
    ) {
        let text = analysis.message.isEmpty ? "" : ": \(analysis.message)"
        events.append(
            Event(
                "AnalysisRun\(analysis.phase.rawValue)",
                "Experiment Analysis Run '\(analysis.run)' Status "
                    + "New: '\(analysis.phase.rawValue)' "
                    + "Previous: '\(before?.rawValue ?? "NoPreviousStatus")'\(text)",
                isWarning: analysis.phase.isBad))
    }

    mutating func terminateRuns() {
        for run in seen.runs where !run.phase.isCompleted && !run.isTerminating {
            actions.append(.terminateRun(name: run.name))
            events.append(
                Event("AnalysisRunTerminating", "Terminating analysis run '\(run.name)'"))
        }
    }
}

extension RunPhase {
    /// An end that speaks against what was measured.
    var isBad: Bool {
        switch self {
        case .pending, .running, .successful: false
        case .failed, .error, .inconclusive: true
        }
    }
}
