import Foundation
import KubernetesClient
import LocalCluster

/// What a box stands on before anything runs: directories, ports, keys, sockets and addresses.
struct BoxGround: Sendable {
    let layout: BoxLayout
    let accounts: Accounts
    let ports: Ports
    let authority: Authority
    let sockets: String
    /// The loopback addresses of its pods and Services.
    let block: AddressBlock
    private let lock: BoxLock

    /// - Throws: where another box uses the same state, a port is taken, or a file cannot be used.
    init(_ settings: Box.Settings) async throws {
        let layout = try BoxLayout(root: settings.state)
        self.layout = layout
        lock = try BoxLock(path: layout.lock)
        try layout.publishProgram()
        accounts = try Accounts.standard()
        ports = try Ports.kept(
            in: layout.ports, http: settings.httpPort, https: settings.httpsPort,
            api: settings.apiPort,
            isOurs: IngressProxy.isRunning(in: layout.proxy))
        authority = try await Authority.kept(in: layout.authority)
        try authority.writeKubeconfig(to: layout.kubeconfig, port: ports.api)
        sockets = try SocketDirectory.prepare(for: layout.root, account: accounts.proxy)
        block = try AddressBlock.take(
            preferred: Int(layout.root.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xffff }))
    }

    var apiSocket: String { sockets + "/api.sock" }

    var nginx: NginxSettings {
        NginxSettings(
            account: accounts.proxy, httpPort: ports.http,
            https: .init(
                port: ports.https, certificate: authority.serverCertificatePath,
                key: authority.serverKeyPath),
            api: .init(
                port: ports.api, socket: apiSocket, certificate: authority.serverCertificatePath,
                key: authority.serverKeyPath),
            statusSocket: sockets + "/status.sock")
    }

    /// The API of the box without the way through TLS.
    func client() throws -> APIClient {
        guard let token = BearerToken(authority.token) else {
            throw BoxFailure("\(layout.authority) holds no token; remove it to begin anew")
        }
        return APIClient(
            Connection(
                server: "http://localhost", unixSocketPath: apiSocket, credential: .token(token)))
    }
}
