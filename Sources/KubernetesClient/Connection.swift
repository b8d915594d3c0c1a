import Curl

/// How to reach an API server and what to show it.
package struct Connection: Sendable {
    /// Who we are to the server.
    package enum Credential: Sendable {
        /// Nothing, or the client certificate in `tls`.
        case none
        case token(BearerToken)
        /// Read again and again: tokens of service accounts change every hour.
        case tokenFile(String)
        case password(Password)
        /// What a program answers, until it expires.
        case plugin(LoginPlugin)
    }

    /// Paths of PEM files; nil where there is no file.
    package struct Files: Hashable, Sendable {
        package var authority: String?
        package var certificate: String?
        package var key: String?
    }

    /// `https://host:port`, perhaps with a path, without a slash at the end.
    package private(set) var server: String
    /// Where objects are looked for when nobody says otherwise.
    package var namespace: String
    package var tls: TLSOptions
    package var verifiesPeer: Bool
    /// Connects to this socket in place of the server's host.
    package var unixSocketPath: String?
    package var credential: Credential
    /// Where what `tls` says stands, when it may be replaced while we run.
    package var files = Files()
    /// `http://host:port`, or `https` or `socks5`; nil connects directly.
    package var proxy: String?
    /// Who else we want to be for the server, as headers.
    package var impersonation: [Header] = []

    package init(
        server: String, namespace: String = "default", tls: TLSOptions = TLSOptions(),
        verifiesPeer: Bool = true, unixSocketPath: String? = nil, credential: Credential = .none
    ) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.namespace = namespace
        self.tls = tls
        self.verifiesPeer = verifiesPeer
        self.unixSocketPath = unixSocketPath
        self.credential = credential
    }

    /// The same way and login, to another server.
    package func directed(to server: String) -> Connection {
        var connection = self
        connection.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        return connection
    }

    /// Whether every request carries something that nobody else may read.
    package var showsSecret: Bool {
        switch credential {
        case .none: false
        case .token, .tokenFile, .password, .plugin: true
        }
    }
}

/// The URL as a message may show it: without the login that it may hold.
package func withoutLogin(_ url: String) -> String {
    url.login.map { url.replacing("\($0)@", with: "") } ?? url
}

extension String {
    /// What stands before the at sign of a URL's authority; nil for most.
    var login: String? {
        guard let scheme = firstRange(of: "://") else { return nil }
        let authority = self[scheme.upperBound...].prefix { !"/?#".contains($0) }
        return authority.lastIndex(of: "@").map { String(authority[..<$0]) }
    }
}
