import Analysis
import Documents
import KubernetesObjects
import Manifests
import Rollouts
import Traffic

/// Each action as the writes it stands for.
extension RolloutTurn {
    func carryOut(_ action: Action, _ scene: Scene) async throws(ClusterError) {
        switch action {
        case .route(let split):
            try await route(split, isBack: action.givesBack(in: scene.snapshot), scene)
        case .noteRouters(let isPresent):
            try await annotate(scene.parsed.notePatch(present: isPresent, on: scene.object), scene)
        case .setRoutes(let routes):
            try await move(isBack: routes.isEmpty, scene) { router throws(RouterError) in
                try router.routes?(routes, scene.observed) ?? []
            }
        case .startRun(let name, let purpose):
            try await startRun(name, purpose, scene)
        case .createReplicaSet(let hash, let revision):
            try await createReplicaSet(hash, revision, scene)
        case .setRolloutReplicas(let count):
            try await patch(scene.object, .rollouts, ["spec": ["replicas": .int(Int64(count))]])
        case .setRolloutRevision(let revision):
            try await annotate(.annotation(Keys.revision, revision), scene)
        case .noteWorkload(let generation):
            try await annotate(.annotation(Keys.workloadGeneration, generation), scene)
        case .scaleWorkload(_, let count, let adoption):
            guard let reference = scene.parsed.workload?.reference else { return }
            let body = WorkloadDocument.scaling(to: count, adoption, by: scene.object)
            _ = try await cluster.write(Write(reference, .patch(.merge(body))))
        case .bind(let service, _, let hash):
            try await bind(service, to: hash, scene)
        case .terminateRun(let name):
            guard let run = scene.runs.first(where: { $0.name == name }) else { return }
            // Without the version: a measurement may be stored at any moment, and the wish does not
            // depend on it.
            let write = Write(
                Reference(.analysisRuns, namespace: run.namespace, name: name),
                .patch(.merge(RunDocument.termination)))
            _ = try await cluster.write(write)
        case .deleteRun(let name):
            try await delete(name, among: scene.runs, .analysisRuns)
        case .startExperiment(let name, let step):
            try await startExperiment(name, step, scene)
        case .terminateExperiment(let name):
            try await terminateExperiment(name, scene)
        case .deleteExperiment(let name):
            try await delete(name, among: scene.experiments, .experiments)
        case .deleteReplicaSet(let name):
            try await delete(name, among: scene.replicaSets, .replicaSets)
        case .setReplicaSetRevision(let name, _, _), .setMinReadySeconds(let name, _),
            .scale(let name, _, _), .delayScaleDown(let name, _, _),
            .cancelScaleDown(let name), .markPromoted(let name, _), .setPodMetadata(let name, _),
            .separate(let name, _):
            try await change(name, by: action, scene)
        case .updatePods(let name):
            try await updatePods(of: name, scene)
        case .askExtension(let call):
            await ask(call, scene)
        case .evict(let name):
            try await evict(Reference(.pods, namespace: scene.key.namespace, name: name))
        }
    }

    /// On the way back no router gives anybody more than it does.
    private func route(
        _ split: Split, isBack: Bool, _ scene: Scene
    ) async throws(ClusterError) {
        try await move(isBack: isBack, scene) { router throws(RouterError) in
            let own = isBack ? split.lowered(to: router.read(scene.observed)) : split
            return try router.plan(own, scene.observed)
        }
    }

    private func terminateExperiment(
        _ name: String, _ scene: Scene
    ) async throws(ClusterError) {
        let reference = Reference(.experiments, namespace: scene.key.namespace, name: name)
        let patch = Patch.merge(ExperimentDocument.termination)
        _ = try await cluster.write(Write(reference, .patch(patch)))
    }

    private func evict(_ pod: Reference) async throws(ClusterError) {
        do {
            _ = try await cluster.write(Write(pod, .evict))
        } catch .notFound {
            return
        }
    }

