import Curl

extension Connection {
    /// Where Kubernetes puts the token, authority and namespace of a pod's service account.
    package static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The way from a pod to the API server of its own cluster, as its service account. Nil outside
    /// of a cluster.
    package static func inCluster(
        environment: [String: String], directory: String = serviceAccountDirectory
    ) throws(KubeconfigError) -> Connection? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else { return nil }
        let authority: [UInt8]
        let namespace: String
        do throws(LocalFileError) {
            authority = try readLocalFile("\(directory)/ca.crt")
            // Read for the message: without a token every call would fail with a worse one.
            _ = try readLocalFile("\(directory)/token")
            namespace = String(
                decoding: try readLocalFile("\(directory)/namespace"), as: UTF8.self)
        } catch {
            throw KubeconfigError(
                "\(error)",
                remedy: "mount a service account token into the pod, or pass --kubeconfig")
        }
        let address = host.contains(":") ? "[\(host)]" : host
        var connection = Connection(
            server: "https://\(address):\(port)", namespace: namespace.filter { !$0.isWhitespace },
            tls: TLSOptions(ca: authority), credential: .tokenFile("\(directory)/token"))
        // A cluster that gets a new authority gives it to running pods.
        connection.files.authority = "\(directory)/ca.crt"
        return connection
    }
}
