import Documents
import KubernetesObjects

/// The status of a Deployment after a turn.
struct DeploymentStatus {
    var json: JSON
    /// When the update counts as stuck if nothing moves before; nil where that cannot happen.
    var deadline: Timestamp?

    static func after(
        _ moves: Deployments.Moves, of state: DeploymentState, at now: Timestamp
    ) -> DeploymentStatus {
        var status = state.deployment.status ?? [:]
        let before = status
        let sum = { (field: String) in
            state.all.reduce(0) { $0 + ($1.object["status", field]?.int ?? 0) }
        }
        let available = sum("availableReplicas")
        let total = sum("replicas")
        let wanted = max(state.replicas, total)
        status["observedGeneration"] = count(state.deployment.generation)
        status["replicas"] = positive(total)
        status["updatedReplicas"] = positive(state.new?.object["status", "replicas"]?.int ?? 0)
        status["readyReplicas"] = positive(sum("readyReplicas"))
        status["availableReplicas"] = positive(available)
        status["unavailableReplicas"] = positive(wanted - available)
        status["collisionCount"] = positive(moves.collisions)
        var result = DeploymentStatus(json: status)
        result.judge(moves, of: state, before: before, available: available, at: now)
        return result
    }

    /// Kubernetes leaves counts of nothing out.
    private static func positive(_ number: Int) -> JSON? { number > 0 ? count(number) : .none }

    private mutating func judge(
        _ moves: Deployments.Moves, of state: DeploymentState, before: JSON, available: Int,
        at now: Timestamp
    ) {
        let enough = available >= state.replicas - state.maxUnavailable
        let name = state.deployment.name
        var list = conditions(
            before["conditions"]?.array ?? [], setting: "Available", to: enough,
            reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            message: enough
                ? "Deployment has minimum availability."
                : "Deployment does not have minimum availability.",
            at: now)
        let progress = progress(moves, of: state, name: name, before: before, at: now)
        if let progress {
            list = conditions(
                list, setting: "Progressing", to: progress.holds, reason: progress.reason,
                message: progress.message, at: now, touch: progress.moved)
        }
        json["conditions"] = .array(list)
    }

    private struct Progress {
        var holds = true
        var reason: String
        var message: String
        var moved = false
    }

    private mutating func progress(
        _ moves: Deployments.Moves, of state: DeploymentState, name: String, before: JSON,
        at now: Timestamp
    ) -> Progress? {
        if state.isPaused {
            return Progress(reason: "DeploymentPaused", message: "Deployment is paused")
        }
        if let set = moves.created {
            return Progress(
                reason: "NewReplicaSetCreated", message: "Created new replica set \"\(set)\"",
                moved: true)
        }
        let set = state.new?.object.name ?? name
        let updated = json["updatedReplicas"]?.int ?? 0
        if updated == state.replicas, json["availableReplicas"]?.int ?? 0 == updated,
            json["replicas"]?.int ?? 0 == updated
        {
            return Progress(
                reason: "NewReplicaSetAvailable",
                message: "ReplicaSet \"\(set)\" has successfully progressed.")
        }
        let fields = ["updatedReplicas", "replicas", "readyReplicas", "availableReplicas"]
        let moved = fields.contains { json[$0] != before[$0] } || !moves.writes.isEmpty
        let old = before["conditions"]?.array?.first { $0["type"]?.string == "Progressing" }
        let since = old?["lastUpdateTime"]?.string.flatMap(Timestamp.init(rfc3339:)) ?? now
        let limit = since.advanced(
            bySeconds: state.deployment["spec", "progressDeadlineSeconds"]?.int ?? 600)
        // Once stuck it stays stuck until something moves.
        if !moved, old?["reason"]?.string == "ProgressDeadlineExceeded" { return nil }
        let wasComplete = old?["reason"]?.string == "NewReplicaSetAvailable"
        if !moved, !wasComplete, now >= limit {
            return Progress(
                holds: false, reason: "ProgressDeadlineExceeded",
                message: "ReplicaSet \"\(set)\" has timed out progressing.")
        }
        if !wasComplete { deadline = moved ? nil : limit }
        if wasComplete && !moved { return nil }
        return Progress(
            reason: "ReplicaSetUpdated", message: "ReplicaSet \"\(set)\" is progressing.",
            moved: moved)
    }
}