    /// Writes annotations of the rollout. Without the version: the status may have been stored a
    /// moment ago, and nobody else writes them.
    private func annotate(_ body: JSON, _ scene: Scene) async throws(ClusterError) {
        _ = try await cluster.write(Write(scene.key.reference, .patch(.merge(body))))
    }

    /// Writes what each router plans.
    private func move(
        isBack: Bool, _ scene: Scene, _ plan: (Router) throws(RouterError) -> [Change]
    ) async throws(ClusterError) {
        var trouble: ClusterError?
        for router in scene.parsed.routers {
            do throws(ClusterError) {
                let changes: [Change]
                do throws(RouterError) {
                    changes = try plan(router)
                } catch {
                    throw ClusterError(error, of: router)
                }
                try await write(changes, of: router, isBack: isBack, scene)
            } catch {
                // Going back, one router that refuses must not keep the others from giving theirs.
                guard isBack else { throw error }
                trouble = trouble ?? error
            }
        }
        if let trouble { throw trouble }
    }

    private func write(
        _ changes: [Change], of router: Router, isBack: Bool, _ scene: Scene
    ) async throws(ClusterError) {
        var trouble: ClusterError?
        for change in changes {
            do {
                if let remote = router.remote {
                    try await order(
                        change, of: remote, isBack: isBack, for: scene.key, scene.observed)
                } else {
                    _ = try await cluster.write(
                        Write(change.reference, act(of: change, isBack: isBack, scene)))
                }
            } catch .notFound where change.act == .delete {
                continue
            } catch {
                let error = await meaning(of: error, refusing: change, scene).ofRouting
                guard isBack, !change.isPrerequisite else { throw error }
                trouble = trouble ?? error
                continue
            }
            if let event = change.event { await journal.announce(scene.subject, event) }
        }
        if let trouble { throw trouble }
    }

    private func act(of change: Change, isBack: Bool, _ scene: Scene) -> Write.Act {
        switch change.act {
        case .create(let object): return .create(object)
        case .delete: return .delete(uid: scene.observed.objects[change.reference]?.uid)
        case .patch(.merge(var body)) where !isBack:
            if let seen = scene.observed.objects[change.reference] {
                body.set(.string(seen.resourceVersion), at: ["metadata", "resourceVersion"])
            }
            return .patch(.merge(body))
        case .patch(.json(let operations)) where !isBack:
            let version = scene.observed.objects[change.reference]?.resourceVersion ?? ""
            let precondition: JSON = [
                "op": "replace", "path": "/metadata/resourceVersion", "value": .string(version),
            ]
            return .patch(.json(operations + [precondition]))
        case .patch(let patch): return .patch(patch)
        }
    }

    /// A list that was changed meanwhile refuses a patch of its elements: then it has to be looked
    /// at again, and no person has to look.
    private func meaning(
        of error: ClusterError, refusing change: Change, _ scene: Scene
    ) async -> ClusterError {
        guard case .refused(let text) = error, case .patch(.json) = change.act else { return error }
        let version = scene.observed.objects[change.reference]?.resourceVersion
        do {
            let present = try await cluster.fresh(change.reference)
            return present?.resourceVersion == version ? error : .conflict(text)
        } catch let unread {
            // A look that fails says nothing of the write, and keeps no other one from being made.
            return .refused("\(text) (and it cannot be looked at again: \(unread))")
        }
    }

    private func bind(_ service: String, to hash: String, _ scene: Scene) async throws(ClusterError)
    {
        let reference = Reference(.services, namespace: scene.key.namespace, name: service)
        let patch = ServiceDocument.binding(to: hash, by: scene.key.name)
        _ = try await cluster.write(Write(reference, .patch(patch)))
    }

