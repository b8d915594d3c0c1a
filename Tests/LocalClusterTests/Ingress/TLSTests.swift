import Curl
import Documents
import FoundationEssentials
import Glibc
import KubernetesObjects
import Testing

@testable import LocalCluster

@Suite(.timeLimit(.minutes(5)))
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

@Suite(.timeLimit(.minutes(5)))
struct `An ingress over TLS` {
    /// A certificate of its own for a host, as a Secret; and its PEM.
    private func secret(_ scratch: Scratch) async throws -> (object: Object, certificate: [UInt8]) {
        let command = [
            "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:prime256v1", "-noenc", "-days", "1", "-subj", "/CN=shop.test",
            "-addext", "subjectAltName=DNS:shop.test", "-config", "/dev/null",
            "-keyout", "key.pem", "-out", "crt.pem",
        ]
        let launch = Launch(
            command: command, directory: scratch.path, log: "\(scratch.path)/openssl.log")
        #expect(try await launch.run(within: .seconds(30)).exit == .code(0))
        let certificate = try #require(try Files.read("\(scratch.path)/crt.pem"))
        let key = try #require(try Files.read("\(scratch.path)/key.pem"))
        return (
            Object([
                "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
                "metadata": ["name": "pair", "namespace": "default"],
                "data": [
                    "tls.crt": .string(Data(certificate).base64EncodedString()),
                    "tls.key": .string(Data(key).base64EncodedString()),
                ],
            ]), certificate
        )
    }

    @Test func `shows the certificate of its secret, and its own where that cannot be used`()
        async throws
    {
        let scratch = try Scratch()
        let authority = try await Authority.kept(in: "\(scratch.path)/authority")
        let https = NginxSettings.HTTPS(
            port: try Ports.free(), certificate: authority.serverCertificatePath,
            key: authority.serverKeyPath)
        let shop = try TestProxy(https: https)
        let stable = try TestBackend("stable")
        let (secret, certificate) = try await secret(scratch)
        let client = CurlClient()
        defer { client.shutdown() }
        func ask(_ host: String, trusting ca: [UInt8]) async throws -> Int {
            var request = CurlRequest(url: "https://127.0.0.1:\(https.port)/")
            request.headers = [Header("Host", host)]
            request.tls.serverName = host
            request.tls.ca = ca
            return try await client.execute(request).head.status
        }
        try await shop.run { cluster in
            try await cluster.create(.services, service("stable").json)
            try await cluster.create(.endpointSlices, slice("stable", [stable.endpoint]).json)
            try await cluster.create(.secrets, secret.json)
            var own = ingress("shop", service: "stable")
            own["spec", "tls"] = [["hosts": ["shop.test"], "secretName": "pair"]]
            try await cluster.create(.ingresses, own.json)
            await shop.applied { !$0.certificates.isEmpty }
            #expect(try await ask("shop.test", trusting: certificate) == 200)
            let plain = await fetch(port: shop.port, path: "/a")
            #expect(plain?.hasPrefix("HTTP/1.1 308") == true)
            #expect(plain?.contains("Location: https://shop.test:\(https.port)/a\r\n") == true)

            let broken: JSON = ["data": ["tls.key": .string(Data("no".utf8).base64EncodedString())]]
            let before = await shop.proxy.applied?.generation ?? 0
            try await cluster.write(
                .patch(Reference(.secrets, namespace: "default", name: "pair"), broken))
            for await applied in await shop.proxy.updates() where applied.generation > before {
                break
            }
            #expect(
                try await ask("localhost", trusting: Array(authority.certificate.utf8)) == 404)
            await cluster.wait { await !$0.list(.events).isEmpty }
            let event = await cluster.list(.events).first
            #expect(event?["involvedObject", "name"] == "shop")
            #expect(
                event?["message"]?.string?.hasPrefix("nginx cannot use the secret pair;") == true)
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
