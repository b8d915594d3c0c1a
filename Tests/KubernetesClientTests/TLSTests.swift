import Curl
import Documents
import Foundation
import KubernetesObjects
import Testing

@testable import KubernetesClient

extension TLSServer {
    /// The connection of a kubeconfig whose cluster and user have these members.
    fileprivate func connection(cluster: String, user: String = "") throws -> Connection {
        let text = """
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {\(cluster)}}]
            users: [{name: u, user: {\(user)}}]
            """
        var connection = try Kubeconfig(Array(text.utf8), file: "\(directory)/config")
            .connection(environment: ["PATH": "/usr/bin:/bin"])
        connection.unixSocketPath = socket
        return connection
    }

    /// What the server has seen of a request: connection, protocol, client.
    fileprivate func seen(_ connection: Connection) async throws -> [String] {
        try await seen(APIClient(connection))
    }

    fileprivate func seen(_ client: APIClient) async throws -> [String] {
        try await client.get(demo).name.split(separator: "|", omittingEmptySubsequences: false)
            .map(String.init)
    }

    fileprivate func refusal(_ connection: Connection) async -> String {
        let error = await #expect(throws: APIError.self) { try await seen(connection) }
        return error?.description ?? ""
    }
}

struct `A connection over TLS` {
    @Test func `trusts the authority of the kubeconfig`() async throws {
        try await TLSServer.with { server in
            let embedded = try server.base64("ca.pem")
            for authority in [
                "certificate-authority: ca.pem", "certificate-authority-data: \(embedded)",
            ] {
                let connection = try server.connection(
                    cluster: "server: https://api.test, \(authority)")
                #expect(try await server.seen(connection)[1...] == ["HTTP/2.0", ""])
            }
        }
    }

    @Test func `refuses a server of another authority, unless told to trust any`() async throws {
        try await TLSServer.with { server in
            let careful = try server.connection(cluster: "server: https://api.test")
            #expect(await server.refusal(careful).contains("SSL certificate problem"))
            let careless = try server.connection(
                cluster: "server: https://api.test, insecure-skip-tls-verify: true")
            #expect(try await server.seen(careless)[1] == "HTTP/2.0")
        }
    }

    @Test func `wants the name of the server, or the one it was told`() async throws {
        try await TLSServer.with { server in
            let cluster = "server: https://other.test, certificate-authority: ca.pem"
            let wrong = try server.connection(cluster: cluster)
            #expect(await server.refusal(wrong).contains("other.test"))
            let told = try server.connection(cluster: "\(cluster), tls-server-name: api.test")
            #expect(try await server.seen(told)[1] == "HTTP/2.0")
        }
    }

    @Test func `shows the client certificate`() async throws {
        try await TLSServer.with { server in
            let cluster = "server: https://api.test, certificate-authority: ca.pem"
            let files = try server.connection(
                cluster: cluster, user: "client-certificate: anna.pem, client-key: anna.key")
            #expect(try await server.seen(files)[2] == "CN=anna")
            let embedded = try server.connection(
                cluster: cluster,
                user: "client-certificate-data: \(server.base64("anna.pem")),"
                    + " client-key-data: \(server.base64("anna.key"))")
            #expect(try await server.seen(embedded)[2] == "CN=anna")
        }
    }

    @Test func `shows the certificate that a plugin answers`() async throws {
        try await TLSServer.with { server in
            let script = """
                cert=$(sed 's/$/\\\\n/' anna.pem | tr -d '\\n')
                key=$(sed 's/$/\\\\n/' anna.key | tr -d '\\n')
                printf '%s' '{"kind":"ExecCredential",' \
                  '"apiVersion":"client.authentication.k8s.io/v1","status":{' \
                  '"expirationTimestamp":"1970-01-01T00:01:00Z",' \
                  "\\"clientCertificateData\\":\\"$cert\\",\\"clientKeyData\\":\\"$key\\"}}"
                """
            try Data(script.utf8).write(to: URL(filePath: "\(server.directory)/login"))
            let plugin = """
                exec: {apiVersion: client.authentication.k8s.io/v1, command: sh,
                  args: ["-c", "cd \(server.directory) && . ./login"]}
                """
            let connection = try server.connection(
                cluster: "server: https://api.test, certificate-authority: ca.pem", user: plugin)
            // Before it expires.
            let client = APIClient(connection, now: { Timestamp(seconds: 0) })
            #expect(try await server.seen(client)[2] == "CN=anna")
        }
    }

