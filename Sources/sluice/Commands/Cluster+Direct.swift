import Controller
import KubernetesClient
import KubernetesObjects

extension Cluster {
    /// A cluster that is asked anew each time: for commands, which look once and need no caches.
    static func direct(_ client: APIClient) -> Cluster {
        Cluster(
            get: { reference throws(ClusterError) in
                do throws(APIError) {
                    guard let served = try await client.served(reference.resource) else {
                        return nil
                    }
                    return try await client.get(
                        Reference(
                            served, namespace: reference.namespace, name: reference.name))
                } catch {
                    if case .notFound = error { return nil }
                    throw ClusterError(error)
                }
            },
            list: { resource, namespace throws(ClusterError) in
                do throws(APIError) {
                    guard let served = try await client.served(resource) else { return [] }
                    return try await client.list(served, Selection(namespace: namespace)).objects
                } catch {
                    throw ClusterError(error)
                }
            },
            write: { write throws(ClusterError) in
                do throws(APIError) {
                    return try await client.perform(write)
                } catch {
                    throw ClusterError(error)
                }
            })
    }
}

extension APIClient {
    /// The kind in the version that the server has; nil where it has none.
    fileprivate func served(_ resource: Resource) async throws(APIError) -> Resource? {
        guard let versions = Resource.routes[resource] else { return resource }
        return try await served(resource, in: versions)
    }

    /// Carries out one write; nil after a deletion.
    fileprivate func perform(_ write: Write) async throws(APIError) -> Object? {
        switch write.act {
        case .create(let object):
            return try await create(object, of: write.reference.resource)
        case .patch(let patch):
            return try await self.patch(write.reference, patch)
        case .patchStatus(let patch):
            return try await self.patch(write.reference, patch, subresource: "status")
        case .evict:
            try await evict(write.reference)
            return nil
        case .delete(let uid):
            try await delete(write.reference, uid: uid)
            return nil
        }
    }
}
