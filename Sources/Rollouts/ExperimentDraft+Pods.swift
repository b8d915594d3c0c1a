/// The pods and Services of an experiment.
extension ExperimentDraft {
    /// Every version has the pods it asks for until its end, and for a while after that. What the
    /// document names no more has come to its end too.
    mutating func sizePods() {
        guard isReadable else { return }
        for template in living { grow(template) }
        let kept = Set(living.map(\.name))
        for (template, set) in seen.replicaSets.sorted(by: { $0.key < $1.key })
        where !kept.contains(template) {
            retire(set, of: template)
        }
    }

    /// A version has its Service while it has pods that could answer.
    mutating func tendServices() {
        guard isReadable else { return }
        let serving = living.filter { $0.service != nil }
        for template in serving where seen.services[template.name] == nil {
            guard let set = seen.replicaSets[template.name], !set.isDeleting,
                let name = template.service, seen.obstacles[template.name] == nil
            else { continue }
            actions.append(
                .createService(name: name.isEmpty ? set.name : name, template: template.name))
        }
        let kept = Set(serving.map(\.name))
        for (template, service) in seen.services.sorted(by: { $0.key < $1.key })
        where !kept.contains(template) && !seen.routed.contains(template)
            && (seen.replicaSets[template]?.available ?? 0) == 0
        {
            actions.append(.deleteService(name: service))
        }
    }

    /// A document that cannot be followed changes nothing that runs, but it may be stopped.
    private var isReadable: Bool { seen.refusal == nil || isEnding }

    /// The versions that are to have pods.
    private var living: [Experiment.Template] {
        if isEnding { return [] }
        return experiment.templates.filter { self[$0.name]?.phase?.isCompleted == false }
    }

    private mutating func grow(_ template: Experiment.Template) {
        guard let set = seen.replicaSets[template.name] else {
            if let status = self[template.name] {
                actions.append(
                    .createReplicaSet(name: replicaSetName(status), template: template.name))
            }
            return
        }
        guard !set.isDeleting else { return }
        if set.scaleDownDeadline != nil { actions.append(.cancelScaleDown(replicaSet: set.name)) }
        scale(set, to: template.replicas)
    }

    /// The pods stay a little, for those who look at them, and then go.
    private mutating func retire(_ set: ReplicaSet, of template: String) {
        guard set.desired > 0, !set.isDeleting else { return }
        // No pods go that requests may come to.
        guard !seen.routed.contains(template) else {
            look(at: seen.now.advanced(bySeconds: secondsBetweenLooks))
            return
        }
        let delay = experiment.scaleDownDelaySeconds
        let deadline = set.scaleDownDeadline ?? seen.now.advanced(bySeconds: delay)
        if deadline <= seen.now {
            scale(set, to: 0)
            return
        }
        if set.scaleDownDeadline == nil {
            actions.append(.delayScaleDown(replicaSet: set.name, until: deadline))
        }
        look(at: deadline)
        if let phase = status.phase, phase.isCompleted {
            note(.scalingDown(phase, status.message, at: deadline))
        }
    }

    private mutating func scale(_ set: ReplicaSet, to wanted: Int) {
        guard set.desired != wanted else { return }
        actions.append(.scale(replicaSet: set.name, from: set.desired, to: wanted))
        let direction = set.desired < wanted ? "up" : "down"
        events.append(
            Event(
                "ScalingReplicaSet",
                "Scaled \(direction) ReplicaSet \(set.name) from \(set.desired) to \(wanted)"))
    }
}

/// For pods that requests may still come to: nothing tells that a route has left them.
private let secondsBetweenLooks = 10