    @Test(arguments: [
        // The server refuses bert, no handshake works with half a pair, and who trusts anna only
        // does not trust the server.
        (["bert.pem", "bert.key", "ca.pem"], "401"), (["anna.pem", "bert.key", "ca.pem"], "key"),
        (["anna.pem", "anna.key", "anna.pem"], "SSL certificate problem"),
    ])
    func `reads its files again as soon as what they held is refused`(
        first: [String], reason: String
    ) async throws {
        try await TLSServer.with { server in
            let mine = ["mine.pem", "mine.key", "authority.pem"]
            for (source, name) in zip(first, mine) { try server.copy(source, to: name) }
            let client = APIClient(
                try server.connection(
                    cluster: "server: https://api.test, certificate-authority: authority.pem",
                    user: "client-certificate: mine.pem, client-key: mine.key"))
            let error = await #expect(throws: APIError.self) { try await server.seen(client) }
            #expect(error?.description.contains(reason) == true)
            for (source, name) in zip(["anna.pem", "anna.key", "ca.pem"], mine) {
                try server.copy(source, to: name)
            }
            #expect(try await server.seen(client)[2] == "CN=anna")
        }
    }

    /// With TLS 1.3 the refusal comes after the handshake, in place of the first answer.
    @Test(arguments: [
        ("-tls1_2", true, "unknown ca"),
        ("-tls1_3", false, "alert certificate required"), ("-tls1_3", true, "unknown ca"),
    ])
    func `whose certificate is refused by an alert says so, and reads it again`(
        version: String, isShown: Bool, reason: String
    ) async throws {
        try await TLSServer.with { server in
            try server.answer("HTTP/1.0 200 OK\r\n\r\n\(demoText)", at: demoPath)
            try server.startStrict(version)
            for kind in ["pem", "key"] { try server.copy("stranger.\(kind)", to: "mine.\(kind)") }
            let user = "client-certificate: mine.pem, client-key: mine.key"
            let client = APIClient(
                try server.connection(
                    cluster: "server: https://api.test, certificate-authority: ca.pem",
                    user: isShown ? user : ""))
            let error = await #expect(throws: APIError.self) { try await client.get(demo) }
            guard case .unreachable(let text) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(text.contains(reason))
            #expect(text.contains("; renew the certificate and the key"))
            guard isShown else { return }
            for kind in ["pem", "key"] { try server.copy("anna.\(kind)", to: "mine.\(kind)") }
            #expect(try await client.get(demo).name == "demo")
        }
    }

    @Test func `is refused in the same words where HTTP/2 was agreed on`() async throws {
        try await TLSServer.with { server in
            try server.startStrict("-tls1_3", "-alpn", "h2")
            let connection = try server.connection(
                cluster: "server: https://api.test, certificate-authority: ca.pem",
                user: "client-certificate: stranger.pem, client-key: stranger.key")
            let text = await server.refusal(connection)
            #expect(text.contains("unknown ca"))
            #expect(text.contains("; renew the certificate and the key"))
        }
    }

    /// As behind a balancer that takes all that is sent to a server that is gone.
    @Test func `is left when nobody answers on it any more`() async throws {
        try await TLSServer.with { server in
            let client = APIClient(
                try server.connection(
                    cluster: "server: https://api.test, certificate-authority: ca.pem"))
            _ = try await server.seen(client)
            server.freeze()
            try await server.start()
            var hasty = client
            hasty.timeoutMilliseconds = 100
            let asking = hasty
            await #expect(throws: APIError.self) { try await server.seen(asking) }
            #expect(try await server.seen(client)[1] == "HTTP/2.0")
        }
    }

    @Test func `carries many requests on one connection`() async throws {
        try await TLSServer.with { server in
            let client = APIClient(
                try server.connection(
                    cluster: "server: https://api.test, certificate-authority: ca.pem"))
            let connections = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<64 {
                    group.addTask { try await server.seen(client)[0] }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(connections.count == 1)
        }
    }
}
