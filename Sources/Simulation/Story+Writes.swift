import Controller
import Documents
import KubernetesObjects

extension Story.Command {
    /// The command as a person's tools would send it; nil for what is no command to the cluster.
    var asOperator: OperatorCommand? {
        switch self {
        case .image(let image): .setImage(container: "*", image: image)
        case .promote: .promote
        case .promoteFull: .promoteFull
        case .abort: .abort
        case .retry: .retry
        case .pause: .pause
        case .resume: .resume
        case .undo(let revision): .undo(toRevision: revision)
        case .scale(let count): .scale(count)
        case .metric, .newPods, .stablePods, .crash, .end: nil
        }
    }

    /// The writes of the command; none where it is refused.
    func writes(on rollout: Object, sets: [Object]) -> [Write] {
        do {
            return try asOperator?.writes(on: rollout, replicaSets: sets) ?? []
        } catch {
            return []
        }
    }
}
