import KubernetesClient
import KubernetesObjects
import Synchronization

/// All that became of a namespace, in the order in which the server stored it.
final class Record: Sendable {
    struct Event: Sendable {
        let plural: String
        let object: Object
        let isDeletion: Bool

        /// Numbers of one order for all kinds.
        var version: Int { Int(object.resourceVersion) ?? 0 }
    }

    private struct State: Sendable {
        var events: [Event] = []
        var present: [String: [String: Object]] = [:]
    }

    static let kinds: [Resource] = [
        .rollouts, .analysisRuns, .replicaSets, .services, .ingresses, .leases,
    ]

    private let client: APIClient
    private let namespace: String
    private let state = Mutex(State())

    init(_ client: APIClient, namespace: String) {
        self.client = client
        self.namespace = namespace
    }

    /// Follows all kinds until it is cancelled.
    func follow() async {
        await withTaskGroup(of: Void.self) { group in
            for kind in Self.kinds { group.addTask { await self.follow(kind) } }
        }
    }

    /// Every change, also where there are several at once. A server that is away is asked again.
    private func follow(_ kind: Resource) async {
        let selection = Selection(namespace: namespace)
        var version: String?
        while !Task.isCancelled {
            do {
                if version == nil {
                    let list = try await client.list(kind, selection)
                    version = list.resourceVersion
                    begin(kind, list.objects)
                }
                let watch = try await client.watch(
                    kind, selection, from: version ?? "")
                for try await event in watch {
                    version = event.resourceVersion
                    switch event {
                    case .added(let object), .modified(let object):
                        note(kind, object, isDeletion: false)
                    case .deleted(let object): note(kind, object, isDeletion: true)
                    case .bookmark: break
                    }
                }
            } catch {
                // A server that was started again does not know what was before.
                if case APIError.gone = error { version = nil }
                do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
            }
        }
    }

    private func begin(_ kind: Resource, _ objects: [Object]) {
        state.withLock { $0.present[kind.plural] = [:] }
        for object in objects { note(kind, object, isDeletion: false) }
    }

    private func note(_ kind: Resource, _ object: Object, isDeletion: Bool) {
        let event = Event(plural: kind.plural, object: object, isDeletion: isDeletion)
        state.withLock {
            $0.events.append(event)
            $0.present[kind.plural, default: [:]][object.name] = isDeletion ? nil : object
        }
    }

    /// How much has happened so far: where a story begins.
    var count: Int { state.withLock { $0.events.count } }

    /// What happened to one kind since a story began.
    func events(of kind: Resource, since start: Int) -> [Event] {
        state.withLock { $0.events.dropFirst(start).filter { $0.plural == kind.plural } }
    }

    /// The objects of a kind that are there, by name.
    func present(_ kind: Resource) -> [String: Object] {
        state.withLock { $0.present[kind.plural] ?? [:] }
    }
}
