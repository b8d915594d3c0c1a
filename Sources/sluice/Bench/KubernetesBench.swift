import ArgumentParser
import Foundation
import KubernetesClient
import KubernetesObjects
import LocalCluster
import Logging
import Manifests
import ServiceLifecycle
import Serving
import UnixSignals

/// `sluice bench kubernetes`: measures `sluice controller` against the API server of a kubeconfig,
/// with pods that run nothing and a Prometheus of its own. The cluster should be a fresh one, and
/// is left as it is.
struct KubernetesBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubernetes", abstract: "Measure the controller on an API server.",
        shouldDisplay: false)

    @OptionGroup(title: "Cluster Options") var cluster: ClusterOptions
    @Option(help: "How many rollouts there are.")
    var rollouts = 100
    @Option(help: "How many are released at once. Default: a tenth of all.")
    var released: Int?
    @Option(help: "How many pods each of them has.")
    var pods: Int64 = 2
    // A server on the same processors as everything else takes its time.
    @Option(help: "How many seconds each phase may take before it counts as failed.")
    var patience = 500

    func validate() throws {
        guard (10...10_000).contains(rollouts), (1...100).contains(pods),
            (1...86_400).contains(patience), (1...rollouts / 2).contains(releasedAtOnce)
        else {
            throw ValidationError(
                "10 to 10000 rollouts of 1 to 100 pods, up to half of them released at once,"
                    + " 1 s to a day of patience")
        }
    }

    private var releasedAtOnce: Int { released ?? rollouts / 10 }

    func run() async throws {
        BenchCommand.logErrorsOnly()
        let client = try cluster.connect().client
        let log = Logger(label: "bench")
        let metrics = BenchPrometheus()
        let (ports, bound) = AsyncStream<Int>.makeStream()
        let listener = Listener(
            at: .loopback(port: 0), logger: log, onBound: { bound.yield($0) },
            handler: { await metrics.respond(to: $0) })
        let remote = RemoteCluster(client, [.pods])
        let node = HollowNode(remote.access, named: "hollow", now: { .now })
        let watched = FleetWatch(client)
        var fleet = Fleet(rollouts, steps: KubernetesMeasure.steps)
        (fleet.size, fleet.analysisInterval) = (pods, KubernetesMeasure.analysisInterval)
        let flags = flags
        let measure = BoxPart { [fleet, patience, releasedAtOnce] in
            for await port in ports {
                let controller = try BenchedController(flags, prometheusPort: port)
                let measure = KubernetesMeasure(
                    fleet: fleet, released: releasedAtOnce, client: client, watched: watched,
                    metrics: metrics, controller: controller, longestSeconds: patience)
                do {
                    let sections = try await measure.sections()
                    Terminal.output.say(BenchReport(sections: sections).markdown)
                } catch {
                    await controller.end()
                    throw error
                }
                await controller.end()
                break
            }
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: listener), .init(service: BoxPart { await remote.follow() }),
                    .init(service: BoxPart { await node.run() }),
                    .init(service: BoxPart { await watched.follow() }),
                    .init(service: measure, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        do {
            try await group.run()
        } catch is CancellationError {
            throw ExitCode(130)
        }
    }

    /// Those that lead the controller to the same API server.
    private var flags: [String] {
        let environment = ProcessInfo.processInfo.environment
        let file = cluster.api.kubeconfig ?? environment["KUBECONFIG"]
        return (file.map { ["--kubeconfig", $0] } ?? [])
            + (cluster.api.context.map { ["--context", $0] } ?? [])
            + (cluster.api.server.map { ["--server", $0] } ?? [])
    }
}
