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
import ObjectStore
import ServiceLifecycle
import Serving
import Testing

@testable import sluice

/// An API server on a socket file, for real controllers that know nothing of each other.
struct Replicas {
    static let namespace = "default"
    let server: ObjectServer
    let socket: String
    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func with(
        definitions: [JSON] = [], seeing: @escaping @Sendable (Request) async -> Void = { _ in },
        _ act: (Replicas) async throws -> Void
    ) async throws {
        let directory = "/tmp/sluice-replicas-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        defer {
            #expect(throws: Never.self) {
                try FileManager.default.removeItem(atPath: directory)
            }
        }
        let server = try ObjectServer(
            database: nil, definitions: definitions, clock: { wallClock() },
            newUID: { UUID().uuidString.lowercased() })
        let replicas = Replicas(server: server, socket: directory + "/api.sock")
        let (bound, didBind) = AsyncStream<Void>.makeStream()
        let handler = APIHandler(server: server)
        let listener = Listener(
            at: .unix(path: replicas.socket), logger: replicas.quiet,
            onBound: { _ in didBind.yield() },
            handler: { request in
                await seeing(request)
                return await handler.respond(to: request)
            })
        let group = ServiceGroup(configuration: .init(services: [listener], logger: replicas.quiet))
        let serving = Task { try await group.run() }
        for await _ in bound { break }
        try await act(replicas)
        await group.triggerGracefulShutdown()
        try await serving.value
    }

    var client: APIClient {
        APIClient(Connection(server: "http://localhost", unixSocketPath: socket))
    }

    /// A controller that takes part in the election, quicker than a real one.
    func controller(_ identity: String) -> ControllerLoop {
        let client = self.client
        var settings = LeaderElection.Settings(identity: identity)
        settings.leaseDuration = .seconds(3)
        settings.renewDeadline = .seconds(2)
        settings.retryPeriod = .milliseconds(100)
        let lease = Reference(
            .leases, namespace: Self.namespace, name: ElectionOptions.leaseName)
        let leadership = Leadership(
            lease, settings, client: client, clock: ContinuousClock(), time: wallClock)
        let source = MetricSource { _ throws(ProviderError) in throw ProviderError("no metrics") }
        return ControllerLoop(
            client: client, settings: .init(), source: source, secrets: .none,
            history: nil, leadership: leadership, log: quiet, now: { wallClock() })
    }

    /// A rollout with what it needs besides.
    func create() async throws {
        for name in ["shop", "shop-canary"] {
            let service: JSON = [
                "apiVersion": "v1", "kind": "Service", "metadata": metadata(name),
                "spec": ["selector": ["app": "shop"], "ports": [["port": 80]]],
            ]
            try await create(service, .services)
        }
        let backend: JSON = ["service": ["name": "shop", "port": ["number": 80]]]
        let ingress: JSON = [
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata("shop"),
            "spec": [
                "rules": [
                    [
                        "host": "shop.test",
                        "http": [
                            "paths": [["path": "/", "pathType": "Prefix", "backend": backend]]
                        ],
                    ]
                ]
            ],
        ]
        try await create(ingress, .ingresses)
        let rollout: JSON = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": metadata("shop"),
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["app": "shop"]],
                "template": [
                    "metadata": ["labels": ["app": "shop"]],
                    "spec": ["containers": [["name": "app", "image": "shop:1"]]],
                ],
                "strategy": [
                    "canary": [
                        "steps": [["setWeight": 50]],
                        "stableService": "shop", "canaryService": "shop-canary",
                        "trafficRouting": ["nginx": ["stableIngress": "shop"]],
                    ]
                ],
            ],
        ]
        try await create(rollout, .rollouts)
    }

    private func create(_ object: JSON, _ resource: Resource) async throws {
        _ = try await server.create(
            Object(object), in: resource, namespace: Self.namespace, by: Caller())
    }

    private func metadata(_ name: String) -> JSON {
        ["name": .string(name), "namespace": .string(Self.namespace)]
    }

    func setImage(_ image: String) async throws {
        let path = "/spec/template/spec/containers/0/image"
        let patch: [JSON] = [["op": "replace", "path": .string(path), "value": .string(image)]]
        try await server.patch(
            Reference(.rollouts, namespace: Self.namespace, name: "shop"), with: .json(patch),
            by: Caller())
    }

    func waitForReplicaSets(_ count: Int) async throws {
        while try await server.list(.replicaSets).items.count < count { await Task.yield() }
    }

    /// Lets every ReplicaSet have the pods that it asks for, once one asks: there is no node.
    func startPods() async throws {
        for await _ in server.rings(for: [.replicaSets]) {
            let sets = try await server.list(.replicaSets).items
            for set in sets where set.spec?["replicas"]?.int ?? 0 > 0 {
                let wanted = set.spec?["replicas"] ?? 0
                let status: JSON = [
                    "replicas": wanted, "readyReplicas": wanted, "availableReplicas": wanted,
                    "observedGeneration": .int(Int64(set.generation)),
                ]
                try await server.patch(
                    Reference(.replicaSets, namespace: set.namespace, name: set.name),
                    with: .merge(["status": status]), at: .status, by: Caller())
                return
            }
        }
    }

    /// Returns once the Service `shop` is as it is meant to be.
    func waitForService(_ isMeant: (Object) -> Bool) async throws {
        let service = Reference(.services, namespace: Self.namespace, name: "shop")
        for await _ in server.rings(for: [.services]) {
            if isMeant(try await server.get(service)) { return }
        }
    }

    /// Events are written beside everything else.
    func waitForGreeting() async throws {
        while try await greetings.isEmpty { await Task.yield() }
    }

    /// The events that say that a rollout is looked after.
    var greetings: [Object] {
        get async throws {
            try await server.list(.events).items.filter { $0["reason"] == "RolloutAddedToInformer" }
        }
    }

    var holder: String {
        get async throws {
            let leases = try await server.list(.leases).items
            return leases.first.map { LeaseRecord($0).holder } ?? ""
        }
    }
}

