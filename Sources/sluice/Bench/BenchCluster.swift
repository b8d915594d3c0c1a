import Curl
import Documents
import Foundation
import KubernetesObjects
import LocalCluster
import Logging
import ServiceLifecycle
import Serving
import UnixSignals

/// The cluster that a controller under measurement talks to: API server in memory, workload
/// controllers, a node that runs nothing, and a Prometheus that answers what it is told. Served on
/// a socket file, one process away from the controller.
struct BenchCluster: Sendable {
    let server: ObjectServer
    let tally = WriteTally()
    let metrics = BenchPrometheus()
    private let directory: String
    private let isResting = Lock(false)
    private let log = Logger(label: "bench")
    /// 10,000 rollouts with their pods and endpoints have some 130,000.
    private static let objectLimit = 500_000

    /// Plays `measure` with a fresh cluster and a fresh controller on it, and ends both.
    /// - Throws: `CancellationError` where a signal ended it, and what `measure` throws.
    static func measuring<Value: Sendable>(
        _ measure: @escaping @Sendable (BenchCluster, BenchedProcess) async throws -> Value
    ) async throws -> Value {
        let directory =
            NSTemporaryDirectory()
            + "/sluice-bench-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let server = try ObjectServer(
            database: nil, objectLimit: objectLimit, clock: { .now },
            newUID: { UUID().uuidString.lowercased() })
        let cluster = BenchCluster(server: server, directory: directory)
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await cluster.serve(measure))
        } catch {
            outcome = .failure(error)
        }
        try FileManager.default.removeItem(atPath: directory)
        return try outcome.get()
    }

    private func serve<Value: Sendable>(
        _ measure: @escaping @Sendable (BenchCluster, BenchedProcess) async throws -> Value
    ) async throws -> Value {
        let (bound, didBind) = AsyncStream<Void>.makeStream()
        let handler = APIHandler(server: server)
        let listener = Listener(
            at: .unix(path: socket), logger: log, onBound: { _ in didBind.yield() },
            handler: { await answer($0, by: handler) })
        let node = HollowNode(server.access, now: { .now })
        let outcome = Lock<Result<Value, any Error>>(.failure(CancellationError()))
        let act = BoxPart {
            for await _ in bound { break }
            do {
                let controller = try await startController()
                let result: Result<Value, any Error>
                do {
                    result = .success(try await measure(self, controller))
                } catch {
                    result = .failure(error)
                }
                await controller.end()
                outcome.withLock { $0 = result }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
        }
        let services: [any Service] = [
            listener, BoxPart { await runWorkloads() }, BoxPart { await node.run() },
        ]
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) } + [
                    .init(service: act, successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        try await group.run()
        return try outcome.withLock { $0 }.get()
    }

    /// From now on pods and endpoints stay as they are: what is measured does not wait for them,
    /// and looking at all of them takes processors from those that are measured.
    func restWorkloads() { isResting.withLock { $0 = true } }

    /// Keeps ReplicaSets, pods and endpoints in order until it is told to rest.
    private func runWorkloads() async {
        let workloads = WorkloadControllers(server.access, now: { .now }, logger: log)
        let kinds: [Resource] = [.replicaSets, .services, .pods]
        for await _ in server.access.changes(kinds) {
            if isResting.withLock({ $0 }) { continue }
            do {
                while await workloads.turn() != nil { try await Task.sleep(for: Self.retryPause) }
            } catch {
                return
            }
        }
    }

    /// The wait after a write that was not taken.
    private static let retryPause = Duration.milliseconds(200)

    /// Waits until the controller has written nothing for two seconds.
    func waitForQuiet() async throws {
        var before = -1
        while true {
            let count = await tally.writes.count
            if count == before { return }
            before = count
            try await Task.sleep(for: .seconds(2))
        }
    }

    private var socket: String { directory + "/api.sock" }

    private func answer(_ request: Request, by handler: APIHandler) async -> Serving.Response {
        if request.segments.first == "prometheus" { return await metrics.respond(to: request) }
        let response = await handler.respond(to: request)
        if request.method != "GET" {
            await tally.note(ServedWrite(request, status: response.status, at: .now))
        }
        return response
    }

    private func startController() async throws -> BenchedProcess {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let launch = Launch(
            command: [
                program, "bench", "controller", "--socket", socket,
                "--history", directory + "/history.sqlite",
            ],
            environment: [("PATH", "/usr/bin:/bin")], directory: directory,
            log: directory + "/controller.log")
        return BenchedProcess(try launch.start())
    }

    /// Looks again and again until `condition` holds.
    /// - Throws: `CommandFailure` after `seconds`.
    func wait(
        for what: String, seconds: Int = 60, until condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now.advanced(by: .seconds(seconds))
        while !(try await condition()) {
            guard ContinuousClock.now < end else {
                throw CommandFailure("bench: \(what) took more than \(seconds) s")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
