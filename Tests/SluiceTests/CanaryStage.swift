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
import ServiceLifecycle
import Serving
import Synchronization

@testable import sluice

/// A whole controller on an API server, both in this process, with pods that run nothing, a metric
/// server that means no good, and a status page.
struct CanaryStage: Sendable {
    let server: ObjectServer
    let history: RecordStore
    let log: Logger
    let lines = Lines()
    let folder: URL
    private let api: Port
    private let page: BoxPage
    private let services: [any Service]

    init(standardLogin: String, in folder: URL) throws {
        self.folder = folder
        let secrets = SecretsInUse.live()
        let lines = lines
        let log = Logger(label: "sluice") { _ in RedactingLog(under: lines, secrets: secrets) }
        self.log = log
        let server = try ObjectServer(
            database: nil, clock: { .now }, newUID: { UUID().uuidString.lowercased() })
        self.server = server
        history = try RecordStore(path: folder.appending(path: "history.sqlite").path)
        let handler = APIHandler(server: server)
        let api = Port()
        self.api = api
        // Only this machine's own names reach it, so that it needs no token.
        let listener = Listener(
            at: .loopback(port: 0), logger: log, onBound: { api.set($0) },
            handler: { await handler.respond(to: $0) })
        let socket = folder.appending(path: "api.sock").path
        let files = Listener(at: .unix(path: socket), logger: log) { await handler.respond(to: $0) }
        let controller = ControllerLoop(
            client: APIClient(Connection(server: "http://localhost", unixSocketPath: socket)),
            settings: .init(),
            source: .live(
                ProviderEdge(
                    defaultPrometheusAddress: "http://prober:\(standardLogin)@hostile/standard",
                    now: { .now },
                    send: { request throws(CurlError) in try HostileProvider.answer(request) })),
            secrets: secrets, history: history, log: log, now: { .now })
        page = try BoxPage(
            controller: controller, history: history, secrets: secrets, problems: { [] }, log: log,
            port: 0)
        let workloads = WorkloadControllers(server.access, now: { .now }, logger: log)
        let node = HollowNode(server.access, now: { .now })
        services = [
            listener, files, BoxPart { await workloads.run() }, BoxPart { await node.run() },
            BoxPart { await controller.run() }, page.service,
        ]
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

    /// Waits for a change after which `condition` holds.
    func wait(
        for resources: Resource..., until condition: () async throws -> Bool
    ) async throws {
        let changes = server.access.changes(resources)
        if try await condition() { return }
        for await _ in changes where try await condition() { return }
        throw CancellationError()
    }

    func apiAddress() async throws -> String { "http://127.0.0.1:\(try await api.number())" }

    func get(_ path: String) async throws -> String {
        let url = try await page.address() + path
        let body = try await CurlClient().execute(CurlRequest(url: url)).body
        return String(decoding: body, as: UTF8.self)
    }

    /// Runs the program as a shell does, and returns all that it wrote.
    func program(_ arguments: [String], kubeconfig: URL) async throws -> String {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let output = folder.appending(path: "output-\(UUID())")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        let file = try FileHandle(forWritingTo: output)
        defer { file.closeFile() }
        let process = Process()
        process.executableURL = tests.deletingLastPathComponent().appending(path: "sluice")
        process.arguments = arguments
        process.environment = [
            "HOME": "/nowhere", "PATH": "/usr/bin", "KUBECONFIG": kubeconfig.path,
        ]
        process.standardOutput = file
        process.standardError = file
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do { try process.run() } catch { ended.resume(throwing: error) }
        }
        return try String(contentsOf: output, encoding: .utf8)
    }
}

/// A port that is known later.
final class Port: Sendable {
    private let numbers: AsyncStream<Int>
    private let bound: AsyncStream<Int>.Continuation
    private let known = Mutex<Int?>(nil)

    init() { (numbers, bound) = AsyncStream.makeStream() }

    func set(_ number: Int) { bound.yield(number) }

    func number() async throws -> Int {
        if let number = known.withLock({ $0 }) { return number }
        for await number in numbers {
            known.withLock { $0 = number }
            return number
        }
        throw CancellationError()
    }
}

/// Keeps every line of a log.
struct Lines: LogHandler {
    private final class Kept: Sendable { let lines = Mutex<[String]>([]) }
    private let kept = Kept()
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    var text: String { kept.lines.withLock { $0.joined(separator: "\n") } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        kept.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
    }
}
