import Documents
import KubernetesClient
import KubernetesObjects

/// The cluster over HTTP: reads from caches that learn the controller's own writes at once, writes
/// to the server.
package struct LiveCluster: Sendable {
    package let client: APIClient
    package let caches: [Resource: ObjectCache]

    /// - Parameter namespaces: nil for all.
    package init(_ client: APIClient, namespaces: [String]?) {
        self.client = client
        let kinds: [Resource] = [
            .rollouts, .replicaSets, .services, .ingresses, .configMaps, .deployments,
            .analysisRuns,
            .analysisTemplates,
        ]
        var caches: [Resource: ObjectCache] = [:]
        for kind in kinds { caches[kind] = ObjectCache(kind, namespaces: namespaces) }
        caches[.clusterAnalysisTemplates] = ObjectCache(.clusterAnalysisTemplates)
        self.caches = caches
    }

    package var isSynced: Bool { caches.values.allSatisfy(\.isSynced) }

    /// What the turns use.
    package var edge: Cluster {
        Cluster(
            get: { reference throws(ClusterError) in try await get(reference) },
            list: { resource, namespace throws(ClusterError) in try list(resource, namespace) },
            fresh: { reference throws(ClusterError) in try await fresh(reference) },
            write: { write throws(ClusterError) in try await self.write(write) })
    }

    private func get(_ reference: Reference) async throws(ClusterError) -> Object? {
        if let cache = caches[reference.resource] {
            guard cache.isSynced else {
                throw .unreachable("\(reference.resource.plural) are not listed yet")
            }
            return cache.get(namespace: reference.namespace, name: reference.name)
        }
        return try await fresh(reference)
    }

    private func fresh(_ reference: Reference) async throws(ClusterError) -> Object? {
        do {
            let object = try await client.get(reference)
            caches[reference.resource]?.observed(object)
            return object
        } catch .notFound {
            return nil
        } catch {
            throw ClusterError(error)
        }
    }

    private func list(_ resource: Resource, _ namespace: String) throws(ClusterError) -> [Object] {
        guard let cache = caches[resource], cache.isSynced else {
            throw .unreachable("\(resource.plural) are not listed yet")
        }
        return cache.list(namespace: namespace)
    }

    private func write(_ write: Write) async throws(ClusterError) -> Object? {
        let reference = write.reference
        let cache = caches[reference.resource]
        do {
            switch write.act {
            case .create(let object):
                let stored = try await client.create(object, of: reference.resource)
                cache?.observed(stored)
                return stored
            case .patch(let patch):
                let stored = try await client.patch(reference, patch)
                cache?.observed(stored)
                return stored
            case .patchStatus(let patch):
                let stored = try await client.patch(reference, patch, subresource: "status")
                cache?.observed(stored)
                return stored
            case .delete(let uid):
                let left = try await client.delete(reference, uid: uid)
                if let uid, left?.deletionTimestamp == nil {
                    cache?.observedDeletion(
                        namespace: reference.namespace, name: reference.name, uid: uid)
                }
                return nil
            }
        } catch {
            throw ClusterError(error)
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
