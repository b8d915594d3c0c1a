import ArgumentParser
import Documents
import KubernetesObjects
import Logging
import Manifests
import ServiceLifecycle
import Serving
import Traffic
import UnixSignals

/// `sluice webhook`: tells an API server what is wrong with a document before it is stored.
struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook",
        abstract: "Answer an API server that asks whether it may store a document.",
        discussion: """
            Takes AdmissionReviews (POST /validate) for rollouts, experiments, analysis runs and \
            analysis templates, and names all errors of a document at once, by the rules of sluice \
            lint. Speaks plain HTTP at a port of 127.0.0.1 or at a socket: nginx beside it ends \
            TLS. It asks nobody and needs no rights. manifests/webhook installs it.
            """)

    @OptionGroup(title: "Log Options") var logging: LogOptions
    @OptionGroup(title: "Extension Options") var extensions: ExtensionOptions

    @Option(help: "The port of 127.0.0.1 to listen at.")
    var port: PortNumber?

    @Option(
        help: ArgumentHelp(
            "The socket file to listen at, instead of a port, in a directory of mode 0700.",
            valueName: "file"))
    var socket: String?

    @Option(
        help: ArgumentHelp(
            "How long to answer on after SIGTERM, while a server may still ask. Default: not.",
            valueName: "duration"))
    var linger: TimeLimit?

    @Flag(help: "Only ask whoever listens there whether it lives, as a kubelet may: 0 for yes.")
    var probe = false

    func validate() throws {
        if (port == nil) == (socket == nil) {
            throw ValidationError("name either --port or --socket")
        }
    }

    func run() async throws {
        if probe { return try await askOther() }
        let log = Logger(label: "sluice", factory: logging.handler)
        let door = AdmissionDoor(log: log, plugins: try extensions.registered().plugins)
        var limits = Listener.Limits()
        limits.bodyBytes = AdmissionReview.longestBytes
        // One API server keeps a few open; each may carry the largest question.
        limits.connections = 8
        let listener = Listener(
            at: socket.map { .unix(path: $0) } ?? .loopback(port: port?.value ?? 0),
            limits: limits, logger: log,
            onBound: { [socket] port in
                log.info("listening", metadata: ["at": "\(socket ?? "127.0.0.1:\(port)")"])
            },
            handler: { door.respond(to: $0) })
        // They end in the reverse order.
        let services: [any Service] = [listener, Linger(time: linger, log: log)]
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        try await group.run()
    }
}

/// Holds up the end of what stands before it.
private struct Linger: Service {
    /// Nil where nothing is held up.
    let time: TimeLimit?
    let log: Logger

    func run() async throws {
        try await gracefulShutdown()
        guard let time else { return }
        log.info("ending soon", metadata: ["after": "\(time)"])
        try await Task.sleep(for: .milliseconds(time.milliseconds))
    }
}

/// What the webhook answers.
struct AdmissionDoor: Sendable {
    let log: Logger
    /// The extensions that documents may name, as the controller knows them.
    var plugins = Plugins.none

    func respond(to request: Request) -> Response {
        switch (request.method, request.path) {
        case ("GET", "/healthz"), ("GET", "/readyz"): return .text("ok\n")
        case ("POST", "/validate"): return review(request.body)
        case (_, "/validate"): return .text("only POST\n", status: 405)
        default: return .text("there are /validate, /healthz and /readyz\n", status: 404)
        }
    }

    private func review(_ body: [UInt8]) -> Response {
        let review: AdmissionReview
        do {
            review = try AdmissionReview(parsing: body)
        } catch {
            log.warning("not a question", metadata: ["error": "\(error)"])
            return .text("\(error)\n", status: 400)
        }
        let verdict = review.verdict(routers: plugins.kinds, plugins: plugins)
        if !verdict.errors.isEmpty {
            log.info(
                "refused",
                metadata: [
                    "kind": "\(review.object.kind)",
                    "object": "\(review.object.namespace)/\(review.object.name)",
                    "errors": "\(verdict.errors.count)",
                ])
        }
        return .json(review.answer(verdict).bytes)
    }
}
