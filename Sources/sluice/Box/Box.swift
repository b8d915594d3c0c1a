import Controller
import Curl
import Documents
import Extensions
import Foundation
import History
import KubernetesClient
import KubernetesObjects
import LocalCluster
import Logging
import Manifests
import MetricProviders
import ObjectStore
import ServiceLifecycle
import Serving

/// A cluster in a box, put together: API server, nginx, pods, metrics, Prometheus, and the
/// controller on top of it. The parts are live from `services` on.
struct Box: Sendable {
    struct Settings: Sendable {
        var state: String
        var httpPort: Int?
        var httpsPort: Int?
        var apiPort: Int?
        var scrapeSeconds = 1
        /// Whether pods are ready without running anything: no request is served then, and nothing
        /// is measured.
        var isHollow = false
        var extensions = RegisteredExtensions()
        var secrets: SecretsInUse
        var log: Logger
    }

    let ground: BoxGround
    let server: ObjectServer
    let client: APIClient
    let history: RecordStore
    let controller: ControllerLoop
    /// In the order in which they start; they end in the reverse one.
    let services: [any Service]

    var layout: BoxLayout { ground.layout }
    var prometheusAddress: String { "http://127.0.0.1:\(ground.ports.prometheus)" }
    var ingressAddress: String { "http://127.0.0.1:\(ground.ports.http)" }
    var secureIngressAddress: String { "https://127.0.0.1:\(ground.ports.https)" }

    /// - Throws: where another box uses the same state, a port is taken, or a file cannot be used.
    init(_ settings: Settings) async throws {
        let log = settings.log
        let ground = try await BoxGround(settings)
        self.ground = ground
        server = try ObjectServer(
            database: try ObjectDatabase(path: ground.layout.database),
            definitions: CustomResourceDefinitions.all + [GatewayRoute.definition], clock: { .now },
            newUID: { UUID().uuidString.lowercased() })
        client = try ground.client()
        history = try RecordStore(path: ground.layout.history)
        let http = CurlClient()
        var rules = ControllerLoop.Settings()
        // On one's own machine there is nobody whom a namespace could speak for without leave.
        rules.hasSelfServiceNotifications = true
        rules.steps = try .live(settings.extensions.steps)
        rules.disabledSteps = settings.extensions.disabledSteps
        rules.routers = try .live(
            settings.extensions.routers, timeoutSeconds: routerTimeoutSeconds)
        let clock = SteadyClock { log.warning("\($0)") }
        let controller = ControllerLoop(
            client: client, settings: rules,
            source: try .live(
                defaultPrometheusAddress: "http://127.0.0.1:\(ground.ports.prometheus)",
                plugins: settings.extensions.metrics, http),
            secrets: settings.secrets, history: history, post: try .live(settings.secrets),
            log: log, now: clock.now)
        self.controller = controller
        let api = Self.api(server, on: ground, log)
        let loop = BoxPart { await controller.run() }
        if settings.isHollow {
            services = [api] + Self.hollowCluster(server, on: ground, log) + [loop]
            return
        }
        let monitoring = BoxMonitoring(
            layout: ground.layout, ports: ground.ports, account: ground.accounts.prometheus,
            server: server, scrapeSeconds: settings.scrapeSeconds, log: log)
        let observation = BoxObservation(
            controller: controller, metrics: monitoring.metrics, history: history, log: log)
        services =
            [api] + Self.cluster(server, on: ground, http, log) + monitoring.services
            + [loop, BoxPart { await observation.run() }]
    }

    /// The API server behind its socket; nginx ends TLS in front of it.
    private static func api(
        _ server: ObjectServer, on ground: BoxGround, _ log: Logger
    ) -> any Service {
        let logs = PodLogs(directory: ground.layout.node)
        let handler = APIHandler(
            server: server, token: ground.authority.token,
            logs: { request throws(StoreError) in try logs.body(request) })
        return Listener(
            at: .unix(path: ground.apiSocket), logger: log,
            onBound: { _ in
                do {
                    try SocketDirectory.open(ground.apiSocket, to: ground.accounts.proxy)
                } catch {
                    log.error("the API cannot be reached over TLS", metadata: ["error": "\(error)"])
                }
            },
            handler: { await handler.respond(to: $0) })
    }

    /// What makes objects real: nginx, the workload controllers, and the pods.
    private static func cluster(
        _ server: ObjectServer, on ground: BoxGround, _ http: CurlClient, _ log: Logger
    ) -> [any Service] {
        let layout = ground.layout
        let proxy = IngressProxy(
            .init(directory: layout.proxy, settings: ground.nginx), cluster: server.access,
            now: { .now }, logger: log)
        let workloads = WorkloadControllers(server.access, now: { .now }, logger: log)
        let node = Node(
            .init(
                cluster: server.access, httpGet: { await ask($0, http) },
                isRouted: { await proxy.isRouted($0) }, now: { .now }),
            directory: layout.node, block: ground.block, account: ground.accounts.pods,
            programs: layout.programs, logger: log)
        return [
            BoxPart { try await proxy.run() },
            BoxPart { await workloads.run() },
            BoxPart { await tidy(server, log) },
            BoxPart({ try await node.run() }, end: { node.end() }),
        ]
    }

    /// The same without anything that runs. nginx sees no object: what it would pass on to a pod
    /// has nowhere to go, and it is there for the API alone.
    private static func hollowCluster(
        _ server: ObjectServer, on ground: BoxGround, _ log: Logger
    ) -> [any Service] {
        let unseen = ClusterAccess(
            list: { _ in [] }, write: server.access.write,
            changes: { _ in AsyncStream { $0.yield() } })
        let proxy = IngressProxy(
            .init(directory: ground.layout.proxy, settings: ground.nginx), cluster: unseen,
            now: { .now }, logger: log)
        let workloads = WorkloadControllers(server.access, now: { .now }, logger: log)
        let node = HollowNode(server.access, now: { .now })
        return [
            BoxPart { try await proxy.run() }, BoxPart { await workloads.run() },
            BoxPart { await tidy(server, log) }, BoxPart { await node.run() },
        ]
    }

    /// Lets go of old events, until it is cancelled.
    private static func tidy(_ server: ObjectServer, _ log: Logger) async {
        do {
            try await server.tidy()
        } catch {
            if !Task.isCancelled { log.error("old events stay", metadata: ["error": "\(error)"]) }
        }
    }

    /// Takes away the directory of the sockets, at the very end.
    func removeSockets() { SocketDirectory.remove(ground.sockets) }

    private static func ask(_ probe: HTTPProbe, _ client: CurlClient) async -> Int? {
        let path = probe.path.hasPrefix("/") ? probe.path : "/" + probe.path
        let scheme = probe.isSecure ? "https" : "http"
        var request = CurlRequest(url: "\(scheme)://\(probe.host):\(probe.port)\(path)")
        // As a kubelet: a probe asks whether a server answers, not who it is.
        request.verifiesPeer = false
        // However long a document asks for: no wait is longer than an hour.
        request.timeoutMilliseconds = min(probe.timeoutSeconds, 3_600) * 1_000
        request.headers = probe.headers.map { Header($0.name, $0.value) }
        request.maximumBodyBytes = 1 << 20
        do {
            return try await client.execute(request).head.status
        } catch {
            return nil
        }
    }
}

extension Timestamp {
    /// The wall clock.
    static var now: Timestamp { wallClock() }
}
