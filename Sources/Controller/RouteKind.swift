import KubernetesClient
import KubernetesObjects

/// A kind of route that not every cluster has: looked for, listed and watched from the moment that
/// a rollout refers to one.
actor RouteKind {
    nonisolated let cache: ObjectCache
    private let resource: Resource
    private let versions: [String]
    /// In the version that the server has.
    private var served: Resource?
    private nonisolated let wishes: AsyncStream<Void>
    private nonisolated let wish: AsyncStream<Void>.Continuation

    init(_ resource: Resource, versions: [String], namespaces: [String]?) {
        self.resource = resource
        self.versions = versions
        cache = ObjectCache(resource, namespaces: namespaces)
        (wishes, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The kind as the server has it.
    func served(by client: APIClient) async throws(ClusterError) -> Resource {
        wish.yield()
        if let served { return served }
        let found: Resource?
        do {
            found = try await client.served(resource, in: versions)
        } catch {
            throw ClusterError(error)
        }
        guard let found else {
            throw .refused(
                "the cluster has no \(resource.plural) of \(resource.group) in a version that is"
                    + " known here (\(versions.joined(separator: ", "))); install them")
        }
        served = found
        return found
    }

    /// Lists and watches until the task is cancelled, once somebody has asked for the kind.
    nonisolated func follow(_ client: APIClient) async {
        for await _ in wishes { break }
        while !Task.isCancelled {
            do throws(ClusterError) {
                let resource = try await served(by: client)
                await cache.follow(
                    client, as: resource, clock: ContinuousClock(),
                    jitter: { Double.random(in: 0...1) })
                return
            } catch {
                do { try await Task.sleep(for: pauseBetweenLooks) } catch { return }
            }
        }
    }

    /// Whether the cache shows all that there is in `namespace`.
    nonisolated func shows(_ namespace: String) -> Bool {
        cache.isSynced
            && cache.selections.contains { $0.namespace == nil || $0.namespace == namespace }
    }
}

/// Until somebody installs the kind, each turn says that it is missing anyway.
private let pauseBetweenLooks = Duration.seconds(10)
