import Controller
import Curl
import Documents
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

/// A cluster in a box, put together: API server, nginx, pods, metrics, Prometheus, and the controller on top of it
/// (DESIGN §6). The parts are live from `services` on.
struct Box: Sendable {
    struct Settings: Sendable {
        var state: String
        var httpPort: Int?
        var apiPort: Int?
        var scrapeSeconds = 1
        var log: Logger
    }

    let settings: Settings
    let layout: BoxLayout
    let ports: Ports
    let server: ObjectServer
    let client: APIClient
    let proxy: IngressProxy
    let history: RecordStore
    let controller: ControllerLoop
    let services: [any Service]
    private let lock: BoxLock
    private let block: AddressBlock
    private let sockets: String

    var prometheusAddress: String { "http://127.0.0.1:\(ports.prometheus)" }
    var ingressAddress: String { "http://127.0.0.1:\(ports.http)" }

    /// - Throws: where another box uses the same state, a port is taken, or a file cannot be used.
    init(_ settings: Settings) async throws {
        self.settings = settings
        let log = settings.log
        let layout = try BoxLayout(root: settings.state)
        self.layout = layout
        lock = try BoxLock(path: layout.lock)
        try layout.publishProgram()
        let accounts = try Accounts.standard()
        let isOurs = IngressProxy.isRunning(in: layout.proxy)
        ports = try Ports.kept(
            in: layout.ports, http: settings.httpPort, api: settings.apiPort, isOurs: isOurs)
        let authority = try await Authority.kept(in: layout.authority)
        try authority.writeKubeconfig(to: layout.kubeconfig, port: ports.api)
        sockets = try SocketDirectory.prepare(for: layout.root, account: accounts.proxy)
        let socket = sockets + "/api.sock"
        block = try AddressBlock.take(
            preferred: Int(layout.root.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xffff }))

        let clock: @Sendable () -> Timestamp = { .now }
        server = try ObjectServer(
            database: try ObjectDatabase(path: layout.database), clock: clock,
            newUID: { UUID().uuidString.lowercased() })
        let access = server.access
        let nginx = NginxSettings(
            account: accounts.proxy, httpPort: ports.http,
            api: .init(
                port: ports.api, socket: socket, certificate: authority.serverCertificatePath,
                key: authority.serverKeyPath),
            statusSocket: sockets + "/status.sock")
        let proxy = IngressProxy(
            .init(directory: layout.proxy, settings: nginx), cluster: access, now: clock,
            logger: log)
        self.proxy = proxy
        let http = CurlClient()
        let node = Node(
            .init(
                cluster: access, httpGet: { await Self.ask($0, http) },
                isRouted: { await proxy.isRouted($0) }, now: clock),
            directory: layout.node, block: block, account: accounts.pods,
            programs: layout.programs, logger: log)
        let workloads = WorkloadControllers(access, now: clock, logger: log)

        guard let token = BearerToken(authority.token) else {
            throw SystemFailure(
                "\(layout.authority) holds no token; remove it to begin anew", code: 0)
        }
        client = APIClient(
            Connection(
                server: "http://localhost", unixSocketPath: socket, credential: .token(token)))
        history = try RecordStore(path: layout.history)
        let source = MetricSource.live(
            ProviderEdge(
                defaultPrometheusAddress: "http://127.0.0.1:\(ports.prometheus)", now: clock,
                send: { request throws(CurlError) in try await http.execute(request) }))
        let controller = ControllerLoop(
            client: client, settings: .init(), source: source, history: history, log: log,
            now: clock)
        self.controller = controller

        let logs = BoxLogs(logs: PodLogs(directory: layout.node))
        let handler = APIHandler(
            server: server, token: authority.token,
            logs: { request throws(StoreError) in try logs.body(request) }, schema: Self.schema)
        let listener = Listener(
            at: .unix(path: socket), logger: log,
            onBound: { _ in
                do {
                    try SocketDirectory.open(socket, to: accounts.proxy)
                } catch {
                    log.error("the API cannot be reached over TLS", metadata: ["error": "\(error)"])
                }
            },
            handler: { await handler.respond(to: $0) })
        let monitoring = BoxMonitoring(
            layout: layout, ports: ports, account: accounts.prometheus, server: server,
            scrapeSeconds: settings.scrapeSeconds, log: log)
        services =
            [
                listener,
                BoxPart { try await proxy.run() },
                BoxPart { await workloads.run() },
                BoxPart { [server] in await Self.tidy(server, log) },
                BoxPart({ try await node.run() }, end: { node.end() }),
            ] + monitoring.services + [BoxPart { await controller.run() }]
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
    func removeSockets() { SocketDirectory.remove(sockets) }

    private static func ask(_ probe: HTTPProbe, _ client: CurlClient) async -> Int? {
        let path = probe.path.hasPrefix("/") ? probe.path : "/" + probe.path
        var request = CurlRequest(url: "http://\(probe.host):\(probe.port)\(path)")
        request.timeoutMilliseconds = probe.timeoutSeconds * 1_000
        request.headers = probe.headers.map { Header($0.name, $0.value) }
        request.maximumBodyBytes = 1 << 20
        do {
            return try await client.execute(request).head.status
        } catch {
            return nil
        }
    }

    /// The schema of our own kinds, so that `kubectl explain` has something to say.
    private static func schema(_ resource: Resource) -> JSON? {
        let definition = CustomResourceDefinitions.all.first {
            $0["spec"]?["names"]?["kind"]?.string == resource.kind
                && $0["spec"]?["group"]?.string == resource.group
        }
        return definition?["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"]
    }
}

extension Timestamp {
    /// The wall clock.
    static var now: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}
