import ArgumentParser
import Controller
import Curl
import Extensions
import Foundation
import History
import KubernetesClient
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
            Looks at all namespaces until SIGTERM or Ctrl-C. --namespaced limits it to those \
            that -n names, else to its own, --self-service-notification-enabled takes rules of \
            notifications from the namespaces of rollouts, too, and --leader-elect=false lets it \
            act alone. Other flags of Argo Rollouts' controller have no effect, or are refused, \
            all at once; docs/FLAGS.md lists them. Of \
            several replicas one acts, the one that holds the lease argo-rollouts-controller-lock \
            in the controller's namespace ($POD_NAMESPACE, else the pod's, else argo-rollouts); \
            Argo Rollouts' own controller takes the same lease. The others keep themselves ready, \
            write their history and serve their pages.
            """)

    @OptionGroup(title: "Cluster Options") var api: ServerOptions
    @OptionGroup(title: "Cluster Options") var namespaces: NamespaceOptions
    @OptionGroup(title: "Election Options") var election: ElectionOptions
    @OptionGroup(title: "Extension Options") var extensions: ExtensionOptions
    @OptionGroup(title: "Log Options") var logging: LogOptions

    @Option(help: "Where the history is kept. Default: it is not.")
    var history: String?

    @Option(
        name: .customLong("history-records"),
        help: "How many records the history keeps, of half a kilobyte each, for 90 days at most.")
    var historyRecords = 1_000_000

    @Option(
        name: .customLong("prometheus"),
        help:
            "The Prometheus for metrics that name none. Default: $ARGO_ROLLOUTS_PROMETHEUS_ADDRESS."
    )
    var prometheus: String?

    @Option(help: "The port of 127.0.0.1 for the status page. Default: no page.")
    var pagePort: PortNumber?

    @Option(name: .customLong("healthzPort"), help: "The port of /healthz and /readyz; 0 for none.")
    var healthzPort = 8080

    @Option(
        name: [.customLong("metricsPort"), .customLong("metricsport")],
        help: "The port of /metrics; 0 for none.")
    var metricsPort = 8090

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
        name: .customLong("experiment-threads"), help: "How many experiments are worked on at once."
    )
    var experimentThreads = 10

    @Option(
        name: .customLong("rollout-resync"),
        help: "Seconds after which a rollout is looked at again.")
    var rolloutResync = 900

    /// What is not read above.
    @Argument(parsing: .allUnrecognized, help: .hidden) var others: [String] = []

    func validate() throws {
        let problems =
            field.problems + namespaces.problems(isLimited: isLimited) + election.problems
            + outOfRange + FieldVariables(ProcessInfo.processInfo.environment).problems
        if !problems.isEmpty { throw ValidationError(problems.joined(separator: "\n")) }
    }

    /// Flags of the field that are no options here, and those that stand alone or with a value.
    private var field: FieldArguments { FieldArguments(others) }

    private var isLimited: Bool { field.says("--namespaced") }

    private var outOfRange: [String] {
        [
            ("--rollout-threads", rolloutThreads, 1...1_000),
            ("--experiment-threads", experimentThreads, 1...1_000),
            ("--analysis-threads", analysisThreads, 1...1_000),
            ("--rollout-resync", rolloutResync, 10...86_400),
            ("--history-records", historyRecords, 1_000...1_000_000_000),
            ("--healthzPort", healthzPort, 0...65_535), ("--metricsPort", metricsPort, 0...65_535),
        ].filter { !$2.contains($1) }.map { flag, _, range in
            "\(flag) takes a number from \(range.lowerBound) to \(range.upperBound)"
        }
    }

    func run() async throws {
        let secrets = SecretsInUse.live()
        let log = secrets.log(logging.handler)
        let environment = ProcessInfo.processInfo.environment
        let store = try history.map { path throws(HistoryError) in try RecordStore(path: path) }
        let tallies = Tallies()
        let connected = try api.connect(namespace: nil)
        let client = tallies.counting(connected.client)
        for (flag, reason) in idle(environment) {
            log.notice(
                "a flag has no effect here", metadata: ["flag": "\(flag)", "reason": "\(reason)"])
        }
        let leadership =
            field.says("--leader-elect", usually: true)
            ? election.leadership(
                client, namespace: try leaseNamespace(environment),
                // The name of the pod, inside of one.
                host: environment["HOSTNAME"] ?? "sluice", log: log) : nil
        let clock = SteadyClock { log.warning("\($0)") }
        let settings = try settings(environment, of: connected.namespace)
        if let named = namespaces.names.first, settings.namespaces == nil {
            log.warning(
                "all namespaces are looked at; --namespaced limits it to one",
                metadata: ["namespace": "\(named)"])
        }
        let controller = ControllerLoop(
            client: client, settings: settings,
            source: try source(environment), secrets: secrets, history: store,
            leadership: leadership, tallies: tallies,
            post: try .live(secrets), log: log, now: clock.now)
        // They end in the reverse order: first of all the lease is given back.
        let services =
            try listeners(controller, store, secrets, log)
            + [BoxPart { await UnusedMemory.giveBack() }]
            + [BoxPart({ await controller.run() }, end: leadership.map { $0.resign })]
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        try await group.run()
    }

    /// What is asked for and changes nothing, each with the reason.
    private func idle(_ environment: [String: String]) -> [(String, String)] {
        field.idle + FieldVariables(environment).idle
    }

    /// How the loop is set up. `own` is the namespace that the controller is in.
    func settings(
        _ environment: [String: String], of own: String = "default"
    ) throws -> ControllerLoop.Settings {
        let named = namespaces.names.isEmpty ? [own] : namespaces.names
        var settings = ControllerLoop.Settings(namespaces: isLimited ? named : nil)
        settings.rolloutWorkers = rolloutThreads
        settings.analysisWorkers = analysisThreads
        settings.experimentWorkers = experimentThreads
        settings.resyncSeconds = rolloutResync
        settings.historyRecords = historyRecords
        settings.version = Version.text
        settings.hasSelfServiceNotifications = field.says(
            "--self-service-notification-enabled")
        let extensions = try extensions.registered()
        settings.steps = try .live(extensions.steps)
        settings.disabledSteps = extensions.disabledSteps
        settings.routers = try .live(
            extensions.routers, timeoutSeconds: routerTimeoutSeconds)
        if let home = try leaseNamespace(environment) { settings.home = home }
        let variables = FieldVariables(environment)
        settings.jobNamespace = variables.jobNamespace
        settings.verifySeconds = variables.verifySeconds ?? settings.verifySeconds
        // Empty as with the field: those without one.
        let instance = instanceID.flatMap { $0.isEmpty ? nil : $0 }
        settings.isOurs = { $0.labels[Keys.instanceID] == instance }
        return settings
    }

    private func source(_ environment: [String: String]) throws -> MetricSource {
        try .live(
            defaultPrometheusAddress: prometheus ?? environment["ARGO_ROLLOUTS_PROMETHEUS_ADDRESS"],
            plugins: try extensions.registered().metrics, CurlClient())
    }

    /// Where the controller runs; nil where nothing says so.
    private func leaseNamespace(_ environment: [String: String]) throws -> String? {
        if let named = environment["POD_NAMESPACE"], !named.isEmpty { return named }
        // Whoever looks at all namespaces is the only one, wherever he was told to be at home.
        let limited = isLimited ? namespaces.home : nil
        return try Connection.inCluster(environment: environment)?.namespace ?? limited
    }

    private func listeners(
        _ controller: ControllerLoop, _ store: RecordStore?, _ secrets: SecretsInUse,
        _ log: Logger
    ) throws -> [any Service] {
        let health = HealthPage(
            obstacles: { controller.obstacles },
            metrics: { await controller.exposition() + ProcessFigures.now.exposition })
        var services = [healthzPort, metricsPort].compactMap { health.listener(port: $0, log: log) }
        if healthzPort == metricsPort, services.count == 2 { services.removeLast() }
        if let pagePort {
            services.append(
                try BoxPage(
                    controller: controller, history: store, secrets: secrets,
                    problems: { controller.obstacles }, log: log, port: pagePort.value
                ).service)
        }
        return services
    }
}
