import KubernetesClient
import KubernetesObjects

/// A kind of route that not every cluster has: looked for, listed and watched from the moment that
/// a rollout refers to one.
actor RouteKind {
    nonisolated let cache: ObjectCache
    private let resource: Resource
    private let versions: [String]
    private let now: @Sendable () -> ContinuousClock.Instant
    private var seen = Seen.nothing
    private nonisolated let wishes: AsyncStream<Void>
    private nonisolated let wish: AsyncStream<Void>.Continuation

    /// What the server said when it was asked for the kind.
    private enum Seen {
        case nothing
        /// In the version that the server has.
        case served(Resource)
        case missing(until: ContinuousClock.Instant)
    }

    init(
        _ resource: Resource, versions: [String], namespaces: [String]?,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.resource = resource
        self.versions = versions
        self.now = now
        cache = ObjectCache(resource, namespaces: namespaces)
        (wishes, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The kind as the server has it.
    func served(by client: APIClient) async throws(ClusterError) -> Resource {
        try await served { [resource, versions] () async throws(APIError) in
            try await client.served(resource, in: versions)
        }
    }

    /// - Parameter look: asks the server for the kind; nil where it has none.
    func served(
        _ look: @Sendable () async throws(APIError) -> Resource?
    ) async throws(ClusterError) -> Resource {
        wish.yield()
        switch seen {
        case .served(let served): return served
        case .missing(let end) where now() < end: throw missing
        case .missing, .nothing: break
        }
        let found: Resource?
        do {
            found = try await look()
        } catch {
            throw ClusterError(error)
        }
        guard let found else {
            seen = .missing(until: now() + pauseBetweenLooks)
            throw missing
        }
        seen = .served(found)
        return found
    }

    private var missing: ClusterError {
        .refused(
            "the cluster has no \(resource.plural) of \(resource.group) in a version that is"
                + " known here (\(versions.joined(separator: ", "))); install them")
    }

    /// The server did not find something of the kind in this version: it may have none any more, or
    /// another one.
    func forget(_ version: Resource) {
        if case .served(let served) = seen, served == version { seen = .nothing }
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
                await forget(resource)
            } catch {
                // Each turn that needs the kind says so.
            }
            do { try await Task.sleep(for: pauseBetweenLooks) } catch { return }
        }
    }

    /// Whether the cache shows all that there is in `namespace`.
    nonisolated func shows(_ namespace: String) -> Bool {
        cache.isSynced
            && cache.selections.contains { $0.namespace == nil || $0.namespace == namespace }
    }
}

/// Somebody has to install the kind or move it to another version, which takes longer.
private let pauseBetweenLooks = Duration.seconds(10)
