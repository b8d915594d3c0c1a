import Documents
import KubernetesClient
import KubernetesObjects
import Logging
import Manifests
import Rollouts

/// Which rollouts a change concerns.
extension ControllerLoop {
    func follow(_ resource: Resource, _ cache: ObjectCache) async {
        for await change in cache.changes() {
            guard let object = change.new ?? change.old else { continue }
            switch resource {
            case .rollouts:
                if change.old == nil, let new = change.new { await greet(new) }
                if change.new == nil { sayGoodbye(to: object) }
                await add(RolloutKey(namespace: object.namespace, name: object.name))
                await addLeaving(change)
            case .analysisRuns:
                if change.new != nil, settings.isOurs(object) {
                    await runs.add(Reference(object, resource))
                }
                await addOwner(of: object)
            case .experiments:
                await addExperiment(object.name, object)
                await addOwner(of: object)
            case .services:
                await addOwner(of: object)
                await addTrying(object)
                await addReaders(of: Reference(object, resource))
                if change.new != nil { await addBinding(object) }
            case .replicaSets:
                if object.controllerOwner?.kind != Resource.rollouts.kind {
                    await addReferring(to: Reference(object, resource))
                }
                await addOwner(of: object)
                await addTrying(object)
            default:
                // Canary Mappings and the like are not in any document.
                await addOwner(of: object)
                await addReaders(of: Reference(object, resource))
            }
        }
    }

    /// The first event of a rollout. One that has a status was met before, by this process or
    /// another.
    private func greet(_ rollout: Object) async {
        guard settings.isOurs(rollout), rollout.status?["observedGeneration"] == nil else { return }
        let message = "Rollout \(rollout.namespace)/\(rollout.name) is looked after"
        await turn.journal.announce(rollout, Rollouts.Event("RolloutAddedToInformer", message))
    }

    /// The last event of a rollout, which is counted no more.
    private func sayGoodbye(to rollout: Object) {
        guard settings.isOurs(rollout) else { return }
        let message = "Rollout \(rollout.namespace)/\(rollout.name) is deleted"
        events.write(Rollouts.Event("RolloutDeleted", message), about: rollout)
    }

    /// Lists PodTemplates, and goes on watching them, from the moment that a rollout refers to one:
    /// no cluster without any needs to be asked, nor the right to ask.
    func followPodTemplates() async {
        guard let cache = cluster.caches[.rollouts] else { return }
        for await change in cache.changes() {
            let reference = change.new.flatMap(WorkloadDocument.reference)
            if reference?.resource == .podTemplates { break }
        }
        await cluster.podTemplates.follow(
            cluster.client, clock: ContinuousClock(), jitter: { Double.random(in: 0...1) })
    }

    /// Deletes the Jobs of runs that are gone, where those have a namespace of their own. Each is a
    /// request, so nobody else waits for it.
    func clearJobs() async {
        guard settings.jobNamespace != nil, let cache = cluster.caches[.analysisRuns] else {
            return
        }
        let analysis = analysis
        for await change in cache.changes() {
            guard let old = change.old, change.new?.uid != old.uid, settings.isOurs(old) else {
                continue
            }
            await analysis.deleteJobs(leftBy: old)
        }
    }

    /// Writes down what is seen, also on a replica that does not lead.
    func chronicle(_ resource: Resource, _ cache: ObjectCache) async {
        for await change in cache.changes() {
            guard let object = change.new ?? change.old else { continue }
            let old = change.new == nil ? nil : change.old
            await chronicle.saw(object, after: old, of: resource)
            if change.new == nil {
                await tallies.forget(
                    Reference(resource, namespace: object.namespace, name: object.name))
            }
        }
    }

    /// Puts a rollout in the queue, unless it is another controller's. One that is gone passes, so
    /// that it is forgotten.
    private func add(_ key: RolloutKey) async {
        let object = cluster.caches[.rollouts]?.get(namespace: key.namespace, name: key.name)
        guard object.map(settings.isOurs) ?? true else { return }
        await rollouts.add(key)
    }

    private func addOwner(of object: Object) async {
        guard let owner = object.controllerOwner else { return }
        if owner.kind == Resource.rollouts.kind {
            await add(RolloutKey(namespace: object.namespace, name: owner.name))
        } else if owner.kind == Resource.experiments.kind {
            await addExperiment(owner.name, object)
        }
    }

