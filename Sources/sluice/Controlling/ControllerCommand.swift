import ArgumentParser
import Controller
import Curl
import Foundation
import History
import KubernetesObjects
import Logging
import Manifests
import MetricProviders
import ServiceLifecycle
import UnixSignals

/// `sluice controller`: the controller against any API server that a kubeconfig names, or the one
/// it runs in.
struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller",
        abstract:
            "Run the controller against the API server of a kubeconfig, or of its own cluster.",
        discussion: """
            Looks at all namespaces, or at the one that -n names, until SIGTERM or Ctrl-C. Only \
            one controller may run on the same rollouts: there is no leader election yet, so stop \
            every other one first, Argo Rollouts' own included.
            """)

    @OptionGroup(title: "Cluster Options") var cluster: ClusterOptions

    @Option(help: "Where the history is kept. Default: it is not.")
    var history: String?

    @Option(
        name: .customLong("prometheus"),
        help:
            "The Prometheus for metrics that name none. Default: $ARGO_ROLLOUTS_PROMETHEUS_ADDRESS."
    )
    var prometheus: String?

    @Option(help: "The port of 127.0.0.1 for the status page. Default: no page.")
    var pagePort: PortNumber?

    @Option(
        name: .customLong("instance-id"),
        help: "Look only after objects with this instance id. Default: those without one.")
    var instanceID: String?

    @Option(name: .customLong("rollout-threads"), help: "How many rollouts are worked on at once.")
    var rolloutThreads = 10

    @Option(
        name: .customLong("analysis-threads"), help: "How many analysis runs are worked on at once."
    )
    var analysisThreads = 30

    @Option(
        name: .customLong("rollout-resync"),
        help: "Seconds after which a rollout is looked at again.")
    var rolloutResync = 900

    func validate() throws {
        guard (1...1_000).contains(rolloutThreads), (1...1_000).contains(analysisThreads) else {
            throw ValidationError(
                "--rollout-threads and --analysis-threads take a number from 1 to 1000")
        }
        guard (10...86_400).contains(rolloutResync) else {
            throw ValidationError("--rollout-resync takes seconds from 10 to 86400")
        }
    }

    func run() async throws {
        let secrets = SecretsInUse.live()
        let log = secrets.log()
        let environment = ProcessInfo.processInfo.environment
        var settings = ControllerLoop.Settings(namespaces: cluster.namespace.map { [$0] })
        settings.rolloutWorkers = rolloutThreads
        settings.analysisWorkers = analysisThreads
        settings.resyncSeconds = rolloutResync
        settings.isOurs = { [instanceID] in $0.labels[Keys.instanceID] == instanceID }
        let http = CurlClient()
        let source = MetricSource.live(
            ProviderEdge(
                defaultPrometheusAddress: prometheus
                    ?? environment["ARGO_ROLLOUTS_PROMETHEUS_ADDRESS"],
                now: { .now },
                send: { request throws(CurlError) in try await http.execute(request) }))
        let store = try history.map { path throws(HistoryError) in try RecordStore(path: path) }
        let controller = ControllerLoop(
            client: try cluster.connect().client, settings: settings, source: source,
            secrets: secrets, history: store, log: log, now: { .now })
        var services: [any Service] = [BoxPart { await controller.run() }]
        if let pagePort {
            services.append(
                try BoxPage(
                    controller: controller, history: store, secrets: secrets,
                    problems: { [] }, log: log, port: pagePort.value
                ).service)
        }
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        try await group.run()
    }
}
