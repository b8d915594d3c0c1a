import Controller
import Curl
import Documents
import Foundation
import History
import KubernetesClient
import KubernetesObjects
import LocalCluster
import Logging
import MetricProviders
import Notifications
import ObjectStore
import ServiceLifecycle
import Serving
import Synchronization

@testable import sluice

/// A whole controller on an API server, both in this process, with pods that run nothing, a metric
/// server and a door that mean no good, and a status page.
struct CanaryStage: Sendable {
    let canaries: Canaries
    let server: ObjectServer
    let history: RecordStore
    let secrets = SecretsInUse.live()
    let log: Logger
    let lines = Lines()
    let folder: URL
    let door: HostileDoor
    let health: HealthPage
    /// The addresses of the API server, and of one that refuses everything.
    let api = Port(), refusing = Port()
    private let page: BoxPage
    private let services: [any Service]

    init(_ canaries: Canaries, in folder: URL) throws {
        self.canaries = canaries
        self.folder = folder
        let lines = lines, secrets = secrets
        let log = secrets.log { _ in lines }
        self.log = log
        let server = try ObjectServer(
            database: nil, clock: { .now }, newUID: { UUID().uuidString.lowercased() })
        self.server = server
        let history = try RecordStore(path: folder.appending(path: "history.sqlite").path)
        self.history = history
        let handler = APIHandler(server: server)
        let door = HostileDoor(seed: canaries.seed)
        self.door = door
        let (api, refusing) = (api, refusing)
        let socket = folder.appending(path: "api.sock").path
        // Only this machine's own names reach the first two, so that they need no token.
        let doors = [
            Listener(
                at: .loopback(port: 0), logger: log, onBound: { api.set($0) },
                handler: { await handler.respond(to: $0) }),
            Listener(
                at: .loopback(port: 0), logger: log, onBound: { refusing.set($0) },
                handler: { door.refusal(of: $0) }),
            Listener(at: .unix(path: socket), logger: log) { request in
                await door.pass(request) { await handler.respond(to: request) }
            },
        ]
        var settings = ControllerLoop.Settings()
        settings.hasSelfServiceNotifications = true
        let controller = ControllerLoop(
            client: APIClient(try Self.connection(canaries, to: socket, in: folder)),
            settings: settings, source: Self.source(canaries), secrets: secrets, history: history,
            post: Self.post(secrets), log: log, now: { .now })
        page = try BoxPage(
            controller: controller, history: history, secrets: secrets,
            problems: { ["somebody says \(canaries[.token])"] }, log: log, port: 0)
        health = HealthPage(
            obstacles: { controller.obstacles }, metrics: { await controller.exposition() })
        let workloads = WorkloadControllers(server.access, now: { .now }, logger: log)
        let node = HollowNode(server.access, now: { .now })
        services =
            doors + [
                BoxPart { await workloads.run() }, BoxPart { await node.run() },
                BoxPart { await controller.run() }, page.service,
            ]
    }

    private static func source(_ canaries: Canaries) -> MetricSource {
        .live(
            ProviderEdge(
                defaultPrometheusAddress:
                    "http://prober:\(canaries[.standardLogin])@hostile/standard",
                now: { .now },
                send: { request throws(CurlError) in try HostileProvider.answer(request) }))
    }

    /// Services that take nothing, and repeat all they are brought in one spelling after the other.
    private static func post(_ secrets: SecretsInUse) -> Post {
        let count = Mutex(0)
        return .live(redactor: secrets.redactor) { request throws(CurlError) in
            let turn = count.withLock {
                $0 += 1
                return $0
            }
            let fields = request.headers.map { "\($0.value) \($0.name)" }
            let heard = fields + [request.url, String(decoding: request.body ?? [], as: UTF8.self)]
            let echo = Echo.allCases[turn % Echo.allCases.count]
            return Curl.Response(
                head: ResponseHead(status: 500),
                body: Array(echo.text(of: heard.reversed().joined(separator: " ")).utf8))
        }
    }

    /// With a login of another kind for each seed.
    private static func connection(
        _ canaries: Canaries, to socket: String, in folder: URL
    ) throws -> Connection {
        let text = canaries[.controllerLogin]
        var connection = Connection(server: "http://localhost", unixSocketPath: socket)
        switch canaries.seed % 3 {
        case 0: connection.credential = .password(Password(user: "prober", text: text))
        case 1: if let token = BearerToken(text) { connection.credential = .token(token) }
        default:
            let file = folder.appending(path: "token")
            try text.write(to: file, atomically: true, encoding: .utf8)
            connection.credential = .tokenFile(file.path)
        }
        return connection
    }

    /// Runs everything for the length of `act`.
    func run(_ act: @escaping @Sendable () async throws -> Void) async throws {
        let failure = Mutex<(any Error)?>(nil)
        let play = BoxPart {
            do { try await act() } catch { failure.withLock { $0 = error } }
        }
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) } + [
                    .init(service: play, successTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: log))
        try await group.run()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Waits for a change of one of `resources` after which `condition` holds.
    func wait(
        for what: String, _ resources: [Resource], until condition: () async throws -> Bool
    ) async throws {
        for await _ in server.access.changes(resources) where try await condition() { return }
        let seen = try await server.list(.rollouts).items + server.list(.analysisRuns).items
        let states = seen.map { "\($0.name): \($0.status?.text ?? "no status")" }
        throw CommandFailure("waited for \(what); " + states.joined(separator: "\n"))
    }

    func get(_ path: String) async throws -> String {
        let url = try await page.address() + path
        let response = try await CurlClient().execute(CurlRequest(url: url))
        return String(decoding: response.body, as: UTF8.self)
    }
}

/// A port that is known later.
final class Port: Sendable {
    private let numbers: AsyncStream<Int>
    private let bound: AsyncStream<Int>.Continuation
    private let known = Mutex<Int?>(nil)

    init() { (numbers, bound) = AsyncStream.makeStream() }

    func set(_ number: Int) { bound.yield(number) }

    func address() async throws -> String {
        if let number = known.withLock({ $0 }) { return "127.0.0.1:\(number)" }
        for await number in numbers {
            known.withLock { $0 = number }
            return "127.0.0.1:\(number)"
        }
        throw CancellationError()
    }
}

/// Keeps every line of a log, as text and as JSON.
struct Lines: LogHandler {
    private final class Kept: Sendable { let bytes = Mutex<[UInt8]>([]) }
    private let kept = Kept()
    private var json: JSONLog
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata { didSet { json.metadata = metadata } }

    init() {
        let kept = kept
        json = JSONLog(level: .trace) { line in kept.bytes.withLock { $0 += line } }
        metadata = [:]
    }

    var bytes: [UInt8] { kept.bytes.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let told = metadata.merging(event.metadata ?? [:]) { $1 }
        kept.bytes.withLock { $0 += Array("\(event.message) \(told) \(event.source)\n".utf8) }
        json.log(event: event)
    }
}
