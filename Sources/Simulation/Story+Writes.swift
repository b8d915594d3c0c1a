import Controller
import Documents
import KubernetesObjects
import Manifests

extension Story.Command {
    /// The command as a person's tools would send it; nil for what is no command to the cluster.
    func asOperator(at now: Timestamp) -> OperatorCommand? {
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
        case .restart: .restart(at: now)
        case .autoscale, .edit, .metric, .newPods, .stablePods, .versionPods, .crash, .end: nil
        }
    }

    /// The writes of the command.
    ///
    /// - Throws: `CommandRefusal` for a command that has nothing to do.
    func writes(
        on rollout: Object, sets: [Object], workload: WorkloadSeen = .missing, at now: Timestamp
    ) throws(CommandRefusal) -> [Write] {
        if case .edit(let patch) = self {
            let reference = Reference(.rollouts, namespace: rollout.namespace, name: rollout.name)
            return [Write(reference, .patch(.merge(patch)))]
        }
        return try asOperator(at: now)?.writes(on: rollout, replicaSets: sets, workload: workload)
            ?? []
    }
}
