import Analysis
import Documents
import KubernetesObjects
import Manifests
import Rollouts

/// Carrying a decision out: the status first, which names what the actions make.
extension ExperimentTurn {
    /// - Returns: the first thing that did not work; nil when all is done.
    func act(on decision: ExperimentDecision, in scene: Scene) async -> ClusterError? {
        var isStored = false
        var trouble: ClusterError?
        do throws(ClusterError) {
            isStored = try await store(decision.status, scene)
            for action in decision.actions { try await carryOut(action, scene) }
        } catch {
            trouble = error
        }
        // The next turn does not say again what the stored status says already.
        if trouble == nil || isStored { await tell(decision.events, scene) }
        return trouble
    }

    /// - Returns: whether there was anything to store.
    private func store(
        _ status: ExperimentStatus, _ scene: Scene
    ) async throws(ClusterError) -> Bool {
        guard var body = ExperimentDocument.statusPatch(from: scene.object, to: status) else {
            return false
        }
        body["metadata"] = ["resourceVersion": .string(scene.object.resourceVersion)]
        try await patch(scene.object, .experiments, body)
        return true
    }

    /// What went wrong with a run is told about the rollout too that waits for it.
    private func tell(_ events: [Rollouts.Event], _ scene: Scene) async {
        for event in events { await announce(scene.object, event) }
        await obstacles.toldRefusal(scene.snapshot.refusalInFull, of: scene.object.uid)
        let bad = events.filter { $0.isWarning && $0.reason.hasPrefix("AnalysisRun") }
        guard !bad.isEmpty else { return }
        do {
            guard let rollout = try await rollout(of: scene.object) else { return }
            for event in bad { await announce(rollout, event) }
        } catch {
            // It is told about the experiment all the same.
        }
    }

    private func carryOut(_ action: ExperimentAction, _ scene: Scene) async throws(ClusterError) {
        switch action {
        case .createReplicaSet(let name, let template):
            let made = ExperimentDocument.replicaSet(name, of: template, for: scene.object)
            guard let made else { return }
            try await create(made, .replicaSets, of: template, scene)
        case .createService(let name, let template):
            try await createService(name, template, scene)
        case .deleteService(let name):
            try await delete(name, among: scene.services)
        case .scale(let name, _, let count):
            var body: JSON = ["spec": ["replicas": .int(Int64(count))]]
            if count == 0 { body["metadata"] = Self.deadline(.null) }
            try await patch(name, among: scene.replicaSets, body)
        case .delayScaleDown(let name, let end):
            let text = JSON.string(Timestamp(end).rfc3339)
            try await patch(
                name, among: scene.replicaSets, ["metadata": Self.deadline(text)])
        case .cancelScaleDown(let name):
            try await patch(
                name, among: scene.replicaSets, ["metadata": Self.deadline(.null)])
        case .startRun(let name, let analysis):
            try await startRun(name, analysis, scene)
        case .terminateRun(let name):
            guard let run = scene.runs.first(where: { $0.name == name }) else { return }
            // Without the version: a measurement may be stored at any moment.
            try await patch(run, .analysisRuns, RunDocument.termination)
        }
    }

    private static func deadline(_ value: JSON) -> JSON {
        ["annotations": .object(JSONObject([(Keys.scaleDownDeadline, value)]))]
    }

    private func createService(
        _ name: String, _ template: String, _ scene: Scene
    ) async throws(ClusterError) {
        let known = scene.snapshot.replicaSets[template]?.name
        guard let set = scene.replicaSets.first(where: { $0.name == known }) else { return }
        let made = ExperimentDocument.service(
            name, of: template, selecting: set, for: scene.object,
            beside: try await canaryService(template, scene.object))
        do {
            try await create(made, .services, of: template, scene)
        } catch .alreadyExists(let text) {
            // A Service has no other name to go by, so that waiting does not help.
            await obstacles.note(text, of: template, in: scene.object.uid)
            throw .alreadyExists(text)
        }
    }

    /// That of the rollout whose step the experiment is. Routes lead to a version with a weight by
    /// its ports.
    private func canaryService(
        _ template: String, _ experiment: Object
    ) async throws(ClusterError) -> Object? {
        guard let rollout = try await rollout(of: experiment),
            ExperimentDocument.hasWeight(template, in: rollout)
        else { return nil }
        let canary = rollout.spec?["strategy"]?["canary"]
        guard
            let name = canary?["canaryService"]?.string
                ?? canary?["pingPong"]?["pingService"]?.string
        else { return nil }
        return try await cluster.get(
            Reference(.services, namespace: experiment.namespace, name: name))
    }

    private func startRun(
        _ name: String, _ analysis: String, _ scene: Scene
    ) async throws(ClusterError) {
        guard let wanted = scene.parsed.analyses.first(where: { $0.name == analysis }) else {
            return
        }
        let templates = try await cluster.templates(
            wanted.reference.templates, in: scene.object.namespace)
        let object: Object
        do {
            var experiment = scene.parsed.experiment
            experiment.status.availableAt =
                experiment.status.availableAt ?? scene.snapshot.now
            object = try ExperimentDocument.run(
                name, of: wanted, for: scene.object, experiment,
                replicaSets: scene.snapshot.replicaSets
            ) { templates[$0] }
        } catch {
            throw .refused("analysis run \(name): \(error.message)")
        }
        try await create(object, .analysisRuns, scene)
    }

    /// Creates what a template needs; what the server refuses for good is the template's end.
    private func create(
        _ object: Object, _ resource: Resource, of template: String, _ scene: Scene
    ) async throws(ClusterError) {
        do {
            try await create(object, resource, scene)
        } catch .refused(let text) {
            await obstacles.note(
                "\(resource.kind) \(object.name): \(text)", of: template, in: scene.object.uid)
            throw .refused(text)
        }
    }

    private func create(
        _ object: Object, _ resource: Resource, _ scene: Scene
    ) async throws(ClusterError) {
        try await cluster.create(object, resource, for: scene.object)
    }

    private func patch(
        _ name: String, among sets: [Object], _ body: JSON
    ) async throws(ClusterError) {
        guard let set = sets.first(where: { $0.name == name }) else { return }
        try await patch(set, .replicaSets, body)
    }

    private func patch(
        _ object: Object, _ resource: Resource, _ body: JSON
    ) async throws(ClusterError) {
        let reference = Reference(resource, namespace: object.namespace, name: object.name)
        _ = try await cluster.write(Write(reference, .patch(.merge(body))))
    }

    private func delete(_ name: String, among services: [Object]) async throws(ClusterError) {
        guard let service = services.first(where: { $0.name == name }) else { return }
        let reference = Reference(.services, namespace: service.namespace, name: name)
        do {
            _ = try await cluster.write(Write(reference, .delete(uid: service.uid)))
        } catch .notFound {
            return
        }
    }
}
