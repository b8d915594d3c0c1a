import Curl
import Documents

extension Kubeconfig {
    /// How to reach the API server of `context` (nil: of the current one), and as whom.
    ///
    /// Reads the certificate files that the context needs; later they are read again as they
    /// change. Throws where the context, its cluster or its user is not there, and where it wants
    /// something that we do not do.
    ///
    /// - Parameter environment: what a login plugin inherits.
    package func connection(
        context name: String? = nil, environment: [String: String] = [:]
    ) throws(KubeconfigError) -> Connection {
        guard let name = name ?? currentContext else {
            throw KubeconfigError(
                "the kubeconfig has no current context",
                remedy: "pass --context, or kubectl config use-context")
        }
        guard let context = contexts[name] else {
            throw KubeconfigError(
                "there is no context \"\(name)\"", remedy: "use \(known(contexts.keys))")
        }
        guard let cluster = clusters[context.cluster] else {
            throw KubeconfigError(
                "context \"\(name)\" names the cluster \"\(context.cluster)\", which is not there",
                remedy: "use \(known(clusters.keys))")
        }
        var user = User()
        if !context.user.isEmpty {
            guard let found = users[context.user] else {
                throw KubeconfigError(
                    "context \"\(name)\" names the user \"\(context.user)\", who is not there",
                    remedy: "use \(known(users.keys))")
            }
            user = found
        }
        try check(cluster, named: context.cluster)
        try check(user, named: context.user, at: cluster)
        let tls = TLSOptions(
            ca: try content(cluster.authority), certificate: try content(user.certificate),
            key: try content(user.key), serverName: cluster.tlsServerName)
        var connection = Connection(
            server: cluster.server, namespace: context.namespace ?? "default", tls: tls,
            verifiesPeer: !cluster.skipsVerification,
            credential: credential(of: user, at: cluster, tls.ca, environment))
        connection.files = Connection.Files(
            authority: cluster.authority?.path, certificate: user.certificate?.path,
            key: user.key?.path)
        connection.proxy = cluster.proxy
        connection.impersonation = user.impersonation?.headers ?? []
        return connection
    }

    /// The first of what kubectl, too, would rather use than the next.
    private func credential(
        of user: User, at cluster: Cluster, _ authority: [UInt8]?, _ environment: [String: String]
    ) -> Connection.Credential {
        if let file = user.tokenFile { return .tokenFile(file) }
        if let token = user.token { return .token(token) }
        if let password = user.password { return .password(password) }
        guard var plugin = user.plugin else { return .none }
        plugin.environment = environment
        if user.pluginWantsCluster { plugin.cluster = cluster.toldToPlugins(authority) }
        return .plugin(plugin)
    }

    private func check(_ cluster: Cluster, named name: String) throws(KubeconfigError) {
        if let proxy = cluster.proxy,
            !["http://", "https://", "socks5://", "socks5h://"].contains(where: proxy.hasPrefix)
        {
            throw KubeconfigError(
                "cluster \"\(name)\" has a proxy-url of a kind that is not supported",
                remedy: "write it as http://HOST:PORT, or with https or socks5")
        }
        if cluster.skipsVerification && cluster.authority != nil {
            throw KubeconfigError(
                "cluster \"\(name)\" has both an authority and insecure-skip-tls-verify",
                remedy: "remove insecure-skip-tls-verify")
        }
        guard cluster.server.hasPrefix("https://") || cluster.server.hasPrefix("http://") else {
            throw KubeconfigError(
                "cluster \"\(name)\" has the server \"\(withoutLogin(cluster.server))\"",
                remedy: "write it as https://HOST:PORT")
        }
    }

    private func check(
        _ user: User, named name: String, at cluster: Cluster
    ) throws(KubeconfigError) {
        if let login = user.foreignLogin {
            throw KubeconfigError(
                "user \"\(name)\" logs in by \"\(login)\", which Kubernetes has given up",
                remedy: "use the plugin of your provider (users[].user.exec), a token (kubectl"
                    + " create token) or a client certificate")
        }
        if let problem = user.pluginProblem, user.password == nil, !user.hasToken {
            throw KubeconfigError(
                "the login plugin of user \"\(name)\" \(problem)",
                remedy: "use one of client.authentication.k8s.io/v1 that asks nobody")
        }
        if let impersonation = user.impersonation, impersonation.user.isEmpty {
            throw KubeconfigError(
                "user \"\(name)\" impersonates groups, a uid or extras without a user",
                remedy: "say who with \"as\"")
        }
        if (user.certificate == nil) != (user.key == nil) {
            let missing = user.key == nil ? "client-key" : "client-certificate"
            throw KubeconfigError(
                "user \"\(name)\" has no \(missing)",
                remedy: "give client-certificate and client-key together")
        }
        let hasSecret = user.hasToken || user.password != nil || user.plugin != nil
        if hasSecret && cluster.server.hasPrefix("http://") {
            throw KubeconfigError(
                "the secret of user \"\(name)\" would go to \(withoutLogin(cluster.server)) "
                    + "unencrypted",
                remedy: "use an https server")
        }
    }

    private func content(_ material: Material?) throws(KubeconfigError) -> [UInt8]? {
        switch material {
        case nil: return nil
        case .embedded(let bytes): return bytes
        case .file(let path):
            do throws(LocalFileError) {
                return try readLocalFile(path)
            } catch {
                throw KubeconfigError("\(error)", remedy: "correct the path in the kubeconfig")
            }
        }
    }
}

extension Kubeconfig.Material {
    fileprivate var path: String? {
        switch self {
        case .embedded: nil
        case .file(let path): path
        }
    }
}

extension Kubeconfig.User {
    fileprivate var hasToken: Bool { token != nil || tokenFile != nil }
}

extension Kubeconfig.Cluster {
    /// `spec.cluster` of the question to a plugin.
    fileprivate func toldToPlugins(_ authority: [UInt8]?) -> JSON {
        var told: JSON = ["server": .string(server)]
        told["tls-server-name"] = tlsServerName.map { .string($0) }
        if skipsVerification { told["insecure-skip-tls-verify"] = true }
        told["certificate-authority-data"] = authority.map { .string(base64Text($0)) }
        told["proxy-url"] = proxy.map { .string($0) }
        told["config"] = pluginConfig
        return told
    }
}

extension Kubeconfig.Impersonation {
    fileprivate var headers: [Header] {
        var headers = [Header("Impersonate-User", user)]
        if let uid { headers.append(Header("Impersonate-Uid", uid)) }
        headers += groups.map { Header("Impersonate-Group", $0) }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            headers += values.map { Header("Impersonate-Extra-\(percentEncoded(key))", $0) }
        }
        return headers
    }
}

/// The names to choose from, for a remedy.
private func known(_ names: some Sequence<String>) -> String {
    let names = names.sorted()
    return names.isEmpty ? "a kubeconfig that has some" : "one of: \(names.joined(separator: ", "))"
}
