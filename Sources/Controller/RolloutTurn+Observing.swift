import Analysis
import Documents
import KubernetesObjects
import Manifests
import Rollouts
import Traffic

/// Gathering what `decide` looks at, from caches only.
extension RolloutTurn {
    /// - Parameter asks: whether extensions are asked; else what they said last counts.
    /// - Returns: nil where the rollout is gone or going.
    func observe(
        _ key: RolloutKey, news: Object?, asks: Bool = true
    ) async throws(ClusterError) -> Scene? {
        guard let document = try await cluster.get(key.reference),
            document.deletionTimestamp == nil
        else {
            return nil
        }
        let workload = try await workload(of: document)
        // With the template that it refers to: what is made of it is made of that.
        let object = document.resolved(by: workload)
        var reading = RolloutReading(
            document, workload: workload, routers: routers, plugins: plugins,
            after: await memory.reading(of: key))
        var parsed = reading.parsed
        let namespace = key.namespace
        let sets = try await cluster.holdings(.replicaSets, object)
        let known = try await cluster.holdings(.analysisRuns, object)
        let experiments = try await cluster.holdings(.experiments, object)
        var taken = TakenNames(replicaSets: sets.othersNames, runs: known.othersNames)
        taken.experiments = experiments.othersNames
        let runs = known.own.map { $0.uid == news?.uid ? news ?? $0 : $0 }
        let replicaSets = reading.replicaSets(sets.own)
        await memory.keep(reading, of: key)
        var services = try await services(of: parsed, in: namespace)
        let missing = try await checkReferences(of: &parsed, services: services, object)
        services.merge(try await formerServices(of: parsed, object)) { named, _ in named }
        var observed = try await observeRouters(of: &parsed, owner: object, asks: asks)
        let now = Instant(now())
        var snapshot = Snapshot(
            rollout: parsed.rollout,
            replicaSets: replicaSets,
            services: services.mapValues(ServiceDocument.parse),
            runs: runs.compactMap { Run(reading: $0, of: parsed.rollout.status) },
            refusal: parsed.invalidSpecMessage,
            now: now)
        snapshot.verifySeconds = verifySeconds
        snapshot.refusalInFull = parsed.refusalInFull
        snapshot.missing = missing
        if let reference = parsed.workload, case .found(let found) = workload {
            snapshot.workload = WorkloadDocument.parse(found, reference, for: object)
        }
        observed.currentHash = snapshot.new?.hash ?? ""
        observed.size = parsed.rollout.spec.replicas ?? 1
        for set in replicaSets { observed.available[set.hash] = set.available }
        let versions = try await versions(of: experiments.own, snapshot.rollout)
        snapshot.experiments = versions.experiments
        observed.versions = versions.ports
        snapshot.routerNotes = parsed.addFormer(in: observed)
        snapshot.routers = parsed.routers.map {
            $0.seen(in: observed, routes: snapshot.managedRoutes)
        }
        snapshot.taken = taken
        if snapshot.dueRestart != nil { snapshot.pods = await pods(of: sets.own) }
        snapshot.memory = await memory[key]
        snapshot.memory.sawWeight(isBelowCommitted: snapshot.isBelowCommitted, at: now)
        return Scene(
            key: key, object: object, subject: object, parsed: parsed, snapshot: snapshot,
            observed: observed, replicaSets: sets.own, runs: runs, experiments: experiments.own)
    }

    /// The experiments of the rollout, and the ports of the Services of versions that may be among
    /// the destinations of its routes, none of those that are gone: what was asked for, what is
    /// about to be, and what a process that died has left there.
    private func versions(
        of experiments: [Object], _ rollout: Rollout
    ) async throws(ClusterError) -> (experiments: [StepExperiment], ports: [String: Set<Int>]) {
        var seen: [StepExperiment] = []
        let status = rollout.status
        let weighted = Set(rollout.spec.canary.versionWeights.values.flatMap(\.keys))
        let asked = status.weights?.additional.map(\.serviceName) ?? []
        var ports = Dictionary(asked.map { ($0, Set<Int>()) }) { first, _ in first }
        for experiment in experiments {
            let isPresent = experiment.name == status.currentExperiment
            var services: [String: Object] = [:]
            for (version, name) in ExperimentDocument.versionServices(experiment) {
                services[name] = try await cluster.get(
                    Reference(.services, namespace: experiment.namespace, name: name))
                let isExpected = isPresent && weighted.contains(version)
                if ports[name] != nil || isExpected || services[name] != nil {
                    ports[name] = Set(ServiceDocument.ports(of: services[name]))
                }
            }
            let sets = isPresent ? try await cluster.holdings(.replicaSets, experiment).own : []
            seen.append(
                ExperimentDocument.seen(experiment, replicaSets: sets, services: services))
        }
        ports[""] = nil
        return (seen, ports)
    }

    /// For a restart only. Whoever may not list pods, or cannot now, still releases.
    private func pods(of sets: [Object]) async -> [Pod]? {
        var pods: [Pod] = []
        for set in sets where set.status?["replicas"]?.int ?? 0 > 0 {
            do {
                let found = try await cluster.holdings(.pods, set).own
                pods += found.map { PodDocument.parse($0, of: set.name) }
            } catch {
                return nil
            }
        }
        return pods
    }

