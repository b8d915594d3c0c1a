import ArgumentParser
import Controller
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// `sluice up DIR`: a cluster in a box that serves a directory of YAML.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Run a directory of YAML on this machine: pods, nginx, Prometheus, the status page.",
        discussion: """
            Applies every document below DIR and watches the files: an image edited in the \
            working tree starts a rollout. Pods are processes. What runs is an API server on \
            127.0.0.1 that kubectl can talk to; its kubeconfig is printed. Ctrl-C stops \
            everything and keeps the state for the next time.

            With --hollow nothing is run: every pod is ready at once, whatever its image, and a \
            release can be rehearsed on documents that were written for another cluster.
            """)

    @Argument(help: "The directory of the YAML files.")
    var directory: String

    @Option(
        help: "Where the cluster keeps its state. Default: a directory of its own for each DIR.")
    var state: String?

    @Option(help: "The port of 127.0.0.1 for Ingresses. Default: chosen at the first start.")
    var httpPort: PortNumber?

    @Option(help: "The same over TLS. Default: chosen at the first start.")
    var httpsPort: PortNumber?

    @Option(
        help: "The port of 127.0.0.1 for the Kubernetes API. Default: chosen at the first start.")
    var apiPort: PortNumber?

    @Option(help: "The port of 127.0.0.1 for the status page. Default: chosen by the kernel.")
    var pagePort: PortNumber?

    @OptionGroup(title: "Extension Options") var extensions: ExtensionOptions

    @Flag(help: "Run no pods, no Ingresses and no Prometheus: every pod is ready at once.")
    var hollow = false

    func run() async throws {
        let directory = URL(filePath: directory).standardizedFileURL.path
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory),
            isDirectory.boolValue
        else {
            throw CommandFailure(
                "\(directory) is no directory", remedy: "name the one that holds your YAML files",
                code: Sluice.usageCode)
        }
        do {
            _ = try Workspace.stamps(of: directory)
        } catch let problems as WorkspaceProblems {
            throw CommandFailure(
                problems.lines.joined(separator: "\n"), code: Sluice.usageCode)
        }
        let secrets = SecretsInUse.live()
        let log = secrets.log()
        var settings = Box.Settings(
            state: try state ?? BoxLayout.standard(for: directory, isHollow: hollow),
            httpPort: httpPort?.value, httpsPort: httpsPort?.value, apiPort: apiPort?.value,
            secrets: secrets, log: log)
        settings.scrapeSeconds = 1
        settings.isHollow = hollow
        settings.extensions = try extensions.registered()
        let box = try await Box(settings)
        let workspace = Workspace(
            directory: directory, client: box.client, plugins: settings.extensions.plugins,
            log: log)
        let page = try BoxPage(
            controller: box.controller, history: box.history, secrets: secrets,
            problems: { workspace.problems }, log: log, port: pagePort?.value ?? 0)
        let isHollow = hollow
        let guide = BoxPart {
            try await box.waitUntilOpen()
            try await workspace.waitForFirstLook()
            let guide = Self.guide(
                box, page: try await page.address(), isHollow: isHollow)
            FileHandle.standardOutput.write(Data((guide + "\n").utf8))
        }
        let group = ServiceGroup(
            configuration: .init(
                services: (box.services + [
                    page.service, BoxPart { await workspace.watch() }, guide,
                ])
                .map { .init(service: $0, successTerminationBehavior: .ignore) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        defer { box.removeSockets() }
        try await group.run()
    }

    static func guide(_ box: Box, page: String, isHollow: Bool = false) -> String {
        let serving = """
            ingresses     \(box.ingressAddress)
            over TLS      \(box.secureIngressAddress)
            prometheus    \(box.prometheusAddress)
            """
        return """
            status page   \(page)
            kubeconfig    \(box.layout.kubeconfig)
            \(isHollow ? "hollow        every pod is ready at once, and none runs" : serving)

            try:
              export KUBECONFIG=\(box.layout.kubeconfig)
              kubectl get rollouts,pods
              sluice status NAME --watch
            """
    }
}
