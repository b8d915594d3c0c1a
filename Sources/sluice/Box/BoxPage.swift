import Controller
import Documents
import History
import KubernetesClient
import KubernetesObjects
import Logging
import Manifests
import Rollouts
import ServiceLifecycle
import Serving
import StatusPage

/// The status page over a running controller.
struct BoxPage: Sendable {
    let service: any Service
    private let bound: BoundPort

    /// - Parameters:
    ///   - history: nil where none is kept; then the page shows none.
    ///   - problems: what needs a person and belongs to no single rollout.
    ///   - port: of 127.0.0.1; 0 for the kernel's choice.
    init(
        controller: ControllerLoop, history: RecordStore?, secrets: SecretsInUse,
        problems: @escaping @Sendable () -> [String], log: Logger, port: Int
    ) throws {
        let bound = BoundPort()
        self.bound = bound
        let source = PageSource(
            rollouts: { await Self.views(controller) },
            rollout: { namespace, name in
                await Self.view(RolloutKey(namespace: namespace, name: name), controller)
            },
            records: { namespace, name in
                do {
                    return try await history?.records(
                        namespace: namespace, rollout: name, limit: shownRecords) ?? []
                } catch {
                    log.error("history not read", metadata: ["error": "\(error)"])
                    return []
                }
            },
            problems: { problems() }, redact: { secrets.redactor().redact($0) })
        let pages = try Pages(source: source, now: { .now })
        service = Listener(
            at: .loopback(port: port), logger: log, onBound: { await bound.set($0) },
            handler: { await pages.respond(to: $0) })
    }

    /// Where the page is, once it is bound.
    ///
    /// - Throws: `CancellationError` where the task is cancelled first: the port may be taken.
    func address() async throws -> String {
        let port = try await bound.port()
        return "http://127.0.0.1:\(port)"
    }

    private static func views(_ controller: ControllerLoop) async -> [RolloutView] {
        var views: [RolloutView] = []
        for rollout in controller.cluster.caches[.rollouts]?.list() ?? [] {
            let key = RolloutKey(namespace: rollout.namespace, name: rollout.name)
            if let view = await view(key, controller) { views.append(view) }
        }
        return views
    }

    private static func view(_ key: RolloutKey, _ controller: ControllerLoop) async -> RolloutView?
    {
        guard let scene = await controller.turn.look(at: key) else { return nil }
        return RolloutView(scene)
    }
}

/// Measurements are most of a history, and the page folds them: with fewer records little else
/// would show.
private let shownRecords = 1_000

/// A port that the kernel chooses, for those who must wait until it has.
private actor BoundPort {
    private var number: Int?

    func set(_ number: Int) { self.number = number }

    /// - Throws: `CancellationError`, so that nobody waits for a page that could not be bound.
    func port() async throws -> Int {
        while true {
            if let number { return number }
            try await Task.sleep(for: .milliseconds(lookMilliseconds))
        }
    }
}

/// Too short for a person to notice.
private let lookMilliseconds = 20
