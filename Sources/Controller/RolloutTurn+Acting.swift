import Documents
import KubernetesObjects
import Manifests
import Rollouts
import Traffic

/// Carrying a decision out, in its order. Only patches of our own fields; what follows from what
/// was seen carries the version it was seen at, and only giving traffic back goes without.
extension RolloutTurn {
    /// - Returns: the first thing that did not work; nil when all is done.
    func act(on decision: Decision, in scene: Scene) async -> ClusterError? {
        switch decision.order {
        case .statusFirst:
            await actInOrder(decision, scene)
        case .together:
            await giveBack(decision, scene)
        }
    }

    private func actInOrder(_ decision: Decision, _ scene: Scene) async -> ClusterError? {
        do {
            try await store(decision.status, scene)
            for action in decision.actions {
                if action.raises(from: scene.snapshot.canaryWeight) {
                    try await requireUnchanged(scene, since: decision)
                }
                try await carryOut(action, scene)
            }
        } catch {
            await journal.stumbled(scene.key, "carrying out a decision", error)
            await announceTrouble(error, scene)
            return error
        }
        await announce(decision.events, scene)
        return nil
    }

    /// An abort or another document may have come since the status was stored: then nothing goes up.
    private func requireUnchanged(
        _ scene: Scene, since decision: Decision
    ) async throws(ClusterError) {
        guard let now = try await cluster.get(scene.key.reference) else {
            throw .notFound("\(scene.key) is gone")
        }
        let isAborted = now.status?["abort"]?.bool ?? false
        guard now.generation == scene.object.generation, isAborted == decision.status.isAborted
        else { throw .conflict("\(scene.key) was changed in between") }
    }

    /// Status and router at once: neither waits for, or fails with, the other. Until the status is
    /// stored this process keeps the rollout down.
    private func giveBack(_ decision: Decision, _ scene: Scene) async -> ClusterError? {
        if decision.status.isAborted {
            await memory.latch(scene.key, because: decision.status.storedAbortCause)
        }
        let weight = scene.snapshot.canaryWeight
        let routes = decision.actions.filter { $0.givesBack(from: weight) }
        async let moved = attempt(scene, "giving traffic back") { () throws(ClusterError) in
            for action in routes { try await carryOut(action, scene) }
        }
        async let stored = attempt(scene, "storing the status") { () throws(ClusterError) in
            try await store(decision.status, scene)
        }
        let troubles = await [moved, stored].compactMap(\.self)
        if let trouble = troubles.first {
            await announceTrouble(trouble, scene)
            return trouble
        }
        await announce(decision.events, scene)
        do {
            for action in decision.actions where !routes.contains(action) {
                try await carryOut(action, scene)
            }
        } catch {
            await journal.stumbled(scene.key, "carrying out a decision", error)
            return error
        }
        return nil
    }

    private func attempt(
        _ scene: Scene, _ doing: String, _ body: () async throws(ClusterError) -> Void
    ) async -> ClusterError? {
        do {
            try await body()
            return nil
        } catch {
            await journal.stumbled(scene.key, doing, error)
            return error
        }
    }

    private func store(_ status: Status, _ scene: Scene) async throws(ClusterError) {
        guard var body = StatusDocument.mergePatch(from: scene.object.status, to: status) else {
            await memory.stored(status, of: scene.key)
            return
        }
        body["metadata"] = ["resourceVersion": .string(scene.object.resourceVersion)]
        _ = try await cluster.write(Write(scene.key.reference, .patchStatus(.merge(body))))
        await memory.stored(status, of: scene.key)
    }

    private func announce(_ events: [Rollouts.Event], _ scene: Scene) async {
        for event in events { await journal.announce(scene.object, event) }
    }

    /// Conflicts are the ordinary way of the world; what a person must look at becomes an event.
    private func announceTrouble(_ trouble: ClusterError, _ scene: Scene) async {
        guard case .refused(let text) = trouble else { return }
        await journal.announce(
            scene.object, Rollouts.Event("ReconciliationError", text, isWarning: true))
    }
}
