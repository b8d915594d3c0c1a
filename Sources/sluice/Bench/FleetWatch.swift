import Documents
import KubernetesClient
import KubernetesObjects

/// What a client sees of a fleet, and when.
actor FleetWatch {
    /// How a rollout stands, as its controller has said of the generation that is asked for.
    struct Standing: Sendable {
        var phase: String
        var generation: Int
        var at: ContinuousClock.Instant
    }

    private(set) var standings: [String: Standing] = [:]
    /// When the canary of a rollout was first seen without traffic, since it was last forgotten.
    private(set) var returns: [String: ContinuousClock.Instant] = [:]
    private let client: APIClient

    init(_ client: APIClient) { self.client = client }

    /// Watches until it is cancelled.
    nonisolated func follow() async {
        await withTaskGroup(of: Void.self) { group in
            for resource in [Resource.rollouts, .ingresses] {
                let cache = ObjectCache(resource)
                group.addTask {
                    await cache.follow(
                        self.client, clock: ContinuousClock(),
                        jitter: { Double.random(in: 0...1) })
                }
                group.addTask {
                    for await change in cache.changes() {
                        if let object = change.new { await self.saw(object, of: resource) }
                    }
                }
            }
        }
    }

    func forgetReturns() { returns = [:] }

    /// Which rollouts are not in `phase` at that generation or a later one.
    func others(than phase: String, of names: [String], from generation: Int) -> [String] {
        names.filter { name in
            !(standings[name].map { $0.phase == phase && $0.generation >= generation } ?? false)
        }
    }

    private func saw(_ object: Object, of resource: Resource) {
        let name = String(object.name.prefix(Fleet.nameLength))
        if resource == .ingresses {
            let weight = object.annotations["nginx.ingress.kubernetes.io/canary-weight"]
            if weight == "0", returns[name] == nil { returns[name] = .now }
            return
        }
        guard let phase = object.status?["phase"]?.string,
            object.status?["observedGeneration"]?.string == String(object.generation)
        else { return }
        let before = standings[name]
        if before?.phase == phase, before?.generation == object.generation { return }
        standings[name] = Standing(phase: phase, generation: object.generation, at: .now)
    }
}
