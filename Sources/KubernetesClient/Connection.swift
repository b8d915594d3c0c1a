import Curl

/// How to reach an API server and what to show it.
package struct Connection: Sendable {
    /// Who we are to the server.
    package enum Credential: Sendable {
        /// Nothing, or the client certificate in `tls`.
        case none
        case token(BearerToken)
        /// Read anew for each request: tokens of service accounts change every hour.
        case tokenFile(String)
    }

    /// `https://host:port`, perhaps with a path, without a slash at the end.
    package let server: String
    /// Where objects are looked for when nobody says otherwise.
    package var namespace: String
    package var tls: TLSOptions
    package var verifiesPeer: Bool
    /// Connects to this socket in place of the server's host.
    package var unixSocketPath: String?
    package var credential: Credential

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

    /// The header that says who we are; nil where the client certificate says it.
    func authorization() throws(LocalFileError) -> Header? {
        let token: BearerToken
        switch credential {
        case .none: return nil
        case .token(let given): token = given
        case .tokenFile(let path):
            guard let read = BearerToken(String(decoding: try readLocalFile(path), as: UTF8.self))
            else {
                throw LocalFileError(path: path, reason: "contains no token")
            }
            token = read
        }
        return Header("Authorization", "Bearer \(token.text)")
    }
}

/// A secret that lets its bearer in. Nothing prints it: not a description, not a dump.
package struct BearerToken: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    let text: String

    /// Nil for a text that is empty or that could not be a header. Blanks and line breaks around it
    /// do not count.
    package init?(_ text: String) {
        let isBlank: (Character) -> Bool = { $0.isWhitespace }
        let trimmed = text.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        self.text = String(trimmed)
        guard !self.text.isEmpty, self.text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return nil
        }
    }

    package var description: String { "(a token)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
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