    /// The rollout whose experiment has this Service or ReplicaSet: whether a version serves says
    /// what traffic it gets.
    private func addTrying(_ object: Object) async {
        guard let owner = object.controllerOwner, owner.kind == Resource.experiments.kind,
            let experiment = cluster.caches[.experiments]?.get(
                namespace: object.namespace, name: owner.name)
        else { return }
        await addOwner(of: experiment)
    }

    /// The experiment of this name beside `object`, unless it is another controller's.
    private func addExperiment(_ name: String, _ object: Object) async {
        let known = cluster.caches[.experiments]?.get(namespace: object.namespace, name: name)
        guard let known, settings.isOurs(known) else { return }
        await experiments.add(Reference(.experiments, namespace: object.namespace, name: name))
    }

    /// Services, router objects and templates: every rollout of the namespace that names them in
    /// its spec.
    private func addReaders(of reference: Reference) async {
        guard let cache = cluster.caches[.rollouts] else { return }
        // Routes may lie with their gateways, in another namespace.
        let isNear = reference.resource.isNamespaced && Resource.routes[reference.resource] == nil
        let namespace = isNear ? reference.namespace : nil
        for rollout in cache.list(namespace: namespace) where rollout.mentions(reference) {
            await add(RolloutKey(namespace: rollout.namespace, name: rollout.name))
        }
    }

    /// Those that take their template from it. Nothing else of a rollout names a ReplicaSet, and
    /// Deployments have many.
    private func addReferring(to workload: Reference) async {
        for rollout in cluster.caches[.rollouts]?.list(namespace: workload.namespace) ?? []
        where WorkloadDocument.reference(in: rollout) == workload {
            await add(RolloutKey(namespace: rollout.namespace, name: rollout.name))
        }
    }

    /// All that the history is made of, as far as the cluster still has it.
    func known() async -> [Resource: [Object]] {
        var known = cluster.caches.mapValues { $0.list() }
        known[.events] = await storedEvents()
        return known
    }

    /// From the server: here they are let go of once they were looked at.
    private func storedEvents() async -> [Object] {
        var events: [Object] = []
        for selection in seenEvents.selections {
            do throws(APIError) {
                events += try await cluster.client.list(
                    .events, selection, keeping: ObjectCache.trimmed
                ).objects
            } catch {
                log.warning(
                    "history without events", metadata: ["error": "\(error.description)"])
            }
        }
        return events
    }

    func followEvents() async {
        // Before the first is listed: whoever comes later is not told of it.
        let changes = seenEvents.changes()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await seenEvents.follow(
                    cluster.client, clock: ContinuousClock(), jitter: { Double.random(in: 0...1) })
            }
            group.addTask {
                for await change in changes {
                    guard let object = change.new else { continue }
                    await chronicle.saw(object, after: change.old, of: .events)
                }
            }
        }
    }
}

extension Reference {
    /// An object of this kind, where it is.
    init(_ object: Object, _ resource: Resource) {
        self.init(resource, namespace: object.namespace, name: object.name)
    }
}

extension Object {
    private var seeksRoutes: Bool {
        let routing = spec?["strategy"]?["canary"]?["trafficRouting"]
        // Its VirtualService names the VirtualRouter.
        if routing?["appMesh"] != nil { return true }
        return routing?["plugins"]?.object?.members.contains { plugin in
            plugin.value.object?.keys.contains { $0.hasSuffix("RouteSelector") } ?? false
        } ?? false
    }

    /// Whether the name of `reference` occurs in this rollout's strategy. A canary's own Ingress is
    /// named after the rollout.
    fileprivate func mentions(_ reference: Reference) -> Bool {
        if reference.name.hasPrefix("\(name)-") { return true }
        if WorkloadDocument.reference(in: self) == reference { return true }
        // One that finds its routes by their labels names none.
        if Resource.routes[reference.resource] != nil, seeksRoutes { return true }
        if annotations[Keys.routers]?.contains("\"\(reference.name)\"") == true { return true }
        return spec?["strategy"]?.mentions(reference.name) ?? false
    }
}