    /// What the routers read: those of the document, and what goes on dividing traffic although the
    /// document names it no more.
    private func observeRouters(
        of parsed: inout ParsedRollout, owner: Object, asks: Bool
    ) async throws(ClusterError) -> Observed {
        let ingresses = try await cluster.holdings(.ingresses, owner).own
        let total = parsed.rollout.spec.canary.totalWeight
        let former = FormerIngresses(among: ingresses, besides: parsed.routers, total: total)
        if let former { parsed.routers.insert(former.router, at: 0) }
        let noted = parsed.noted.flatMap(\.former).map(\.router)
        var observed = try await observe(parsed.routers + noted, owner: owner, asks: asks)
        observed.stableHash = parsed.rollout.status.stableHash
        if case .canary(var canary) = parsed.rollout.spec.strategy {
            canary.servesPods = parsed.routers.allSatisfy(\.servesPods)
            parsed.rollout.spec.strategy = .canary(canary)
        }
        return observed
    }

    /// What the rollout takes its template from. A server that refuses to show it is no reason to
    /// leave a bad release where it is.
    private func workload(of rollout: Object) async throws(ClusterError) -> WorkloadSeen {
        guard let reference = WorkloadDocument.reference(in: rollout) else { return .missing }
        do {
            return try await workload(at: reference)
        } catch .refused(let why) {
            return .unreadable(why)
        }
    }

    private func workload(at reference: Reference) async throws(ClusterError) -> WorkloadSeen {
        var found = try await cluster.get(reference)
        // Of the ReplicaSets of Deployments only names are kept.
        if found != nil, found?.spec == nil, reference.resource == .replicaSets {
            found = try await cluster.fresh(reference)
        }
        return found.map { .found($0) } ?? .missing
    }

    private func services(
        of parsed: ParsedRollout, in namespace: String
    ) async throws(ClusterError) -> [String: Object] {
        var services: [String: Object] = [:]
        for name in parsed.rollout.spec.services {
            services[name] = try await cluster.get(
                Reference(.services, namespace: namespace, name: name))
        }
        return services
    }

    /// The services that an update under way has moved, whatever the document calls them by now.
    /// Those of a canary carry what its routers send there, and need no looking for.
    private func formerServices(
        of parsed: ParsedRollout, _ rollout: Object
    ) async throws(ClusterError) -> [String: Object] {
        let status = parsed.rollout.status
        guard parsed.rollout.spec.blueGreen != nil, status.stableHash != status.currentPodHash
        else { return [:] }
        let managed = try await cluster.matching(.services, rollout.namespace) {
            $0.isManaged(by: rollout)
        }
        return Dictionary(managed.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Notes what is wrong with what the document refers to.
    ///
    /// - Returns: the events of what is missing.
    private func checkReferences(
        of parsed: inout ParsedRollout, services: [String: Object], _ document: Object
    ) async throws(ClusterError) -> [Rollouts.Event] {
        let resources = try await resources(of: parsed, services: services, owner: document)
        parsed.note(parsed.findings(in: resources, document: document))
        return parsed.missingRoutes(in: resources, document: document).compactMap(\.missingEvent)
    }

    /// What the document refers to, as far as it is there (§8.2).
    private func resources(
        of parsed: ParsedRollout, services: [String: Object], owner: Object
    ) async throws(ClusterError) -> ReferencedResources {
        var resources = ReferencedResources()
        resources.plugins = plugins
        resources.services = services
        for reference in parsed.routers.flatMap(\.reads) where reference.resource == .ingresses {
            resources.ingresses[reference.name] = try await cluster.get(reference)
        }
        resources.templates = try await cluster.templates(
            parsed.analyses.flatMap(\.templates), in: owner.namespace)
        let weights = parsed.rollout.status.weights
        let asked = weights.map { [$0.canary] + $0.additional } ?? []
        resources.examinesRoutes = asked.allSatisfy { $0.weight == 0 }
        guard resources.examinesRoutes else { return resources }
        let named = parsed.routers.filter { $0.faults != nil }
        let routes = try await observe(named, owner: owner, asks: false)
        (resources.routes, resources.denied) = (routes.objects, routes.denied)
        // A status may be ahead of a route that could not be written.
        resources.examinesRoutes = !named.contains { $0.hasTraffic(in: routes) }
        return resources
    }

    private func observe(
        _ routers: [Router], owner: Object, asks: Bool
    ) async throws(ClusterError) -> Observed {
        var observed = Observed(objects: [:], owner: owner.ownerOfItsOwn)
        for reference in routers.flatMap(\.reads) {
            do {
                observed.objects[reference] = try await cluster.get(reference)
            } catch .refused(let why) where Resource.routes[reference.resource] != nil {
                observed.denied[reference] = why
            }
        }
        let key = RolloutKey(namespace: owner.namespace, name: owner.name)
        for remote in routers.compactMap(\.remote) {
            if asks {
                await look(at: remote, of: key, for: &observed)
            } else {
                await recall(remote, of: owner, for: &observed)
            }
        }
        for search in routers.flatMap(\.searches) { try await find(search, for: &observed) }
        return observed
    }

    private func find(_ search: Search, for observed: inout Observed) async throws(ClusterError) {
        do {
            let found = try await cluster.matching(search.resource, search.namespace) {
                search.labels.matches($0.labels)
            }
            for object in found { observed.objects[search.reference(object.name)] = object }
        } catch .refused(let why), .notFound(let why) {
            observed.denied[search.reference(search.labels.description)] = why
        }
    }
}

extension Router {
    /// Whether anything but stable is known to have traffic.
    fileprivate func hasTraffic(in observed: Observed) -> Bool {
        guard case .split(let split) = read(observed) else { return false }
        return split.canary > 0 || !split.versions.isEmpty
    }

    /// - Parameter routes: those of the step in progress.
    fileprivate func seen(in observed: Observed, routes: [ManagedRoute]) -> RouterSeen {
        var seen = RouterSeen(
            kind: kind, reading: read(observed), verification: verify(observed),
            routes: readRoutes(observed, ofTheStep: routes))
        seen.selects = selects(observed)
        seen.isPolled = remote != nil
        seen.takesVersions = takesVersions
        return seen
    }
}
