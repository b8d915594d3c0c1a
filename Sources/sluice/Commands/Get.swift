import ArgumentParser
import Controller
import Curl
import Documents
import KubernetesClient
import KubernetesObjects
import Manifests
import StatusPage

/// `sluice get`: the rollouts, or one of them in full; their experiments likewise.
struct Get: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "List the rollouts, or show one: its steps, weights, pods, measurements, and why.",
        usage: """
            sluice get [rollout] [NAME] [-A] [-l SELECTOR] [-o FORMAT] [options]
            sluice get experiments [NAME] [-A] [-l SELECTOR] [-o FORMAT] [options]
            """,
        discussion: """
            The word experiments (or experiment) before a name asks for experiments instead.

            With -o yaml or json it prints the objects themselves. Environment values are hidden \
            there unless --show-env is given.
            """)

    @OptionGroup(title: "Cluster Options") var cluster: ClusterOptions

    @Argument(
        help: ArgumentHelp("The rollout. Default: all of the namespace.", valueName: "name"))
    var names: [RolloutName] = []

    @Flag(name: [.customShort("A"), .long], help: "List the rollouts of all namespaces.")
    var allNamespaces = false

    @Option(name: [.customShort("l"), .long], help: "List those with these labels.")
    var selector: String?

    @Option(name: .shortAndLong, help: "How to print.")
    var output = ReportFormat.text

    @Flag(help: "Show the values of environment variables in -o yaml and json.")
    var showEnv = false

    private var wanted: RolloutName? { names.withoutKind.first }

    func validate() throws {
        guard isAboutExperiments ? names.count < 3 : names.withoutKind.count < 2 else {
            throw ValidationError("one NAME at a time")
        }
        guard
            (isAboutExperiments ? experiment : wanted) == nil || (!allNamespaces && selector == nil)
        else {
            throw ValidationError("a NAME goes without --all-namespaces and --selector")
        }
    }

    /// Also in the short form that kubectl takes.
    private var isAboutExperiments: Bool {
        ["experiment", "experiments", "exp"].contains(names.first?.text ?? "")
    }

    private var experiment: RolloutName? { names.dropFirst().first }

    func run() async throws {
        let connected = try cluster.connect()
        if isAboutExperiments, let experiment {
            try await show(experiment: experiment, connected)
        } else if isAboutExperiments {
            try await list(.experiments, connected) { objects in
                ExperimentTable(objects: objects, showsNamespaces: allNamespaces, now: .now).columns
            }
        } else if let wanted {
            try await show(wanted, connected)
        } else {
            try await list(.rollouts, connected) { objects in
                RolloutTable(objects: objects, showsNamespaces: allNamespaces, now: .now).columns
            }
        }
    }

    private func show(_ name: RolloutName, _ connected: Connected) async throws {
        let object = try await connected.rollout(name)
        if let format = output.document {
            Terminal.output.say(format.text(of: published(object)))
            return
        }
        let palette = Terminal.output.palette
        let view = try await RolloutSight(connected).view(of: object)
        let picture = Picture(view: view, object: object, now: .now)
        Terminal.output.say(picture.lines(palette).joined(separator: "\n"))
    }

    private func list(
        _ kind: Resource, _ connected: Connected, as table: ([Object]) -> Columns
    ) async throws {
        let namespace = allNamespaces ? nil : connected.namespace
        var objects: [Object]
        let labels: LabelSelector
        do {
            labels = try selector.map { try LabelSelector(parsing: $0) } ?? .everything
        } catch {
            throw ValidationError("--selector: \(error)")
        }
        do throws(APIError) {
            objects = try await connected.client.list(
                kind, Selection(namespace: namespace, labels: labels)
            ).objects
        } catch {
            throw CommandFailure(error, asking: "the list of \(kind.plural)", of: connected)
        }
        objects.sort { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
        if let format = output.document {
            let list: JSON = [
                "apiVersion": "v1", "kind": "List", "items": .array(objects.map(published)),
            ]
            Terminal.output.say(format.text(of: list))
        } else if objects.isEmpty {
            let place = namespace.map { "namespace \($0)" } ?? "any namespace"
            Terminal.error.say("No \(kind.plural) in \(place).")
        } else {
            Terminal.output.say(
                table(objects).lines(Terminal.output.palette).joined(separator: "\n"))
        }
    }

    func published(_ object: Object) -> JSON {
        showEnv ? object.json : object.json.hidingEnvironment
    }
}

/// Looks at everything that belongs to a rollout, as the controller does before it decides.
struct RolloutSight: Sendable {
    let connected: Connected

    init(_ connected: Connected) {
        self.connected = connected
    }

    /// - Throws: where something that the rollout refers to cannot be read.
    func view(of object: Object) async throws(CommandFailure) -> RolloutView {
        let trouble = Lock<ClusterError?>(nil)
        var cluster = Cluster.direct(connected.client)
        let direct = cluster
        cluster.get = { reference throws(ClusterError) in
            do throws(ClusterError) {
                return try await direct.get(reference)
            } catch {
                trouble.withLock { $0 = error }
                throw error
            }
        }
        cluster.holdings = { resource, owner throws(ClusterError) in
            do throws(ClusterError) {
                return try await direct.holdings(resource, owner)
            } catch {
                trouble.withLock { $0 = error }
                throw error
            }
        }
        let plugins = Plugins.named(by: object)
        let turn = RolloutTurn(
            cluster: cluster, memory: Recollection(), routers: plugins.kinds, plugins: plugins,
            journal: .silent, now: { .now })
        let key = RolloutKey(namespace: object.namespace, name: object.name)
        guard let scene = await turn.look(at: key) else {
            if let trouble = trouble.withLock({ $0 }) {
                throw CommandFailure(
                    "rollout \(key) cannot be shown in full: \(trouble)",
                    remedy: "ask for the right to read it, or use -o yaml")
            }
            throw CommandFailure("rollout \(key) is being deleted")
        }
        return RolloutView(scene)
    }
}

extension Journal {
    /// Tells nobody: looking is no news.
    fileprivate static let silent = Journal(
        announce: { _, _ in }, decided: { _, _ in }, stumbled: { _, _, _ in })
}
