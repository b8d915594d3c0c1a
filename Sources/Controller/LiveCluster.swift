import Documents
import KubernetesClient
import KubernetesObjects
import Manifests

/// The cluster over HTTP: reads from caches that learn the controller's own writes at once, writes
/// to the server.
package struct LiveCluster: Sendable {
    package let client: APIClient
    package let caches: [Resource: ObjectCache]
    /// Of a kind that hardly anybody uses: followed once a rollout refers to one.
    let podTemplates: ObjectCache
    /// Of kinds that say where requests go.
    let routes: [Resource: RouteKind]
    /// Of the kinds of which only the metadata is watched.
    private var wholes: [Resource: WholeObjects] = [:]
    private var tenure: Tenure

    /// - Parameter namespaces: nil for all. With some, ClusterAnalysisTemplates are unknown: they
    ///   take a right of the whole cluster.
    package init(
        _ client: APIClient, namespaces: [String]?, tenure: Tenure = .endless
    ) {
        self.client = client
        self.tenure = tenure
        var caches: [Resource: ObjectCache] = [:]
        for kind in [Resource.rollouts, .analysisRuns, .analysisTemplates, .experiments] {
            caches[kind] = ObjectCache(kind, namespaces: namespaces)
        }
        for kind in [Resource.services, .ingresses] {
            caches[kind] = ObjectCache(kind, namespaces: namespaces, trim: Self.withoutStatus)
        }
        caches[.replicaSets] = ObjectCache(
            .replicaSets, namespaces: namespaces, trim: Self.withoutForeignPods)
        // Whoever may look at one namespace may not list what belongs to all.
        if namespaces == nil {
            caches[.clusterAnalysisTemplates] = ObjectCache(.clusterAnalysisTemplates)
        }
        // A rollout reads a few of them; the others only have to be known to be there.
        for kind in [Resource.configMaps, .deployments] {
            let cache = ObjectCache(kind, namespaces: namespaces, form: .metadata)
            caches[kind] = cache
            wholes[kind] = WholeObjects(cache, client: client)
        }
        podTemplates = ObjectCache(.podTemplates, namespaces: namespaces)
        routes = Dictionary(
            uniqueKeysWithValues: Resource.routes.map { kind, versions in
                (kind, RouteKind(kind, versions: versions, namespaces: namespaces))
            })
        self.caches = caches
    }

    /// Nobody here reads the addresses that balancers have given.
    private static let withoutStatus: @Sendable (Object) -> Object = { object in
        var object = ObjectCache.trimmed(object)
        object["status"] = nil
        return object
    }

    /// Every Deployment keeps ten replica sets with whole pod templates, and none of them concerns
    /// us.
    private static let withoutForeignPods: @Sendable (Object) -> Object = { object in
        var object = ObjectCache.trimmed(object)
        let ours = [Resource.rollouts.kind, Resource.experiments.kind]
        guard let owner = object.controllerOwner, !ours.contains(owner.kind) else {
            return object
        }
        object["spec"] = nil
        object["status"] = nil
        return object
    }

    /// The same for what says only what was done while this process led: it may be told when
    /// another leads already.
    var afterTenure: LiveCluster {
        var cluster = self
        cluster.tenure = .endless
        return cluster
    }

    /// Whether a cache shows the object.
    func knows(_ reference: Reference) -> Bool {
        caches[reference.resource]?
            .get(namespace: reference.namespace, name: reference.name) != nil
    }

    package var isSynced: Bool { caches.values.allSatisfy(\.isSynced) }

    /// What the turns use.
    package var edge: Cluster {
        Cluster(
            get: { reference throws(ClusterError) in try await get(reference) },
            holdings: { resource, owner throws(ClusterError) in
                resource == .pods
                    ? try await pods(of: owner) : try holdings(resource, owner)
            },
            matching: { resource, namespace, isMeant throws(ClusterError) in
                try await all(resource, namespace).filter(isMeant)
            },
            fresh: { reference throws(ClusterError) in try await fresh(reference) },
            write: { write throws(ClusterError) in try await self.write(write) })
    }

    private func get(_ reference: Reference) async throws(ClusterError) -> Object? {
        if let cache = caches[reference.resource] {
            guard cache.isSynced else {
                throw .unreachable("\(reference.resource.plural) are not listed yet")
            }
            guard let wholes = wholes[reference.resource] else {
                return cache.get(namespace: reference.namespace, name: reference.name)
            }
            do {
                return try await wholes.get(
                    namespace: reference.namespace, name: reference.name)
            } catch {
                throw ClusterError(error)
            }
        }
        if reference.resource == .podTemplates, podTemplates.isSynced {
            return podTemplates.get(namespace: reference.namespace, name: reference.name)
        }
        if reference.resource == .clusterAnalysisTemplates { return nil }
        if let routes = routes[reference.resource] {
            _ = try await routes.served(by: client)
            if routes.shows(reference.namespace) {
                return routes.cache.get(namespace: reference.namespace, name: reference.name)
            }
        }
        return try await fresh(reference)
    }

    /// In the version that the server has of it.
    private func served(_ reference: Reference) async throws(ClusterError) -> Reference {
        guard let routes = routes[reference.resource] else { return reference }
        return Reference(
            try await routes.served(by: client), namespace: reference.namespace,
            name: reference.name)
    }

    private func fresh(_ reference: Reference) async throws(ClusterError) -> Object? {
        let served = try await served(reference)
        do {
            // Nothing else asks for one of them, and the right to list them is there anyway.
            if reference.resource == .rollouts {
                let one = Selection(namespace: reference.namespace, fields: .name(reference.name))
                return try await client.list(.rollouts, one).objects.first
            }
            let object = try await client.get(served)
            await observed(object, of: reference.resource)
            return object
        } catch .notFound {
            // It is missing only if the server still has its kind in that version.
            guard let routes = routes[reference.resource] else { return nil }
            await routes.forget(served.resource)
            if try await self.served(reference) == served { return nil }
            throw .conflict("the server has \(reference) in another version now")
        } catch {
            throw ClusterError(error)
        }
    }

    private func holdings(
        _ resource: Resource, _ owner: Object
    ) throws(ClusterError) -> Holdings {
        guard let cache = caches[resource], cache.isSynced else {
            throw .unreachable("\(resource.plural) are not listed yet")
        }
        // Whoever names an owner of another namespace has none.
        let own = cache.owned(by: owner.uid).filter { $0.namespace == owner.namespace }
        let names = cache.names(
            beginning: Holdings.prefix(of: owner), namespace: owner.namespace)
        return Holdings(own: own, othersNames: Set(names).subtracting(own.map(\.name)))
    }

    /// No cache knows pods: hardly any turn asks for them, and a cluster has very many.
    private func pods(of set: Object) async throws(ClusterError) -> Holdings {
        let hash = set.labels[Keys.templateHash] ?? ""
        do {
            let labels = try LabelSelector(parsing: "\(Keys.templateHash)=\(hash)")
            let found = try await client.list(
                .pods, Selection(namespace: set.namespace, labels: labels)
            ).objects
            return Holdings(
                own: found.filter { $0.isControlled(by: set) }.sorted { $0.name < $1.name },
                othersNames: [])
        } catch let error as APIError {
            throw ClusterError(error)
        } catch {
            throw .refused("\(error)")
        }
    }

    private func all(
        _ resource: Resource, _ namespace: String
    ) async throws(ClusterError) -> [Object] {
        guard let routes = routes[resource] else {
            guard let cache = caches[resource], cache.isSynced else {
                throw .unreachable("\(resource.plural) are not listed yet")
            }
            return cache.list(namespace: namespace)
        }
        let served = try await routes.served(by: client)
        if routes.shows(namespace) { return routes.cache.list(namespace: namespace) }
        do {
            return try await client.list(served, Selection(namespace: namespace)).objects
        } catch {
            if case .notFound = error { await routes.forget(served) }
            throw ClusterError(error)
        }
    }

    private func write(_ write: Write) async throws(ClusterError) -> Object? {
        let reference = try await served(write.reference)
        let client = try tenure.bounding(client)
        do {
            return try await carryOut(write, at: reference, client)
        } catch {
            if case .notFound = error {
                await routes[write.reference.resource]?.forget(reference.resource)
            }
            throw ClusterError(error)
        }
    }

    private func carryOut(
        _ write: Write, at reference: Reference, _ client: APIClient
    ) async throws(APIError) -> Object? {
        let stored: Object
        switch write.act {
        case .create(var object):
            object["apiVersion"] = .string(reference.resource.apiVersion)
            stored = try await client.create(object, of: reference.resource)
        case .patch(let patch):
            stored = try await client.patch(reference, patch)
        case .patchStatus(let patch):
            stored = try await client.patch(reference, patch, subresource: "status")
        case .evict:
            try await client.evict(reference)
            return nil
        case .delete(let uid):
            let left = try await client.delete(reference, uid: uid)
            if let uid, left?.deletionTimestamp == nil {
                cache(write.reference.resource)?.observedDeletion(
                    namespace: reference.namespace, name: reference.name, uid: uid)
            }
            return nil
        }
        await observed(stored, of: write.reference.resource)
        return stored
    }

    private func cache(_ resource: Resource) -> ObjectCache? {
        caches[resource] ?? routes[resource]?.cache
    }
}

extension LiveCluster {
    private func observed(_ stored: Object, of resource: Resource) async {
        if let wholes = wholes[resource] {
            await wholes.observed(stored)
        } else {
            cache(resource)?.observed(stored)
        }
    }
}

extension ClusterError {
    /// What an answer of the API server means for a turn.
    package init(_ error: APIError) {
        switch error {
        case .conflict(let text): self = .conflict(text)
        case .notFound(let text): self = .notFound(text)
        case .ending(let text): self = .ending(text)
        case .alreadyExists(let text): self = .alreadyExists(text)
        case .refused(_, let text): self = .refused(text)
        case .gone, .throttled, .tooLong, .unreachable, .cancelled:
            self = .unreachable(error.description)
        }
    }
}