    private func startRun(
        _ name: String, _ purpose: Run.Purpose, _ scene: Scene
    ) async throws(ClusterError) {
        guard let analysis = scene.parsed.analysis(for: purpose) else {
            throw .refused("no analysis is configured for run \(name)")
        }
        let templates = try await cluster.templates(analysis.templates, in: scene.key.namespace)
        let status = scene.snapshot.rollout.status
        let new = scene.snapshot.new
        let order = RunDocument.Order(
            name: name, purpose: purpose, revision: new.map(scene.snapshot.revision) ?? 0,
            stableHash: status.stableHash,
            latestHash: new?.hash ?? "")
        let object: Object
        do {
            object = try RunDocument.created(order, for: scene.object, as: analysis) {
                templates[$0]
            }
        } catch {
            throw .refused("analysis run \(name): \(error.message)")
        }
        try await cluster.create(object, .analysisRuns, for: scene.object)
    }

    private func startExperiment(
        _ name: String, _ step: Int, _ scene: Scene
    ) async throws(ClusterError) {
        func document(_ set: ReplicaSet?) -> Object? {
            scene.replicaSets.first { $0.name == set?.name }
        }
        guard let new = scene.snapshot.new, let canary = document(new),
            let stable = document(scene.snapshot.stable)
        else { throw .refused("experiment \(name): stable or canary has no ReplicaSet") }
        let order = ExperimentDocument.Order(
            name: name, step: step, revision: scene.snapshot.revision(of: new), stable: stable,
            canary: canary)
        let object: Object
        do {
            object = try ExperimentDocument.created(order, for: scene.object)
        } catch {
            throw .refused("experiment \(name): \(error.message)")
        }
        try await cluster.create(object, .experiments, for: scene.object)
    }

    func patch(
        _ object: Object, _ resource: Resource, _ body: JSON, checksVersion: Bool = true
    ) async throws(ClusterError) {
        var body = body
        if checksVersion {
            body.set(.string(object.resourceVersion), at: ["metadata", "resourceVersion"])
        }
        let reference = Reference(resource, namespace: object.namespace, name: object.name)
        _ = try await cluster.write(Write(reference, .patch(.merge(body))))
    }

    private func delete(
        _ name: String, among objects: [Object], _ resource: Resource
    ) async throws(ClusterError) {
        guard let object = objects.first(where: { $0.name == name }) else { return }
        let reference = Reference(resource, namespace: object.namespace, name: name)
        do {
            _ = try await cluster.write(Write(reference, .delete(uid: object.uid)))
        } catch .notFound {
            return
        }
    }
}

extension ClusterError {
    /// What a router that cannot write means for a turn.
    fileprivate init(_ error: RouterError, of router: Router) {
        if let event = error.missing?.missingEvent {
            let (reason, text) = (event.reason, event.message)
            self = .refusedAs(reason: reason, text)
        } else {
            self = .refusedAs(reason: routingError, "\(router.kind): \(error.description)")
        }
    }

    /// The same where it is a router that cannot be written.
    fileprivate var ofRouting: ClusterError {
        if case .refused(let text) = self { .refusedAs(reason: routingError, text) } else { self }
    }
}

/// What the field tells of a router that does not do what was asked (§6.2, §7.5).
private let routingError = "TrafficRoutingError"

extension Reference {
    /// What is told of a route that nobody has made; nil for the kinds that have no event of their
    /// own (§7.5).
    var missingEvent: Rollouts.Event? {
        let kinds = [
            Resource.virtualServices, .destinationRules, .meshServices, .meshRouters, .meshNodes,
        ]
        guard kinds.contains(resource) else { return nil }
        return Rollouts.Event("\(resource.kind)NotFound", "\(shown) not found", isWarning: true)
    }
}

extension JSON {
    /// An object with keys that are not known at compile time.
    static func object(_ members: [String: JSON]) -> JSON {
        .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }

    fileprivate static func annotation(_ key: String, _ number: Int) -> JSON {
        ["metadata": ["annotations": .object([key: .string(String(number))])]]
    }
}
