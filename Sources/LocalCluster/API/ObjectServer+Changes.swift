import KubernetesObjects
import ObjectStore

// What the controllers of the box follow, in this process.
extension ObjectServer {
    /// Every object of a kind as added, then every change of one, in order and without end. A
    /// reader that falls behind what the store remembers gets the difference.
    package nonisolated func changes(of resource: Resource) -> AsyncStream<WatchEvent> {
        let reader = ChangeReader(self, resource)
        return AsyncStream { await reader.next() }
    }

    /// Rings at once, and then after each change of one of `resources`; changes that come together
    /// ring once.
    package nonisolated func rings(for resources: [Resource]) -> AsyncStream<Void> {
        let reader = RingReader(self, resources)
        return AsyncStream { await reader.next() }
    }
}

private actor RingReader {
    private let server: ObjectServer
    private let resources: [Resource]
    private var bell: Bell?

    init(_ server: ObjectServer, _ resources: [Resource]) {
        self.server = server
        self.resources = resources
    }

    func next() async -> Void? {
        guard let bell else {
            bell = await server.bell(for: resources)
            return ()
        }
        for await _ in bell.rings { return () }
        return nil
    }
}

private actor ChangeReader {
    private let server: ObjectServer
    private let resource: Resource
    private var bell: Bell?
    private var version: Int?
    private var waiting: [WatchEvent] = []
    /// Every object as it was told last, to find out what vanished when the store forgot how.
    private var told: [String: Object] = [:]

    init(_ server: ObjectServer, _ resource: Resource) {
        self.server = server
        self.resource = resource
    }

    func next() async -> WatchEvent? {
        while waiting.isEmpty {
            if bell == nil {
                // Before the first look, so that nothing falls between the two.
                bell = await server.bell(for: [resource])
            } else if version != nil {
                guard await isRung() else { return nil }
            }
            await look()
        }
        let event = waiting.removeFirst()
        let key = "\(event.object.namespace)/\(event.object.name)"
        told[key] = event.type == .deleted ? nil : event.object
        return event
    }

    private func isRung() async -> Bool {
        guard let bell else { return false }
        for await _ in bell.rings { return true }
        return false
    }

    private func look() async {
        if let version {
            let (news, now) = await server.news(
                after: version, of: resource, matching: .everything)
            if case .events(let events) = news {
                waiting = events
                self.version = now
                return
            }
        }
        await lookAtAll()
    }

    private func lookAtAll() async {
        do throws(StoreError) {
            let list = try await server.list(resource)
            var gone = told
            waiting = list.items.compactMap { object in
                guard let known = gone.removeValue(forKey: "\(object.namespace)/\(object.name)")
                else {
                    return WatchEvent(.added, object)
                }
                return known == object ? nil : WatchEvent(.modified, object)
            }
            waiting += gone.values.sorted { $0.name < $1.name }.map { WatchEvent(.deleted, $0) }
            version = list.resourceVersion
        } catch {
            // The kind is not served, or the store is not to be trusted: the next ring asks again.
            version = version ?? 0
        }
    }
}
