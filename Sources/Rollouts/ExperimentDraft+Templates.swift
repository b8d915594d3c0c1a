/// How the versions of an experiment stand.
extension ExperimentDraft {
    mutating func noteTemplates() {
        status.templates = experiment.templates.map { template in
            var now =
                status.templates.first { $0.name == template.name }
                ?? ExperimentStatus.TemplateStatus(name: template.name)
            let set = seen.replicaSets[template.name]
            now.replicas = set?.replicas ?? 0
            now.updatedReplicas = set?.replicas ?? 0
            now.readyReplicas = set?.ready ?? 0
            now.availableReplicas = set?.available ?? 0
            now.podTemplateHash = set?.hash ?? now.podTemplateHash
            now.serviceName = seen.services[template.name] ?? ""
            if set == nil, seen.taken.replicaSets.contains(replicaSetName(now)) {
                now.collisionCount = (now.collisionCount ?? 0) + 1
            }
            return now
        }
        for template in experiment.templates { assess(template) }
    }

    /// When all versions run for the first time, the clock starts.
    mutating func noteAvailability() {
        let isRunning = status.templates.allSatisfy { $0.phase == .running }
        if status.availableAt == nil, isRunning { status.availableAt = seen.now }
    }

    /// When the duration is over; nil before the clock runs, and for one without an end.
    var end: Instant? {
        guard let start = status.availableAt else { return nil }
        return experiment.durationSeconds.map { start.advanced(bySeconds: $0) }
    }

    private mutating func assess(_ template: Experiment.Template) {
        guard let before = self[template.name], before.phase?.isCompleted != true else { return }
        if isEnding {
            move(template.name, to: .successful)
        } else if let obstacle = seen.obstacles[template.name] {
            move(template.name, to: .error, obstacle)
        } else if before.availableReplicas < template.replicas
            || seen.replicaSets[template.name] == nil
        {
            wait(for: template, before)
        } else if let end, end <= seen.now {
            move(template.name, to: .successful)
        } else {
            move(template.name, to: .running)
        }
    }

    /// A version that lacks pods has its deadline to get them, counted from when it began to lack
    /// them.
    private mutating func wait(
        for template: Experiment.Template, _ before: ExperimentStatus.TemplateStatus
    ) {
        let since = before.phase == .progressing ? before.lastTransition ?? seen.now : seen.now
        let deadline = since.advanced(bySeconds: experiment.progressDeadlineSeconds)
        if before.phase == .progressing, deadline <= seen.now {
            move(
                template.name, to: .failed,
                "Template '\(template.name)' exceeded its progressDeadlineSeconds "
                    + "(\(experiment.progressDeadlineSeconds))")
            return
        }
        move(template.name, to: .progressing)
        look(at: deadline)
        note(
            .waitingForPods(
                template.name, available: before.availableReplicas, of: template.replicas))
    }

    /// All that has come to its end with the experiment.
    mutating func endWhatIsOver() {
        guard isEnding, seen.refusal == nil else { return }
        for template in experiment.templates where self[template.name]?.phase?.isCompleted == false
        {
            move(template.name, to: .successful)
        }
        terminateRuns()
    }

    mutating func move(_ template: String, to phase: TemplatePhase, _ message: String = "") {
        guard let index = status.templates.firstIndex(where: { $0.name == template }) else {
            return
        }
        let before = status.templates[index].phase
        status.templates[index].message = message
        guard before != phase else { return }
        status.templates[index].phase = phase
        status.templates[index].lastTransition = seen.now
        let text = message.isEmpty ? "" : ": \(message)"
        events.append(
            Event(
                "Template\(phase.rawValue)",
                "Template '\(template)' Status New: '\(phase.rawValue)' "
                    + "Previous: '\(before?.rawValue ?? "NoPreviousStatus")'\(text)",
                isWarning: phase == .failed || phase == .error))
    }

    subscript(template: String) -> ExperimentStatus.TemplateStatus? {
        status.templates.first { $0.name == template }
    }

    /// `<experiment>-<template>`, with a number where that name is somebody else's.
    func replicaSetName(_ template: ExperimentStatus.TemplateStatus) -> String {
        let name = "\(experiment.name)-\(template.name)"
        return template.collisionCount.map { "\(name)-\($0)" } ?? name
    }
}
