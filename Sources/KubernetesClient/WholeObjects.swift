import KubernetesObjects

/// Objects of a kind of which only the metadata is watched, whole for those who ask. One is fetched
/// when somebody wants it and it has changed since the last time: a cluster has thousands of
/// ConfigMaps, and a controller needs three.
package actor WholeObjects {
    /// More than this many are forgotten, all at once: nobody uses so many in a day.
    static let limit = 2_000

    private let cache: ObjectCache
    private let client: APIClient
    private var known: [ObjectKey: Object] = [:]

    /// - Parameter cache: that of the metadata.
    package init(_ cache: ObjectCache, client: APIClient) {
        self.cache = cache
        self.client = client
    }

    /// The object as the watch last told of it, or newer; nil where there is none.
    package func get(namespace: String, name: String) async throws(APIError) -> Object? {
        let key = ObjectKey(namespace: namespace, name: name)
        guard let metadata = cache.get(namespace: namespace, name: name) else {
            known[key] = nil
            return nil
        }
        if let object = known[key], object.uid == metadata.uid,
            object.resourceVersion == metadata.resourceVersion
        {
            return object
        }
        let reference = Reference(cache.resource, namespace: namespace, name: name)
        do {
            let object = try await client.get(reference)
            keep(object)
            return known[key]
        } catch .notFound {
            known[key] = nil
            return nil
        }
    }

    /// Takes what the server returned for a write of ours.
    package func observed(_ object: Object) {
        cache.observed(object)
        if known[ObjectKey(object)] != nil { keep(object) }
    }

    private func keep(_ object: Object) {
        if known.count >= Self.limit { known = [:] }
        known[ObjectKey(object)] = ObjectCache.trimmed(object)
    }
}
