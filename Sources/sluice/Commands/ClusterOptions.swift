import ArgumentParser
import Curl
import Foundation
import KubernetesClient
import KubernetesObjects

/// Which API server is meant and which namespace there, in the words of kubectl.
struct ClusterOptions: ParsableArguments {
    @OptionGroup var api: ServerOptions

    @Option(
        name: [.customShort("n"), .long],
        help: "The namespace. Default: the context's, else default.")
    var namespace: String?

    func validate() throws {
        if let namespace, let problem = Naming.labelProblem(namespace) {
            throw ValidationError("--namespace \(namespace): \(problem)")
        }
    }

    /// The way to the API server.
    ///
    /// - Throws: where no kubeconfig leads to one.
    func connect() throws(CommandFailure) -> Connected {
        try api.connect(namespace: namespace)
    }
}

/// Which API server is meant.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The kubeconfig file. Default: $KUBECONFIG, else ~/.kube/config.", valueName: "file"))
    var kubeconfig: String?

    @Option(help: "The context of the kubeconfig. Default: its current one.")
    var context: String?

    @Option(
        help: ArgumentHelp("The API server, in place of the context's.", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp("How long one request may take; 0 for ever.", valueName: "duration"))
    var requestTimeout = TimeLimit(seconds: 30)

    func validate() throws {
        if let server, !server.hasPrefix("https://"), !server.hasPrefix("http://") {
            throw ValidationError("--server \(withoutLogin(server)): write it as https://HOST:PORT")
        }
    }

    /// The way to the API server, and to the namespace that is named, else to that of the context.
    ///
    /// - Throws: where no kubeconfig leads to one.
    func connect(namespace: String?) throws(CommandFailure) -> Connected {
        let environment = ProcessInfo.processInfo.environment
        let proxies = try ProxyRules.ofEnvironment()
        do throws(KubeconfigError) {
            let connection = proxies.applied(to: try connection(environment))
            var client = APIClient(connection)
            client.timeoutMilliseconds = Int(requestTimeout.milliseconds)
            client.patience = .standard
            return Connected(
                client: client, namespace: namespace ?? connection.namespace)
        } catch {
            throw CommandFailure(error.message, remedy: error.remedy, code: Sluice.usageCode)
        }
    }

    /// Inside a pod without a kubeconfig its service account counts, as with kubectl.
    private func connection(_ environment: [String: String]) throws(KubeconfigError) -> Connection {
        let paths = Kubeconfig.paths(named: kubeconfig, environment: environment).map(\.path)
        if kubeconfig == nil, !paths.contains(where: FileManager.default.fileExists),
            let inside = try Connection.inCluster(environment: environment)
        {
            return try directed(inside)
        }
        let loaded = try Kubeconfig.load(named: kubeconfig, environment: environment)
        return try directed(try loaded.connection(context: context, environment: environment))
    }

    /// The connection with the server of the command line, where there is one.
    private func directed(_ connection: Connection) throws(KubeconfigError) -> Connection {
        guard let server else { return connection }
        guard !connection.showsSecret || server.hasPrefix("https://") else {
            throw KubeconfigError(
                "the secret of the user would go to \(withoutLogin(server)) unencrypted",
                remedy: "use an https server")
        }
        return connection.directed(to: server)
    }
}

/// An API server, and the namespace that is meant there.
struct Connected: Sendable {
    let client: APIClient
    let namespace: String

    /// As messages show it.
    var server: String { withoutLogin(client.connection.server) }

    /// The rollout of that name.
    func rollout(_ name: RolloutName) async throws(CommandFailure) -> Object {
        let reference = Reference(.rollouts, namespace: namespace, name: name.text)
        do {
            return try await client.get(reference)
        } catch {
            throw CommandFailure(error, asking: "\(reference)", of: self)
        }
    }
}