/// Whether it has written anything, going by what it tells a monitoring system.
private func hasWritten(_ controller: ControllerLoop) async -> Bool {
    let exposition = await controller.exposition()
    return ["Create", "Patch", "Delete"].contains { exposition.contains("verb=\"\($0)\"") }
}

struct `Of two replicas` {
    /// Holds: 7.4 lease.
    @Test func `one acts, and the other takes over when it ends`() async throws {
        try await Replicas.with { replicas in
            let (first, second) = (replicas.controller("first"), replicas.controller("second"))
            let firstRun = Task { await first.run() }
            try await replicas.create()
            try await replicas.waitForReplicaSets(1)
            #expect(try await replicas.holder == "first")
            try await replicas.waitForGreeting()

            let (synced, isSynced) = AsyncStream<Void>.makeStream()
            let secondRun = Task { await second.run(synced: { isSynced.yield() }) }
            for await _ in synced { break }
            #expect(await second.exposition().contains("leader_election_master_status{"))
            #expect(
                await second.exposition().contains(
                    "sluice_kind_followed{kind=\"rollouts.argoproj.io\"} 1"))
            #expect(await !hasWritten(second))

            first.leadership?.resign()
            await firstRun.value
            try await replicas.setImage("shop:2")
            try await replicas.waitForReplicaSets(2)
            #expect(try await replicas.holder == "second")
            second.leadership?.resign()
            await secondRun.value
            #expect(try await replicas.holder == "")
            #expect(try await replicas.greetings.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `the first still tells what it has decided`() async throws {
        let isTakingEvents = Lock(false)
        try await Replicas.with(seeing: { request in
            guard request.method == "POST", request.segments.last == "events" else { return }
            while !isTakingEvents.withLock(\.self) { await Task.yield() }
        }) { replicas in
            let first = replicas.controller("first")
            let run = Task { await first.run() }
            try await replicas.create()
            try await replicas.waitForReplicaSets(1)
            first.leadership?.resign()
            while try await !replicas.holder.isEmpty { await Task.yield() }
            isTakingEvents.withLock { $0 = true }
            await run.value
            let events = try await replicas.server.list(.events).items
            let reasons = Set(events.compactMap { $0["reason"]?.string })
            #expect(reasons.isSuperset(of: ["RolloutAddedToInformer", "NewReplicaSetCreated"]))
        }
    }

    @Test func `the second acts when the first is killed`() async throws {
        try await Replicas.with { replicas in
            let (first, second) = (replicas.controller("first"), replicas.controller("second"))
            let firstRun = Task { await first.run() }
            try await replicas.create()
            try await replicas.waitForReplicaSets(1)
            let secondRun = Task { await second.run() }
            // Without giving anything back.
            firstRun.cancel()
            await firstRun.value
            #expect(try await replicas.holder == "first")
            try await replicas.setImage("shop:2")
            try await replicas.waitForReplicaSets(2)
            #expect(try await replicas.holder == "second")
            secondRun.cancel()
            await secondRun.value
        }
    }
}

struct `A Service that was bound to a revision` {
    private static func isBound(_ service: Object) -> Bool {
        service.spec?["selector"]?[Keys.templateHash] != nil
    }

    private static func isLetGo(_ service: Object) -> Bool {
        !isBound(service) && service.annotations.isEmpty
    }

    /// Holds: 3.5 given back.
    @Test(.timeLimit(.minutes(2)))
    func `is let go by the replica that leads, once the rollout is deleted`() async throws {
        try await Replicas.with { replicas in
            let (first, second) = (replicas.controller("first"), replicas.controller("second"))
            let firstRun = Task { await first.run() }
            try await replicas.create()
            try await replicas.waitForReplicaSets(1)
            let secondRun = Task { await second.run() }
            try await replicas.startPods()
            try await replicas.waitForService(Self.isBound)
            _ = try await replicas.server.delete(
                Reference(.rollouts, namespace: Replicas.namespace, name: "shop"), Deletion(),
                by: Caller())
            try await replicas.waitForService(Self.isLetGo)
            #expect(await !hasWritten(second))
            secondRun.cancel()
            firstRun.cancel()
            _ = await (firstRun.value, secondRun.value)
        }
    }

    /// Holds: 3.5 given back.
    @Test(.timeLimit(.minutes(2)))
    func `is let go at the start, where the rollout went before`() async throws {
        try await Replicas.with { replicas in
            let service: JSON = [
                "apiVersion": "v1", "kind": "Service",
                "metadata": ["name": "shop", "annotations": [Keys.managedBy: "shop"]],
                "spec": [
                    "selector": ["app": "shop", Keys.templateHash: "h1"], "ports": [["port": 80]],
                ],
            ]
            _ = try await replicas.server.create(
                Object(service), in: .services, namespace: Replicas.namespace, by: Caller())
            let controller = replicas.controller("first")
            let run = Task { await controller.run() }
            try await replicas.waitForService(Self.isLetGo)
            run.cancel()
            await run.value
        }
    }
}
