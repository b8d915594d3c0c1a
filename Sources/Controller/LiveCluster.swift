import Documents
import KubernetesClient
import KubernetesObjects

/// The cluster over HTTP: reads from caches that learn the controller's own writes at once, writes
/// to the server.
package struct LiveCluster: Sendable {
    package let client: APIClient
    package let caches: [Resource: ObjectCache]
    /// Of a kind that hardly anybody uses: followed once a rollout refers to one.
    let podTemplates: ObjectCache
    /// Of the kinds of which only the metadata is watched.
    private var wholes: [Resource: WholeObjects] = [:]
    private let tenure: Tenure

    /// - Parameter namespaces: nil for all. With some, ClusterAnalysisTemplates are unknown: they
    ///   take a right of the whole cluster.
    package init(
        _ client: APIClient, namespaces: [String]?, tenure: Tenure = .endless
    ) {
        self.client = client
        self.tenure = tenure
        var caches: [Resource: ObjectCache] = [:]
        for kind in [Resource.rollouts, .analysisRuns, .analysisTemplates] {
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
        guard let owner = object.controllerOwner, owner.kind != Resource.rollouts.kind else {
            return object
        }
        object["spec"] = nil
        object["status"] = nil
        return object
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
            holdings: { resource, owner throws(ClusterError) in try holdings(resource, owner) },
            managedServices: { rollout throws(ClusterError) in try managedServices(of: rollout) },
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
        return try await fresh(reference)
    }

    private func fresh(_ reference: Reference) async throws(ClusterError) -> Object? {
        do {
            let object = try await client.get(reference)
            await observed(object, of: reference.resource)
            return object
        } catch .notFound {
            return nil
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

    private func managedServices(of rollout: Object) throws(ClusterError) -> [Object] {
        guard let cache = caches[.services], cache.isSynced else {
            throw .unreachable("services are not listed yet")
        }
        return cache.list(namespace: rollout.namespace).filter { $0.isManaged(by: rollout) }
    }

    private func write(_ write: Write) async throws(ClusterError) -> Object? {
        let client = try tenure.bounding(client)
        do {
            return try await carryOut(write, client)
        } catch {
            throw ClusterError(error)
        }
    }

    private func carryOut(
        _ write: Write, _ client: APIClient
    ) async throws(APIError) -> Object? {
        let reference = write.reference
        let stored: Object
        switch write.act {
        case .create(let object):
            stored = try await client.create(object, of: reference.resource)
        case .patch(let patch):
            stored = try await client.patch(reference, patch)
        case .patchStatus(let patch):
            stored = try await client.patch(reference, patch, subresource: "status")
        case .delete(let uid):
            let left = try await client.delete(reference, uid: uid)
            if let uid, left?.deletionTimestamp == nil {
                caches[reference.resource]?.observedDeletion(
                    namespace: reference.namespace, name: reference.name, uid: uid)
            }
            return nil
        }
        await observed(stored, of: reference.resource)
        return stored
    }
}

extension LiveCluster {
    private func observed(_ stored: Object, of resource: Resource) async {
        if let wholes = wholes[resource] {
            await wholes.observed(stored)
        } else {
            caches[resource]?.observed(stored)
        }
    }
}

extension ClusterError {
    /// What an answer of the API server means for a turn.
    package init(_ error: APIError) {
        switch error {
        case .conflict(let text): self = .conflict(text)
        case .notFound(let text): self = .notFound(text)
        case .alreadyExists(let text): self = .alreadyExists(text)
        case .refused(_, let text): self = .refused(text)
        case .gone, .throttled, .unreachable, .cancelled: self = .unreachable(error.description)
        }
    }
}
