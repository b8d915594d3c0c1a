import Documents
import KubernetesObjects
import Manifests
import Rollouts
import Traffic

/// Gathering what `decide` looks at, from caches only.
extension RolloutTurn {
    /// - Returns: nil where the rollout is gone or going.
    func observe(_ key: RolloutKey, news: Object?) async throws(ClusterError) -> Scene? {
        guard let object = try await cluster.get(key.reference), object.deletionTimestamp == nil
        else {
            return nil
        }
        var parsed = RolloutDocument.parse(object, routers: routers)
        let namespace = key.namespace
        let sets = try await cluster.list(.replicaSets, namespace).filter {
            $0.controllerOwner?.uid == object.uid
        }
        var runs = try await cluster.list(.analysisRuns, namespace).filter {
            $0.controllerOwner?.uid == object.uid
        }
        if let news, let index = runs.firstIndex(where: { $0.uid == news.uid }) {
            runs[index] = news
        }
        let services = try await services(of: parsed, in: namespace)
        parsed.note(try await missing(from: parsed, services: services, in: namespace))
        let observed = try await observe(parsed.routers, owner: object)
        let now = now().instant
        var snapshot = Snapshot(
            rollout: parsed.rollout,
            replicaSets: sets.compactMap { ReplicaSetDocument.parse($0, meaning: parsed.meaning) },
            services: services.mapValues(ServiceDocument.binding),
            routers: parsed.routers.map { router in
                RouterSeen(
                    kind: router.kind, reading: router.read(observed),
                    verification: router.verify(observed))
            },
            runs: runs.compactMap(AnalysisRunDocument.run), refusal: parsed.invalidSpecMessage,
            now: now)
        await memory.sawWeight(
            snapshot.canaryWeight, committed: parsed.rollout.status.weights?.canary.weight ?? 0,
            of: key,
            at: now)
        snapshot.memory = await memory[key]
        return Scene(
            key: key, object: object, parsed: parsed, snapshot: snapshot, observed: observed,
            replicaSets: sets, runs: runs)
    }

    private func services(
        of parsed: ParsedRollout, in namespace: String
    ) async throws(ClusterError) -> [String: Object] {
        var services: [String: Object] = [:]
        let canary = parsed.rollout.spec.canary
        for name in [canary.stableService, canary.canaryService].compactMap(\.self) {
            services[name] = try await cluster.get(
                Reference(.services, namespace: namespace, name: name))
        }
        return services
    }

    /// What the document refers to and what is not as it should be (§8.2).
    private func missing(
        from parsed: ParsedRollout, services: [String: Object], in namespace: String
    ) async throws(ClusterError) -> [Finding] {
        var resources = ReferencedResources()
        resources.services = services
        for reference in parsed.routers.flatMap(\.reads) {
            resources.routerObjects[reference] = try await cluster.get(reference)
        }
        let analyses =
            Array(parsed.stepAnalyses.values) + [parsed.backgroundAnalysis].compactMap(\.self)
        for template in analyses.flatMap(\.templates) {
            if let object = try await self.template(template, in: namespace) {
                resources.templates[template] = object
            }
        }
        return parsed.findings(for: resources)
    }

    func templates(
        of reference: AnalysisReference, in namespace: String
    ) async throws(ClusterError) -> [Object] {
        var objects: [Object] = []
        for template in reference.templates {
            guard let object = try await self.template(template, in: namespace) else {
                throw .refused("analysis template \(template.name) does not exist in \(namespace)")
            }
            objects.append(object)
        }
        return objects
    }

    private func template(
        _ template: AnalysisReference.Template, in namespace: String
    ) async throws(ClusterError) -> Object? {
        let resource: Resource =
            template.isClusterScoped ? .clusterAnalysisTemplates : .analysisTemplates
        return try await cluster.get(Reference(resource, namespace: namespace, name: template.name))
    }

    private func observe(_ routers: [Router], owner: Object) async throws(ClusterError) -> Observed
    {
        var objects: [Reference: Object] = [:]
        for reference in routers.flatMap(\.reads) {
            objects[reference] = try await cluster.get(reference)
        }
        return Observed(
            objects: objects,
            owner: OwnerReference(
                apiVersion: Resource.rollouts.apiVersion, kind: Resource.rollouts.kind,
                name: owner.name,
                uid: owner.uid))
    }
}
