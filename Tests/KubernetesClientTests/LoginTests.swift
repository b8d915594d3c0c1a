import Curl
import Documents
import Foundation
import KubernetesObjects
import Testing

@testable import KubernetesClient

/// A wall clock that a test sets.
private final class SetClock: Sendable {
    private let seconds = Lock<Int64>(1_000)

    var now: @Sendable () -> Timestamp {
        { Timestamp(seconds: self.seconds.withLock { $0 }) }
    }

    func advance(by seconds: Int64) { self.seconds.withLock { $0 += seconds } }
}

private func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
}

struct `A token file` {
    private let clock = SetClock()

    private func shown(_ login: Login) async throws -> String? {
        try await login.proof().headers.first?.value
    }

    @Test func `is read again after a minute, and not sooner`() async throws {
        try await withDirectory(["token": "first\n"]) { directory in
            let path = "\(directory)/token"
            let login = Login(
                Connection(server: "https://k", credential: .tokenFile(path)), now: clock.now)
            #expect(try await shown(login) == "Bearer first")
            try write("second", path)
            clock.advance(by: 59)
            #expect(try await shown(login) == "Bearer first")
            clock.advance(by: 1)
            #expect(try await shown(login) == "Bearer second")
        }
    }

    @Test func `may be missing for a moment`() async throws {
        try await withDirectory(["token": "first"]) { directory in
            let path = "\(directory)/token"
            let login = Login(
                Connection(server: "https://k", credential: .tokenFile(path)), now: clock.now)
            _ = try await login.proof()
            try FileManager.default.removeItem(atPath: path)
            clock.advance(by: 3600)
            // Nor is it missed by those who ask right after the first who did.
            for _ in 0..<2 { #expect(try await shown(login) == "Bearer first") }
            try write("second", path)
            clock.advance(by: 60)
            #expect(try await shown(login) == "Bearer second")
        }
    }

    @Test func `that never was there is named`() async throws {
        let connection = Connection(server: "https://k", credential: .tokenFile("/nowhere"))
        let login = Login(connection, now: clock.now)
        let error = await #expect(throws: APIError.self) { try await login.proof() }
        #expect(error?.description.contains("/nowhere cannot be opened") == true)
    }

    @Test func `is read at once when the server refuses its token`() async throws {
        let script: ScriptedServer.Script = { request, connection in
            let isGood = request.headers["authorization"] == "Bearer second"
            connection.answer(isGood ? 200 : 401, demoText)
        }
        try await withDirectory(["token": "first"]) { directory in
            try await withServer(script) { server in
                let client = APIClient(
                    Connection(server: server.url, credential: .tokenFile("\(directory)/token")),
                    now: clock.now)
                await #expect(throws: APIError.self) { try await client.get(demo) }
                #expect(server.requests.count == 1)
                try write("second", "\(directory)/token")
                #expect(try await client.get(demo).name == "demo")
                #expect(server.requests.count == 3)
                _ = try await client.get(demo)
                #expect(server.requests.count == 4)
            }
        }
    }

    @Test func `of a pod comes with authorities that may be replaced`() async throws {
        let files = ["ca.crt": "old", "token": "abc", "namespace": "shop"]
        try await withDirectory(files) { directory in
            let environment = ["KUBERNETES_SERVICE_HOST": "k", "KUBERNETES_SERVICE_PORT": "443"]
            let connection = try #require(
                try Connection.inCluster(environment: environment, directory: directory))
            let login = Login(connection, now: clock.now)
            #expect(try await login.proof().tls.ca == Array("old".utf8))
            try write("new", "\(directory)/ca.crt")
            clock.advance(by: 60)
            #expect(try await login.proof().tls.ca == Array("new".utf8))
        }
    }
}

struct `The certificate of a client` {
    private let clock = SetClock()

    @Test func `is read again after a minute, with its key and the authorities`() async throws {
        let old = ["ca": "ca 1", "certificate": "certificate 1", "key": "key 1"]
        try await withDirectory(old) { directory in
            var connection = Connection(server: "https://k")
            connection.files = Connection.Files(
                authority: "\(directory)/ca", certificate: "\(directory)/certificate",
                key: "\(directory)/key")
            let login = Login(connection, now: clock.now)
            _ = try await login.proof()
            for name in old.keys { try write("\(name) 2", "\(directory)/\(name)") }
            clock.advance(by: 59)
            #expect(try await login.proof().tls.key == Array("key 1".utf8))
            clock.advance(by: 1)
            let renewed = TLSOptions(
                ca: Array("ca 2".utf8), certificate: Array("certificate 2".utf8),
                key: Array("key 2".utf8))
            #expect(try await login.proof().tls == renewed)
        }
    }
}

struct `A proxy` {
    @Test func `is asked in place of the server`() async throws {
        try await withServer({ $1.answer(200, demoText) }) { server in
            var connection = Connection(server: "http://kubernetes.invalid:8080")
            connection.proxy = server.url
            _ = try await APIClient(connection).get(demo)
            let request = try #require(server.requests.first)
            #expect(request.target == "http://kubernetes.invalid:8080\(demoPath)")
        }
    }

    @Test func `makes a tunnel to a server with TLS`() async throws {
        try await withServer({ $1.answer(403) }) { server in
            var connection = Connection(server: "https://kubernetes.invalid")
            connection.proxy = server.url
            await #expect(throws: APIError.self) { try await APIClient(connection).get(demo) }
            let request = try #require(server.requests.first)
            #expect(request.method == "CONNECT")
            #expect(request.target == "kubernetes.invalid:443")
        }
    }
}
