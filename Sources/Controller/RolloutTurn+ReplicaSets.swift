import Documents
import KubernetesObjects
import Manifests
import Rollouts

/// What is written to ReplicaSets, and to the pods that they have.
extension RolloutTurn {
    func createReplicaSet(
        _ hash: String, _ revision: Int, _ scene: Scene
    ) async throws(ClusterError) {
        let object = ReplicaSetDocument.created(
            for: scene.object, hash: hash, revision: revision,
            extras: scene.snapshot.extrasOfCreated)
        do {
            try await cluster.create(object, .replicaSets, for: scene.object)
        } catch .refused(let text) {
            let refused = RefusedReplicaSet(hash: hash, why: text)
            await memory.createdReplicaSet(refused, of: scene.key)
            throw .refused(text)
        }
        await memory.createdReplicaSet(nil, of: scene.key)
    }

    func change(
        _ name: String, by action: Action, _ scene: Scene
    ) async throws(ClusterError) {
        guard let set = scene.replicaSets.first(where: { $0.name == name }),
            let body = replicaSetPatch(
                action, of: set, size: scene.snapshot.rollout.spec.replicas)
        else { return }
        do throws(ClusterError) {
            try await patch(set, .replicaSets, body, checksVersion: false)
        } catch .refused(let text) {
            throw .refusedAs(
                reason: "ReplicaSetUpdateError",
                "Failed to update replica set \"\(name)\": \(text)")
        }
    }

    /// - Parameter size: the rollout's; nil where its document cannot be read that far.
    /// - Returns: nil for an action that is none on a ReplicaSet.
    private func replicaSetPatch(_ action: Action, of set: Object, size: Int?) -> JSON? {
        switch action {
        case .setReplicaSetRevision(_, let revision, let history):
            let past = history.map(String.init).joined(separator: ",")
            return [
                "metadata": [
                    "annotations": .object([
                        Keys.revision: .string(String(revision)),
                        Keys.revisionHistory: .string(past),
                    ])
                ]
            ]
        case .setMinReadySeconds(_, let seconds):
            return ["spec": ["minReadySeconds": .int(Int64(seconds))]]
        case .scale(_, _, let count):
            // A document that says no size any more leaves the one that was there.
            var annotations: [String: JSON] = [:]
            if let size { annotations[Keys.desiredReplicas] = .string(String(size)) }
            // Without pods there is nothing left to wait for.
            if count == 0 {
                annotations[Keys.scaleDownDeadline] = .null
                annotations[Keys.wasStable] = .null
            }
            return [
                "metadata": ["annotations": .object(annotations)],
                "spec": ["replicas": .int(Int64(count))],
            ]
        case .delayScaleDown(_, let end, let wasStable):
            let annotations: [String: JSON] = [
                Keys.scaleDownDeadline: .string(Timestamp(end).rfc3339),
                Keys.wasStable: wasStable ? "true" : .null,
            ]
            return ["metadata": ["annotations": .object(annotations)]]
        case .cancelScaleDown:
            let annotations: [String: JSON] = [
                Keys.scaleDownDeadline: .null, Keys.wasStable: .null,
            ]
            return ["metadata": ["annotations": .object(annotations)]]
        case .markPromoted(_, let isTrusted):
            return ["metadata": ["annotations": [Keys.wasPromoted: isTrusted ? "true" : .null]]]
        case .setPodMetadata(_, let text):
            return ReplicaSetDocument.metadataPatch(of: set, to: text)
        case .separate(_, let separation):
            return ReplicaSetDocument.separationPatch(of: set, to: separation)
        case .setRolloutReplicas, .noteWorkload, .scaleWorkload, .createReplicaSet,
            .setRolloutRevision, .updatePods, .deleteReplicaSet, .bind, .route, .noteRouters,
            .setRoutes, .startRun, .terminateRun, .deleteRun, .startExperiment,
            .terminateExperiment, .deleteExperiment, .askExtension, .evict:
            return nil
        }
    }

    /// Gives running pods the metadata of new ones. They are asked for at this moment only: nobody
    /// else needs to know all pods of a cluster.
    func updatePods(of name: String, _ scene: Scene) async throws(ClusterError) {
        guard let set = scene.replicaSets.first(where: { $0.name == name }) else { return }
        var trouble: ClusterError?
        for pod in try await cluster.holdings(.pods, set).own {
            guard let body = ReplicaSetDocument.podPatch(pod, of: set) else { continue }
            do {
                try await patch(pod, .pods, body, checksVersion: false)
            } catch .notFound {
                continue
            } catch {
                trouble = trouble ?? error
            }
        }
        if let trouble { throw trouble }
        try await patch(set, .replicaSets, ReplicaSetDocument.podsFollowed)
    }
}
