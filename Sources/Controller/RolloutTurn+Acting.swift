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
        var isStored = false
        do {
            isStored = try await store(decision.status, scene)
            try await carryOut(decision.actions, of: decision, scene)
        } catch {
            // A status that went ahead of its router has to be told from traffic that was given
            // back by a process that died of it.
            if decision.actions.contains(where: { $0.raises(in: scene.snapshot) }) {
                await memory.knowsWhyLow(scene.key)
            }
            await journal.stumbled(scene.key, "carrying out a decision", error)
            // The next turn does not say again what the stored status says already.
            if isStored { await announce(decision.events, scene) }
            await announceTrouble(error, scene)
            return error
        }
        await announce(decision.events, scene)
        return nil
    }

    private func carryOut(
        _ actions: [Action], of decision: Decision, _ scene: Scene
    ) async throws(ClusterError) {
        for action in actions {
            if action.raises(in: scene.snapshot) || action.shrinks || action.makesRoutes {
                try await requireUnchanged(scene, since: decision)
            }
            if case .route(let split) = action, !split.versions.isEmpty {
                try await requireExperiment(decision.status.currentExperiment, scene)
            }
            do {
                try await carryOut(action, scene)
            } catch .conflict where action.isEviction {
                // A disruption budget allows none now. The next look is due anyway, and evictions
                // come last.
                return
            }
        }
    }

    /// An abort or another document may have come since the status was stored, or a run may have
    /// ended badly beside this turn: then nothing goes up, and no pods go away that stable needs.
    private func requireUnchanged(
        _ scene: Scene, since decision: Decision
    ) async throws(ClusterError) {
        guard let now = try await cluster.get(scene.key.reference) else {
            throw .notFound("\(scene.key) is gone")
        }
        let isAborted = now.status?["abort"]?.bool ?? false
        let isLatched = await memory[scene.key].latch?.hash == decision.status.currentPodHash
        guard now.generation == scene.object.generation, isAborted == decision.status.isAborted,
            !isLatched || decision.status.isAborted
        else { throw .conflict("\(scene.key) was changed in between") }
        guard let workload = scene.parsed.workload?.reference,
            let seen = scene.snapshot.workload?.generation
        else { return }
        if try await cluster.get(workload)?.generation != seen {
            throw .conflict("\(workload) was changed in between")
        }
    }

    /// An experiment that ended beside this turn takes its pods away.
    private func requireExperiment(_ name: String, _ scene: Scene) async throws(ClusterError) {
        let reference = Reference(.experiments, namespace: scene.key.namespace, name: name)
        let experiment = try await cluster.get(reference).map { ExperimentDocument.seen($0) }
        guard let experiment, experiment.phase == .running, !experiment.isTerminating else {
            throw .conflict("experiment \(name) ended in between")
        }
    }

    /// Status and router at once: neither waits for, or fails with, the other. Until the status is
    /// stored this process keeps the rollout down. Once it is, what makes room on stable follows,
    /// also where a router does not: all traffic can go back only when stable carries it.
    private func giveBack(_ decision: Decision, _ scene: Scene) async -> ClusterError? {
        // An abort that is stored already needs no memory, and a person may take it back meanwhile.
        if decision.status.isAborted, scene.object.status?["abort"]?.bool != true {
            let latch = Latch(
                cause: decision.status.storedAbortCause, hash: decision.status.currentPodHash)
            await memory.latch(scene.key, latch)
        }
        let routes = decision.actions.filter { $0.givesBack(in: scene.snapshot) }
        async let moved = attempt(scene, "giving traffic back") { () throws(ClusterError) in
            for action in routes { try await carryOut(action, scene) }
        }
        async let stored = attempt(scene, "storing the status") { () throws(ClusterError) in
            _ = try await store(decision.status, scene)
        }
        let unmoved = await moved
        var trouble = await stored ?? unmoved
        if await stored == nil {
            let rest = decision.actions.filter { !routes.contains($0) }
            let undone = await attempt(scene, "making room") { () throws(ClusterError) in
                try await carryOut(rest, of: decision, scene)
            }
            trouble = trouble ?? undone
            await announce(decision.events, scene)
        } else if !decision.status.isAborted {
            await memory.knowsWhyLow(scene.key)
        }
        if let trouble { await announceTrouble(trouble, scene) }
        return trouble
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

    /// - Returns: whether there was anything to store.
    private func store(_ status: Status, _ scene: Scene) async throws(ClusterError) -> Bool {
        guard var body = StatusDocument.mergePatch(from: scene.object.status, to: status) else {
            await memory.stored(status, of: scene.key)
            return false
        }
        body["metadata"] = ["resourceVersion": .string(scene.object.resourceVersion)]
        do throws(ClusterError) {
            _ = try await cluster.write(Write(scene.key.reference, .patchStatus(.merge(body))))
        } catch {
            if case .unreachable = error { await memory.mayHaveStored(scene.key) }
            throw error
        }
        await memory.stored(status, of: scene.key)
        return true
    }

    private func announce(_ events: [Rollouts.Event], _ scene: Scene) async {
        for event in events { await journal.announce(scene.subject, event) }
        await memory.toldRefusal(scene.snapshot.refusalInFull, of: scene.key)
    }

    /// Conflicts are the ordinary way of the world; what a person must look at becomes an event.
    private func announceTrouble(_ trouble: ClusterError, _ scene: Scene) async {
        guard let event = trouble.event,
            await memory.isNews(event.message, of: scene.key, at: Instant(now()))
        else { return }
        await journal.announce(scene.subject, event)
    }
}

extension ClusterError {
    /// What a person must look at, by the reason that clients of the field know it by; nil for what
    /// is tried again anyway.
    fileprivate var event: Rollouts.Event? {
        switch self {
        case .refused(let text):
            Rollouts.Event("ReconciliationError", text, isWarning: true)
        case .refusedAs(let reason, let text): Rollouts.Event(reason, text, isWarning: true)
        case .conflict, .notFound, .alreadyExists, .ending, .unreachable: nil
        }
    }
}
