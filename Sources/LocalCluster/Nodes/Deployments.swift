import Documents
import KubernetesObjects

/// Moves a Deployment's pods from one template to the next.
///
/// Differs from Kubernetes in one way: a Deployment resized in the middle of a rolling update does
/// not share the new size out among its ReplicaSets in proportion; the newest takes what is added,
/// the older ones give up what goes.
enum Deployments {
    static let revision = "deployment.kubernetes.io/revision"
    static let desired = "deployment.kubernetes.io/desired-replicas"
    static let most = "deployment.kubernetes.io/max-replicas"
    static let hash = "pod-template-hash"

    /// One turn of `deployment`; `sets` are all ReplicaSets it controls, `pods` all pods of those.
    static func turn(
        _ deployment: Object, sets: [Object], pods: [Object], at now: Timestamp
    ) -> Outcome {
        guard deployment.deletionTimestamp == nil else { return Outcome() }
        let state = DeploymentState(deployment, sets: sets, pods: pods)
        let moves = moves(state)
        var outcome = Outcome(moves.writes)
        let status = DeploymentStatus.after(moves, of: state, at: now)
        if let patch = statusPatch(from: deployment.status, to: status.json) {
            outcome.writes.append(.patchStatus(state.reference, patch))
        }
        if let wake = status.deadline { outcome.wake(at: wake) }
        return outcome
    }

    /// What a turn does to ReplicaSets, and whether a new one is among it.
    struct Moves {
        var writes: [Write] = []
        var created: String?
        var collisions: Int
    }

    private static func moves(_ state: DeploymentState) -> Moves {
        var moves = Moves(collisions: state.collisions)
        var state = state
        if let new = state.new {
            moves.writes += annotations(of: new, in: state)
        } else if !state.isPaused {
            let made = state.firstSet()
            moves.collisions = made.collisions
            moves.created = made.set.name
            moves.writes += [.create(.replicaSets, made.set)]
            moves.writes += revisionWrite(state)
            return moves
        }
        moves.writes += revisionWrite(state)
        if state.isPaused {
            moves.writes += resize(&state)
        } else {
            moves.writes += state.isRecreate ? recreate(&state) : roll(&state)
            moves.writes += forget(state)
        }
        return moves
    }

    /// A paused Deployment still follows its size where only one ReplicaSet has pods.
    private static func resize(_ state: inout DeploymentState) -> [Write] {
        let active = state.all.filter { $0.wanted > 0 }
        guard active.count <= 1, let only = active.first ?? state.all.last else { return [] }
        return state.scale(only, to: state.replicas)
    }

    private static func recreate(_ state: inout DeploymentState) -> [Write] {
        let stops = state.old.flatMap { state.scale($0, to: 0) }
        guard stops.isEmpty, !state.oldPodsRemain, let new = state.new else { return stops }
        return state.scale(new, to: state.replicas)
    }

    private static func roll(_ state: inout DeploymentState) -> [Write] {
        guard let new = state.new else { return [] }
        let up = state.scale(new, to: state.newReplicas)
        // As in Kubernetes, one direction a turn: what was just added is not yet known to serve.
        if !up.isEmpty { return up }
        return shrink(&state, new: new)
    }

    private static func shrink(_ state: inout DeploymentState, new: DeploymentState.Set) -> [Write]
    {
        let least = state.replicas - state.maxUnavailable
        let total = state.all.reduce(0) { $0 + $1.wanted }
        var room = total - least - max(0, new.wanted - new.available)
        var writes: [Write] = []
        // Pods that do not serve go first: they protect nobody.
        for set in state.old where room > 0 && set.wanted > set.available {
            let count = min(room, set.wanted - set.available)
            writes += state.scale(set, to: set.wanted - count)
            room -= count
        }
        var spare = state.all.reduce(0) { $0 + $1.available } - least
        for set in state.old where spare > 0 && room > 0 && set.wanted > 0 {
            let count = min(spare, room, set.wanted)
            writes += state.scale(set, to: set.wanted - count)
            spare -= count
            room -= count
        }
        return writes
    }

    /// Old ReplicaSets beyond `revisionHistoryLimit` go, once the new one carries everything.
    private static func forget(_ state: DeploymentState) -> [Write] {
        guard state.isComplete else { return [] }
        let idle = state.old.filter { $0.wanted == 0 && $0.present == 0 }
            .sorted { $0.revision < $1.revision }
        return idle.prefix(max(0, idle.count - state.historyLimit)).map {
            .delete($0.reference, uid: $0.object.uid)
        }
    }

    private static func annotations(of new: DeploymentState.Set, in state: DeploymentState)
        -> [Write]
    {
        let wanted = state.annotations(revision: state.revision)
        let change = wanted.filter { new.object.annotations[$0.key] != $0.value }
        guard !change.isEmpty else { return [] }
        return [.patch(new.reference, ["metadata": ["annotations": JSON(strings: change)]])]
    }

    private static func revisionWrite(_ state: DeploymentState) -> [Write] {
        let text = String(state.revision)
        guard state.deployment.annotations[revision] != text else { return [] }
        return [
            .patch(state.reference, ["metadata": ["annotations": JSON(strings: [revision: text])]])
        ]
    }
}
