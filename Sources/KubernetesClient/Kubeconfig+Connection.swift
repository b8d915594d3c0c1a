import Curl

extension Kubeconfig {
    /// How to reach the API server of `context` (nil: of the current one), and as whom.
    ///
    /// Reads the certificate files that the context needs. Throws where the context, its cluster or
    /// its user is not there, and where it wants something that we do not do: log in by a command,
    /// impersonate, go through a proxy.
    package func connection(context name: String? = nil) throws(KubeconfigError) -> Connection {
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
        let credential: Connection.Credential =
            if let file = user.tokenFile { .tokenFile(file) } else {
                user.token.map { .token($0) } ?? .none
            }
        return Connection(
            server: cluster.server, namespace: context.namespace ?? "default", tls: tls,
            verifiesPeer: !cluster.skipsVerification, credential: credential)
    }

    private func check(_ cluster: Cluster, named name: String) throws(KubeconfigError) {
        if cluster.proxy != nil {
            throw KubeconfigError(
                "cluster \"\(name)\" is behind a proxy (proxy-url), which is not supported",
                remedy: "use a context that reaches the API server directly")
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
                "user \"\(name)\" logs in by \"\(login)\", which is not supported",
                remedy: "use a user with a token (kubectl create token) or a client certificate")
        }
        if (user.certificate == nil) != (user.key == nil) {
            let missing = user.key == nil ? "client-key" : "client-certificate"
            throw KubeconfigError(
                "user \"\(name)\" has no \(missing)",
                remedy: "give client-certificate and client-key together")
        }
        let hasSecret = user.token != nil || user.tokenFile != nil
        if hasSecret && cluster.server.hasPrefix("http://") {
            throw KubeconfigError(
                "the token of user \"\(name)\" would go to \(withoutLogin(cluster.server)) "
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

/// The names to choose from, for a remedy.
private func known(_ names: some Sequence<String>) -> String {
    let names = names.sorted()
    return names.isEmpty ? "a kubeconfig that has some" : "one of: \(names.joined(separator: ", "))"
}
