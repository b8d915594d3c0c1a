import Controller
import Curl
import Documents
import Foundation
import KubernetesClient
import KubernetesObjects
import LocalCluster
import Logging
import Manifests
import MetricProviders
import Notifications
import ObjectStore
import ServiceLifecycle
import Serving
import Synchronization
import Testing

@testable import sluice

/// An API server, a service that takes messages, and controllers that come and go.
private struct NotifiedCluster: Sendable {
    /// What the service was brought.
    struct Brought: Hashable, Sendable {
        let key: String
        let body: String
    }

    /// The trigger of a rollout that is looked after from now on.
    static let greeting = "on-rollout-added-to-informer"

    let server: ObjectServer
    let socket: String
    let brought = Kept<Brought>()
    /// What the service answers, the last one from then on.
    let answers = Kept<Int>()
    /// What the API server answers to notes on events while it takes none; 0 where it does.
    let refusals = Kept<Int>()
    /// Notes that were refused.
    let refused = Kept<String>()
    let address = Port()
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func with(_ act: (NotifiedCluster) async throws -> Void) async throws {
        let directory = "/tmp/sluice-notified-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        defer {
            #expect(throws: Never.self) {
                try FileManager.default.removeItem(atPath: directory)
            }
        }
        let server = try ObjectServer(
            database: nil, clock: { wallClock() }, newUID: { UUID().uuidString.lowercased() })
        let cluster = NotifiedCluster(server: server, socket: directory + "/api.sock")
        let (bound, didBind) = AsyncStream<Void>.makeStream()
        let handler = APIHandler(server: server)
        let doors = [
            Listener(
                at: .unix(path: cluster.socket), logger: cluster.quiet,
                onBound: { _ in didBind.yield() },
                handler: { request in
                    if let refusal = cluster.pass(request) { return refusal }
                    return await handler.respond(to: request)
                }),
            Listener(
                at: .loopback(port: 0), logger: cluster.quiet,
                onBound: {
                    cluster.address.set($0)
                    didBind.yield()
                }, handler: { await cluster.take($0) }),
        ]
        let group = ServiceGroup(configuration: .init(services: doors, logger: cluster.quiet))
        let serving = Task { try await group.run() }
        var count = 0
        for await _ in bound {
            count += 1
            if count == doors.count { break }
        }
        try await act(cluster)
        await group.triggerGracefulShutdown()
        try await serving.value
    }

    /// An answer to what is refused; nil where it passes.
    private func pass(_ request: Request) -> Serving.Response? {
        guard request.method == "PATCH", request.segments.contains("events"),
            let status = refusals.next(), status != 0
        else { return nil }
        refused.add(request.path)
        return .text("no\n", status: status)
    }

    private func take(_ request: Request) async -> Serving.Response {
        brought.add(
            Brought(
                key: request.headers["Idempotency-Key"] ?? "",
                body: String(decoding: request.body, as: UTF8.self)))
        return .text("so be it\n", status: answers.next() ?? 200)
    }

    /// Runs a controller for the length of `act`, then ends it as a kill would: at once.
    func lead(
        post: Post? = nil, _ act: @escaping @Sendable () async throws -> Void
    ) async throws {
        let source = MetricSource { _ throws(ProviderError) in throw ProviderError("no metrics") }
        let client = CurlClient()
        let live = Post.live(redactor: { .none }) { request throws(CurlError) in
            try await client.execute(request)
        }
        var settings = ControllerLoop.Settings()
        settings.home = "default"
        let controller = ControllerLoop(
            client: APIClient(Connection(server: "http://localhost", unixSocketPath: socket)),
            settings: settings, source: source, secrets: .none, history: nil, post: post ?? live,
            log: quiet, now: { wallClock() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await controller.run() }
            group.addTask { try await act() }
            // The controller ends only by being cancelled.
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// The rules, and a rollout that subscribes to being looked after.
    func create(subscribing trigger: String? = NotifiedCluster.greeting) async throws {
        let url = "http://\(try await address.address())/hook"
        let data = [
            "service.webhook.hook": "url: \(url)", "service.webhook.slow": "url: \(url)/slow",
            "template.told": """
            webhook:
              hook: {method: POST, body: "{{.rollout.metadata.name}} {{.event.reason}}"}
              slow: {method: POST, body: "{{.rollout.metadata.name}} {{.event.reason}}"}
            """,
            // The count is that of the template rollout-step-completed of the field.
            "template.stepped": """
            webhook:
              hook:
                method: POST
                body: "{{add .rollout.status.currentStepIndex 1}}/\
            {{len .rollout.spec.strategy.canary.steps}}"
            """,
            "trigger.on-rollout-step-completed":
                "- {when: rollout.status.currentStepIndex == 0, send: [stepped]}",
            "trigger.\(Self.greeting)": "- send: [told]",
            "trigger.on-rollout-deleted": "- send: [told]",
            "trigger.on-seen": "- {when: rollout.status.observedGeneration != nil, send: [told]}",
        ]
        try await create(
            [
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": ["name": .string(NotificationKeys.configMap)],
                "data": JSON(strings: data),
            ], .configMaps)
        try await createRollout("shop", subscribing: trigger)
    }

    func createRollout(
        _ name: String, subscribing trigger: String? = NotifiedCluster.greeting,
        to service: String = "hook", steps: JSON = [["setWeight": 50]]
    ) async throws {
        let key = trigger.map { "\(NotificationKeys.subscribe)\($0).\(service)" }
        try await create(
            [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
                "metadata": [
                    "name": .string(name),
                    "annotations": JSON(strings: key.map { [$0: ""] } ?? [:]),
                ],
                "spec": [
                    "replicas": 1, "selector": ["matchLabels": ["app": .string(name)]],
                    "template": [
                        "metadata": ["labels": ["app": .string(name)]],
                        "spec": ["containers": [["name": "app", "image": "shop:1"]]],
                    ],
                    "strategy": ["canary": ["steps": steps]],
                ],
            ], .rollouts)
    }

    private func create(_ json: JSON, _ resource: Resource) async throws {
        _ = try await server.create(
            Object(json), in: resource, namespace: "default", by: Caller())
    }

    /// Subscribes to the greeting.
    func annotate(_ name: String, to service: String, _ recipients: String) async throws {
        let key = "\(NotificationKeys.subscribe)\(Self.greeting).\(service)"
        try await server.patch(
            Reference(.rollouts, namespace: "default", name: name),
            with: .merge(["metadata": ["annotations": JSON(strings: [key: recipients])]]),
            by: Caller())
    }

    /// Releases another image.
    func update(_ name: String) async throws {
        let containers: JSON = [["name": "app", "image": "shop:2"]]
        try await server.patch(
            Reference(.rollouts, namespace: "default", name: name),
            with: .merge(["spec": ["template": ["spec": ["containers": containers]]]]),
            by: Caller())
    }

    /// An event as a stranger writes it.
    func forge(about name: String) async throws {
        var event = Object.event(
            named: "\(name).forged",
            about: Object([
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
                "metadata": ["name": .string(name), "namespace": "default"],
            ]), reason: "RolloutAddedToInformer", message: "", at: wallClock())
        let due = DueList([.init(Destination("hook"), conditions: [0])])
        event["metadata", "annotations"] = JSON(
            strings: [NotificationKeys.due: due.text ?? ""])
        try await create(event.json, .events)
    }

    /// The events of a reason.
    func events(_ reason: String) async throws -> [Object] {
        try await server.list(.events).items.filter { $0["reason"]?.string == reason }
    }

    /// Looks again and again. The limit only ends what hangs.
    func wait(for what: String, until condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while !(try await condition()) {
            guard ContinuousClock.now < end else { throw CommandFailure("no end to \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits until every rollout has a status, so that the next leader greets none again.
    func waitUntilGreeted() async throws {
        try await wait(for: "a status") {
            try await server.list(.rollouts).items.allSatisfy {
                $0.status?["observedGeneration"] != nil
            }
        }
    }

    /// Waits until the greeting is told, and noted.
    func waitUntilNoted() async throws {
        try await wait(for: "the greeting") {
            let events = try await events("RolloutAddedToInformer")
            return !events.isEmpty
                && events.allSatisfy { $0.annotations[NotificationKeys.due] == nil }
        }
    }
}

/// A list that several tasks write.
private final class Kept<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }
    func add(_ element: Element) { elements.withLock { $0.append(element) } }
    func clear() { elements.withLock { $0 = [] } }

    /// Takes the first; the last stays.
    func next() -> Element? {
        elements.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
    }
}

struct `A notification` {
    /// Holds: 7.2 once.
    /// Holds: 7.5 RolloutAddedToInformer, 9.3 notifications.
    @Test(.timeLimit(.minutes(4))) func `is delivered once, and noted on its event`() async throws {
        try await NotifiedCluster.with { cluster in
            try await cluster.create()
            try await cluster.lead {
                try await cluster.waitUntilNoted()
                try await cluster.waitUntilGreeted()
            }
            // Whoever leads next finds nothing left to tell.
            try await cluster.lead {
                try await cluster.createRollout("blog")
                try await cluster.wait(for: "the next one") { cluster.brought.all.count > 1 }
                try await cluster.waitUntilNoted()
            }
            #expect(
                cluster.brought.all.map(\.body)
                    == ["shop RolloutAddedToInformer", "blog RolloutAddedToInformer"])
            let events = try await cluster.events("RolloutAddedToInformer")
            #expect(Set(cluster.brought.all.map(\.key)) == Set(events.map(\.uid)))
        }
    }

    /// Holds: 7.2 once.
    /// Holds: 9.3 notifications.
    @Test(.timeLimit(.minutes(4)))
    func `that was under way when the controller was killed is delivered by the next`()
        async throws
    {
        try await NotifiedCluster.with { cluster in
            try await cluster.create()
            let began = Kept<Bool>()
            let stuck = Post { _, _ in
                began.add(true)
                // Until it is killed.
                do { try await Task.sleep(for: .seconds(3_600)) } catch {}
                return .later("killed", seconds: nil)
            }
            try await cluster.lead(post: stuck) {
                try await cluster.wait(for: "the first try") { !began.all.isEmpty }
                try await cluster.waitUntilGreeted()
            }
            #expect(cluster.brought.all.isEmpty)
            try await cluster.lead { try await cluster.waitUntilNoted() }
            #expect(cluster.brought.all.map(\.body) == ["shop RolloutAddedToInformer"])
        }
    }

    /// By the time that it is told, the index is that of the next step.
    /// Holds: 7.2 triggers, 7.2 templates.
    @Test(.timeLimit(.minutes(4))) func `of a step counts the step that it is about`() async throws
    {
        try await NotifiedCluster.with { cluster in
            try await cluster.create(subscribing: nil)
            try await cluster.createRollout(
                "blog", subscribing: "on-rollout-step-completed",
                steps: [["pause": ["duration": 0]], ["pause": [:]]])
            try await cluster.lead {
                try await cluster.waitUntilGreeted()
                try await cluster.update("blog")
                try await cluster.wait(for: "the step") { !cluster.brought.all.isEmpty }
            }
            #expect(cluster.brought.all.map(\.body) == ["1/2"])
        }
    }

    @Test(.timeLimit(.minutes(4)))
    func `that was delivered and not noted is sent again with the same key`() async throws {
        try await NotifiedCluster.with { cluster in
            cluster.refusals.add(500)
            try await cluster.create()
            try await cluster.lead {
                try await cluster.wait(for: "two notes") { cluster.refused.all.count > 1 }
                try await cluster.waitUntilGreeted()
            }
            #expect(cluster.brought.all.count == 1)
            cluster.refusals.clear()
            try await cluster.lead { try await cluster.waitUntilNoted() }
            let uid = try await cluster.events("RolloutAddedToInformer").map(\.uid)
            #expect(cluster.brought.all.map(\.key) == uid + uid)
        }
    }

    @Test(.timeLimit(.minutes(4)))
    func `that is not taken is tried again, with a warning that notifies nobody`() async throws {
        try await NotifiedCluster.with { cluster in
            cluster.answers.add(503)
            cluster.answers.add(200)
            try await cluster.create()
            try await cluster.lead { try await cluster.waitUntilNoted() }
            #expect(cluster.brought.all.count == 2)
            #expect(Set(cluster.brought.all.map(\.key)).count == 1)
            let warnings = try await cluster.events(NotificationKeys.failed)
            #expect(warnings.count == 1 && warnings[0]["type"] == "Warning")
            #expect(warnings[0]["message"]?.string?.contains("answered 503: \"so be it\"") == true)
        }
    }

    @Test(.timeLimit(.minutes(4))) func `that is refused is given up at once`() async throws {
        try await NotifiedCluster.with { cluster in
            cluster.answers.add(400)
            try await cluster.create()
            try await cluster.lead {
                try await cluster.waitUntilNoted()
                try await cluster.wait(for: "the warning") {
                    try await !cluster.events(NotificationKeys.failed).isEmpty
                }
            }
            #expect(cluster.brought.all.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(4)))
    func `is for those only who had subscribed when it happened`() async throws {
        try await NotifiedCluster.with { cluster in
            try await cluster.create(subscribing: nil)
            try await cluster.lead {
                try await cluster.wait(for: "the event") {
                    try await !cluster.events("RolloutAddedToInformer").isEmpty
                }
                try await cluster.annotate("shop", to: "hook", "")
                try await cluster.createRollout("blog")
                try await cluster.waitUntilNoted()
                try await cluster.wait(for: "the other") { !cluster.brought.all.isEmpty }
            }
            #expect(cluster.brought.all.map(\.body) == ["blog RolloutAddedToInformer"])
        }
    }

    @Test(.timeLimit(.minutes(4)))
    func `of a condition is delivered once, and noted on the rollout`() async throws {
        try await NotifiedCluster.with { cluster in
            try await cluster.create(subscribing: "on-seen")
            try await cluster.lead {
                try await cluster.wait(for: "the mark") {
                    let rollouts = try await cluster.server.list(.rollouts).items
                    // A negative moment says that it is still to be told.
                    return rollouts.allSatisfy {
                        $0.annotations[Keys.notified]?.contains(":-") == false
                    }
                }
            }
            try await cluster.lead {
                try await cluster.createRollout("blog", subscribing: "on-seen")
                try await cluster.wait(for: "the next one") { cluster.brought.all.count > 1 }
            }
            #expect(cluster.brought.all.map(\.body) == ["shop on-seen", "blog on-seen"])
        }
    }

    @Test(.timeLimit(.minutes(4)))
    func `of an event that somebody made up is not delivered`() async throws {
        try await NotifiedCluster.with { cluster in
            try await cluster.create(subscribing: nil)
            try await cluster.forge(about: "shop")
            try await cluster.forge(about: "gone")
            try await cluster.lead {
                // What comes later overtakes what never comes.
                try await cluster.createRollout("blog")
                try await cluster.wait(for: "the other") { !cluster.brought.all.isEmpty }
            }
            #expect(cluster.brought.all.map(\.body) == ["blog RolloutAddedToInformer"])
        }
    }

    /// Holds: 7.5 RolloutDeleted.
    @Test(.timeLimit(.minutes(4)))
    func `of a rollout that is gone is delivered`() async throws {
        try await NotifiedCluster.with { cluster in
            try await cluster.create(subscribing: "on-rollout-deleted")
            try await cluster.lead {
                try await cluster.waitUntilGreeted()
                _ = try await cluster.server.delete(
                    Reference(.rollouts, namespace: "default", name: "shop"), by: Caller())
                try await cluster.wait(for: "the last event") { !cluster.brought.all.isEmpty }
            }
            #expect(cluster.brought.all.map(\.body) == ["shop RolloutDeleted"])
            let event = try await cluster.events("RolloutDeleted").first
            #expect(event?["message"]?.string == "Rollout default/shop is deleted")
        }
    }

    @Test(.timeLimit(.minutes(4)))
    func `does not wait for another service that is slow`() async throws {
        try await NotifiedCluster.with { cluster in
            try await cluster.create(subscribing: nil)
            let client = CurlClient()
            let began = Kept<Bool>()
            let post = Post.live(redactor: { .none }) { request throws(CurlError) in
                guard request.url.hasSuffix("/slow") else {
                    return try await client.execute(request)
                }
                began.add(true)
                // Until the controller ends.
                do { try await Task.sleep(for: .seconds(3_600)) } catch {}
                throw CurlError(code: 28, host: "slow", message: "")
            }
            try await cluster.lead(post: post) {
                for name in ["a", "b", "c", "d", "e"] {
                    try await cluster.createRollout(name, to: "slow")
                }
                try await cluster.wait(for: "the slow one") { !began.all.isEmpty }
                try await cluster.createRollout("blog")
                try await cluster.wait(for: "the other") { !cluster.brought.all.isEmpty }
            }
            #expect(cluster.brought.all.map(\.body) == ["blog RolloutAddedToInformer"])
        }
    }

    @Test(.timeLimit(.minutes(4)))
    func `is held back while nobody may note it, and told once then`() async throws {
        try await NotifiedCluster.with { cluster in
            cluster.refusals.add(403)
            try await cluster.create()
            try await cluster.lead {
                try await cluster.wait(for: "a note") { !cluster.refused.all.isEmpty }
                try await cluster.createRollout("blog")
                try await cluster.wait(for: "a note on the other") {
                    cluster.refused.all.contains { $0.contains("/events/blog.") }
                }
                #expect(cluster.brought.all.map(\.body) == ["shop RolloutAddedToInformer"])
                cluster.refusals.clear()
                try await cluster.wait(for: "the other") { cluster.brought.all.count > 1 }
                try await cluster.waitUntilNoted()
            }
            #expect(
                cluster.brought.all.map(\.body)
                    == ["shop RolloutAddedToInformer", "blog RolloutAddedToInformer"])
        }
    }

    @Test(.timeLimit(.minutes(4)))
    func `is delivered once though its note meets a conflict`() async throws {
        try await NotifiedCluster.with { cluster in
            cluster.refusals.add(409)
            cluster.refusals.add(0)
            try await cluster.create()
            try await cluster.lead { try await cluster.waitUntilNoted() }
            #expect(cluster.refused.all.count == 1)
            #expect(cluster.brought.all.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(4)))
    func `that an annotation asks for in vain is said once`() async throws {
        try await NotifiedCluster.with { cluster in
            try await cluster.create(subscribing: nil)
            let crowd = String(repeating: "a;", count: 4_096)
            try await cluster.annotate("shop", to: "hook", crowd)
            try await cluster.lead {
                try await cluster.waitUntilGreeted()
                try await cluster.wait(for: "the warning") {
                    try await !cluster.events(NotificationKeys.failed).isEmpty
                }
                // Another version of the rollout, which says nothing new.
                try await cluster.annotate("shop", to: "slow", "")
                try await cluster.createRollout("blog")
                try await cluster.wait(for: "the other") { !cluster.brought.all.isEmpty }
            }
            let warnings = try await cluster.events(NotificationKeys.failed)
            #expect(warnings.count == 1)
            #expect(warnings[0]["message"]?.string?.contains("longer than 4096 bytes") == true)
        }
    }
}
