import Documents

/// What one or several kubeconfig files say: clusters, users, and contexts that pair them.
package struct Kubeconfig: Sendable {
    /// A server and how it is trusted.
    package struct Cluster: Sendable {
        package var server = ""
        package var authority: Material?
        /// The name in the server's certificate, where it is not the host of `server`.
        package var tlsServerName: String?
        package var skipsVerification = false
        package var proxy: String?
        /// What the cluster has to say to login plugins.
        package var pluginConfig: JSON?
    }

    /// A login.
    package struct User: Sendable {
        package var token: BearerToken?
        package var tokenFile: String?
        package var certificate: Material?
        package var key: Material?
        package var password: Password?
        package var plugin: LoginPlugin?
        /// Whether the plugin wants to know which server it logs in to.
        package var pluginWantsCluster = false
        /// Why the plugin cannot be asked, where it cannot.
        package var pluginProblem: String?
        package var impersonation: Impersonation?
        /// A way to log in that is no more: `auth-provider`.
        package var foreignLogin: String?
    }

    /// Who a user wants to be for the server.
    package struct Impersonation: Hashable, Sendable {
        package var user = ""
        package var uid: String?
        package var groups: [String] = []
        package var extra: [String: [String]] = [:]
    }

    /// A cluster, a user and the namespace that commands mean by default.
    package struct Context: Hashable, Sendable {
        package var cluster: String
        package var user: String
        package var namespace: String?

        package init(cluster: String, user: String, namespace: String? = nil) {
            self.cluster = cluster
            self.user = user
            self.namespace = namespace
        }
    }

    /// PEM that stands in the kubeconfig itself, or in a file beside it. Not printed: it may be a
    /// key.
    package enum Material: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        case embedded([UInt8])
        case file(String)

        package var description: String { "(PEM)" }
        package var customMirror: Mirror { Mirror(self, children: []) }
    }

    package var currentContext: String?
    package var clusters: [String: Cluster] = [:]
    package var users: [String: User] = [:]
    package var contexts: [String: Context] = [:]

    package init() {}

    /// Adds what `later` says and this one does not: the first file that sets a name wins, and its
    /// entry wins whole.
    package mutating func add(_ later: Kubeconfig) {
        currentContext = currentContext ?? later.currentContext
        clusters.merge(later.clusters) { first, _ in first }
        users.merge(later.users) { first, _ in first }
        contexts.merge(later.contexts) { first, _ in first }
    }
}

extension Kubeconfig {
    /// The files to read, in order, and whether each must be there: the one that was named, else
    /// those of `KUBECONFIG`, else `~/.kube/config`.
    package static func paths(
        named: String?, environment: [String: String]
    ) -> [(path: String, isRequired: Bool)] {
        if let named { return [(named, true)] }
        let listed = environment["KUBECONFIG", default: ""].split(separator: ":").map(String.init)
        if !listed.isEmpty { return listed.map { ($0, false) } }
        return environment["HOME"].map { [("\($0)/.kube/config", false)] } ?? []
    }

    /// Reads and merges the files that `named` and the environment lead to. Throws where there is
    /// none, and where one of them cannot be understood.
    package static func load(
        named: String? = nil, environment: [String: String]
    ) throws(KubeconfigError) -> Kubeconfig {
        var merged = Kubeconfig()
        var found = false
        let paths = paths(named: named, environment: environment)
        for (path, isRequired) in paths {
            let bytes: [UInt8]
            do throws(LocalFileError) {
                bytes = try readLocalFile(path)
            } catch {
                if error.isMissing && !isRequired { continue }
                throw KubeconfigError("\(error)", remedy: "name a kubeconfig that can be read")
            }
            found = true
            merged.add(try Kubeconfig(bytes, file: path))
        }
        guard found else {
            let places = paths.map(\.path).joined(separator: ", ")
            throw KubeconfigError(
                "there is no kubeconfig (looked for \(places.isEmpty ? "none" : places))",
                remedy: "pass --kubeconfig FILE, or set KUBECONFIG")
        }
        return merged
    }
}
