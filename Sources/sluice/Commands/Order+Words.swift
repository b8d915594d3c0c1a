import Controller
import Documents
import KubernetesObjects
import Manifests
import Rollouts

extension Order {
    /// Whether the writes depend on the revisions there are.
    var needsReplicaSets: Bool {
        commands.contains { if case .undo = $0 { true } else { false } }
    }

    /// Whether it is about the pod template.
    var changesTemplate: Bool {
        commands.contains { command in
            switch command {
            case .undo, .setImage: true
            default: false
            }
        }
    }

    /// Whether it gives traffic back, which waits for nothing: not even for the note.
    var isUrgent: Bool { commands == [.abort] }

    /// Whether what is asked for is so already.
    func isDone(on rollout: Object) -> Bool {
        switch commands {
        case [.abort]:
            rollout.status?["abort"]?.bool == true && rollout.status?["promoteFull"]?.bool != true
        case [.pause]: rollout.spec?["paused"]?.bool == true
        default: false
        }
    }

    /// An abort of the update before is still there, and goes when the controller sees the new one:
    /// to abort that, too, would be lost.
    func waitsForController(on rollout: Object) -> Bool {
        let status = StatusDocument.parse(rollout.status)
        guard isUrgent, status.isAborted, let observed = Int(status.observedGeneration) else {
            return false
        }
        return observed < rollout.generation
    }

    /// Why a command has nothing to do that would be as well meant; nil where it has.
    func refusal(on rollout: Object) -> CommandRefusal? {
        guard isUrgent else { return nil }
        let status = StatusDocument.parse(rollout.status)
        let isSeen = Int(status.observedGeneration) == rollout.generation
        guard isSeen, !status.stableHash.isEmpty, status.stableHash == status.currentPodHash else {
            return nil
        }
        return CommandRefusal("rollout \(rollout.name) is not updating: there is nothing to abort")
    }

    /// What a person may do instead of a command that was refused.
    func remedy(_ name: String) -> String {
        switch commands.first {
        case .promote, .promoteFull, .resume, .retry, .pause, .scale, .restart, nil:
            "see where it stands: sluice get \(name)"
        case .abort: "to go back to an earlier revision: sluice undo \(name)"
        case .undo: "see the revisions: sluice get \(name)"
        case .setImage:
            "name a container of its pod template, or * for all: sluice get \(name) -o yaml"
        }
    }

    /// What was asked for, once it is written. What comes of it the controller says.
    func outcome(on rollout: Object) -> String {
        commands.map { outcome(of: $0, on: rollout) }.joined(separator: ", ")
    }

    /// The object that has the template, where that is not the rollout itself.
    private func holder(on rollout: Object) -> String {
        WorkloadDocument.reference(in: rollout)
            .map { "\($0.resource.singular) \($0.name), whose template it uses: " } ?? ""
    }

    private func outcome(of command: OperatorCommand, on rollout: Object) -> String {
        let status = rollout.status
        let steps = rollout.spec?["strategy"]?["canary"]?["steps"]?.array?.count ?? 0
        let index = status?["currentStepIndex"]?.int
        let step = index.map { $0 < steps ? " step \($0 + 1) of \(steps)" : "" } ?? ""
        let isPaused = status?["pauseConditions"]?.array?.isEmpty == false
        switch command {
        case .promote where step.isEmpty: return "asked to go on"
        case .promote where isPaused: return "asked to go on after\(step)"
        case .promote: return "asked to skip\(step)"
        case .promoteFull:
            return "asked to give all traffic to the new revision without further steps"
        case .abort: return "asked to give all traffic back to stable"
        case .retry: return "asked to start again at the first step"
        case .pause: return "paused; traffic stays as it is"
        case .resume: return "asked to go on"
        case .undo(let revision?):
            return "\(holder(on: rollout))has the template of revision \(revision) again"
        case .undo:
            return "\(holder(on: rollout))has the template of the revision before again"
        case .setImage(let container, let image):
            return "\(holder(on: rollout))\(container) runs \(image) from now on"
        case .scale(let count): return "asked for \(count) pods"
        case .restart(let time): return "pods from before \(time.rfc3339) are replaced"
        }
    }
}
