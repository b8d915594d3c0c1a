import ArgumentParser
import Controller
import Curl
import Glibc
import History
import KubernetesClient
import Logging
import MetricProviders
import ServiceLifecycle
import UnixSignals

/// The controller under measurement: a process that has nothing else in it, so that its memory and
/// its time are those of a controller.
struct BenchController: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller", abstract: "Run only the controller, to be measured.",
        shouldDisplay: false)

    @Option(help: "The socket file of the API server; its /prometheus answers queries.")
    var socket: String
    @Option(help: "Where the history goes.")
    var history: String

    func run() async throws {
        let socket = socket
        let log = Logger(label: "sluice")
        let metrics = CurlClient()
        let source = MetricSource.live(
            ProviderEdge(
                defaultPrometheusAddress: "http://localhost/prometheus", now: { .now },
                send: { request throws(CurlError) in
                    var request = request
                    request.unixSocketPath = socket
                    return try await metrics.execute(request)
                }))
        let controller = ControllerLoop(
            client: APIClient(Connection(server: "http://localhost", unixSocketPath: socket)),
            settings: .init(), source: source, secrets: .none,
            history: try RecordStore(path: history), log: log, now: { .now })
        let parent = getppid()
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: BoxPart { await controller.run() }),
                    .init(service: BoxPart { await UnusedMemory.giveBack() }),
                    .init(
                        service: BoxPart { try await outlive(parent) },
                        successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        try await group.run()
    }
}

/// Returns once `parent` is gone: nobody would read what is measured then.
private func outlive(_ parent: pid_t) async throws {
    while getppid() == parent { try await Task.sleep(for: .seconds(1)) }
}
