import Controller
import Curl
import Documents
import Foundation
import KubernetesClient
import KubernetesObjects
import LocalCluster
import Logging
import MetricProviders
import ObjectStore
import ServiceLifecycle
import Serving

@testable import sluice

/// API server, workload controllers, a node that runs nothing, and the controller, in this process.
/// The controller and the people come in by doors of their own.
struct StormStage: Sendable {
    let server: ObjectServer
    let storm: Storm
    private let directory: String
    private let record = Lock<[String: [Object]]>([:])

    init(storm: Storm) throws {
        self.storm = storm
        server = try ObjectServer(
            database: nil, clock: { .now }, newUID: { UUID().uuidString.lowercased() })
        directory = NSTemporaryDirectory() + "/storm-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    /// Every version of a rollout, in their order.
    func versions(of name: String) -> [Object] { record.withLock { $0[name] ?? [] } }

    func hand(for fleet: Fleet) -> StormHand {
        StormHand(client: client("people"), fleet: fleet)
    }

    /// Plays `act` with everything running, and ends it.
    func run(_ act: @escaping @Sendable (StormStage) async throws -> Void) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let handler = APIHandler(server: server)
        let (bound, didBind) = AsyncStream<Void>.makeStream()
        let doors = [
            Listener(
                at: .unix(path: "\(directory)/controller"), logger: quiet,
                onBound: { _ in didBind.yield() },
                handler: { request in
                    await storm.pass(request) { await handler.respond(to: request) }
                }),
            Listener(
                at: .unix(path: "\(directory)/people"), logger: quiet,
                onBound: { _ in didBind.yield() }, handler: { await handler.respond(to: $0) }),
        ]
        let workloads = WorkloadControllers(server.access, now: { .now }, logger: quiet)
        let node = HollowNode(server.access, now: { .now })
        let controller = controller(quiet)
        let failure = Lock<(any Error)?>(nil)
        let story = BoxPart {
            var count = 0
            for await _ in bound {
                count += 1
                if count == doors.count { break }
            }
            do { try await act(self) } catch { failure.withLock { $0 = error } }
        }
        let parts: [any Service] =
            doors + [
                BoxPart { await workloads.run() }, BoxPart { await node.run() },
                BoxPart { await watch() }, BoxPart { await controller.run() },
            ]
        let group = ServiceGroup(
            configuration: .init(
                services: parts.map { .init(service: $0) } + [
                    .init(service: story, successTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: quiet))
        try await group.run()
        try FileManager.default.removeItem(atPath: directory)
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func client(_ door: String) -> APIClient {
        APIClient(Connection(server: "http://localhost", unixSocketPath: "\(directory)/\(door)"))
    }

    private func controller(_ log: Logger) -> ControllerLoop {
        let source = MetricSource.live(
            ProviderEdge(
                defaultPrometheusAddress: "http://localhost", now: { .now },
                send: { request throws(CurlError) in try await CurlClient().execute(request) }))
        return ControllerLoop(
            client: client("controller"), settings: .init(), source: source, secrets: .none,
            history: nil, log: log, now: { .now })
    }

    private func watch() async {
        for await event in server.changes(of: .rollouts) {
            record.withLock { $0[event.object.name, default: []].append(event.object) }
        }
    }

    /// Looks again and again until `condition` holds. The limit only ends what hangs: beside other
    /// work all of this takes many times as long.
    func wait(for what: String, until condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while !(try await condition()) {
            guard ContinuousClock.now < end else { throw CommandFailure("no end to \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
