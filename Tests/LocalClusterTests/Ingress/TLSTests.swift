import Curl
import Documents
import Glibc
import KubernetesObjects
import Testing

@testable import LocalCluster

@Suite(.timeLimit(.minutes(1)))
struct `The API over TLS` {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `has a certificate that its own CA vouches for, and keys that only we can read`()
        async throws
    {
        let authority = try await Authority.kept(in: "\(scratch.path)/authority")
        #expect(authority.token.utf8.count == 64)
        #expect(authority.certificate.hasPrefix("-----BEGIN CERTIFICATE-----"))
        for name in ["ca.key", "server.key", "token"] {
            var found = stat()
            #expect(stat("\(scratch.path)/authority/\(name)", &found) == 0)
            #expect(found.st_mode & 0o777 == 0o600, "\(name)")
        }
        let again = try await Authority.kept(in: "\(scratch.path)/authority")
        #expect(again.token == authority.token)
        #expect(again.certificate == authority.certificate)
    }

    @Test func `is described by a kubeconfig that only we can read`() async throws {
        let authority = try await Authority.kept(in: "\(scratch.path)/authority")
        let path = "\(scratch.path)/kubeconfig"
        try authority.writeKubeconfig(to: path, port: 6443)
        var found = stat()
        #expect(stat(path, &found) == 0)
        #expect(found.st_mode & 0o777 == 0o600)
        let document = try YAML.documents(in: try Files.read(path) ?? [], file: path)[0].value
        #expect(document["clusters"]?[0]?["cluster"]?["server"] == "https://127.0.0.1:6443")
        #expect(document["users"]?[0]?["user"]?["token"] == .string(authority.token))
    }

    @Test func `lets a watch go on through a reload of nginx`() async throws {
        let authority = try await Authority.kept(in: "\(scratch.path)/authority")
        let account = try Accounts.standard().proxy
        let sockets = try SocketDirectory.prepare(for: scratch.path, account: account)
        defer { Files.removeTree(sockets) }
        let watched = try WatchedServer("\(sockets)/api.sock")
        try SocketDirectory.open("\(sockets)/api.sock", to: account)
        let cluster = TestCluster(realTime: true)
        let port = try Ports.free()
        let settings = NginxSettings(
            account: account, httpPort: try Ports.free(),
            api: NginxSettings.API(
                port: port, socket: "\(sockets)/api.sock",
                certificate: authority.serverCertificatePath,
                key: authority.serverKeyPath), statusSocket: "\(sockets)/status.sock")
        let proxy = IngressProxy(
            IngressProxy.Place(directory: scratch.path, settings: settings),
            cluster: cluster.access,
            now: wallClock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await proxy.run() }
            for await _ in await proxy.updates() { break }
            var request = CurlRequest(url: "https://127.0.0.1:\(port)/watch")
            request.tls.ca = Array(authority.certificate.utf8)
            let client = CurlClient()
            let answer = try await client.stream(request)
            var events = answer.body.makeAsyncIterator()
            watched.send("one\n")
            #expect(try await events.next() == Array("one\n".utf8))
            try await cluster.create(.ingresses, ingress("shop", service: "stable").json)
            for await applied in await proxy.updates() where !applied.table.servers.isEmpty {
                break
            }
            watched.send("two\n")
            #expect(try await events.next() == Array("two\n".utf8))
            client.shutdown()
            await proxy.end()
            try await group.waitForAll()
        }
    }
}

/// Answers one request on a Unix socket with a stream that the test feeds.
private final class WatchedServer: Sendable {
    private let listener: Int32
    private let lines: Int32

    init(_ path: String) throws {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(server, $0, size) }
        }
        var ends: [Int32] = [0, 0]
        guard bound == 0, listen(server, 8) == 0, pipe(&ends) == 0 else {
            throw SystemFailure("cannot listen")
        }
        listener = server
        lines = ends[1]
        let source = ends[0]
        startThread {
            let connection = accept(server, nil, nil)
            var part = [UInt8](repeating: 0, count: 4096)
            guard connection >= 0, read(connection, &part, part.count) > 0 else { return }
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
            Glibc.send(connection, head, head.utf8.count, Int32(MSG_NOSIGNAL))
            while true {
                let count = read(source, &part, part.count)
                if count <= 0 { break }
                Glibc.send(connection, part, count, Int32(MSG_NOSIGNAL))
            }
            close(connection)
        }
    }

    deinit {
        close(lines)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    func send(_ text: String) { write(lines, text, text.utf8.count) }
}
