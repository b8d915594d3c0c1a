/// What an nginx of the box is told besides the routes.
package struct NginxSettings: Hashable, Sendable {
    /// The user of the workers; nil to stay who we are.
    package var account: Account?
    /// The port of 127.0.0.1 at which Ingresses are served.
    package var httpPort: Int
    /// The same over TLS; nil where they are not.
    package var https: HTTPS?
    /// The API over TLS; nil where nobody is to reach it.
    package var api: API?
    /// A Unix socket at which nginx answers its generation.
    package var statusSocket: String

    /// How the API server is reached: at a port over TLS, and behind it at a socket.
    package struct API: Hashable, Sendable {
        package var port: Int
        /// The Unix socket of the API server.
        package var socket: String
        package var certificate: String
        package var key: String

        package init(port: Int, socket: String, certificate: String, key: String) {
            self.port = port
            self.socket = socket
            self.certificate = certificate
            self.key = key
        }
    }

    /// A port of 127.0.0.1 over TLS, and what hosts show that have no certificate of their own.
    package struct HTTPS: Hashable, Sendable {
        package var port: Int
        package var certificate: String
        package var key: String

        package init(port: Int, certificate: String, key: String) {
            self.port = port
            self.certificate = certificate
            self.key = key
        }
    }

    package init(
        account: Account?, httpPort: Int, https: HTTPS? = nil, api: API?, statusSocket: String
    ) {
        self.account = account
        self.httpPort = httpPort
        self.https = https
        self.api = api
        self.statusSocket = statusSocket
    }
}
