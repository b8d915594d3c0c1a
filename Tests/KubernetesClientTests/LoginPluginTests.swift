import Curl
import Documents
import Foundation
import KubernetesObjects
import Testing

@testable import KubernetesClient

/// Runs `body` with a plugin that is this shell script.
private func withPlugin<Result>(
    _ script: String, _ body: (LoginPlugin, String) async throws -> Result
) async throws -> Result {
    try await withDirectory(["plugin": script + "\n"]) { directory in
        // Run by name, as no other thread may just have inherited a file that is executed.
        var plugin = LoginPlugin(command: "/bin/sh")
        plugin.arguments = ["\(directory)/plugin"]
        plugin.environment = ["PATH": "/usr/bin:/bin", "COUNT": "\(directory)/count"]
        return try await body(plugin, directory)
    }
}

private func answer(_ status: String, version: String = "v1") -> String {
    let apiVersion = "client.authentication.k8s.io/\(version)"
    return """
        echo '{"kind":"ExecCredential","apiVersion":"\(apiVersion)","status":{\(status)}}'
        """
}

/// Whether the process is there, and is more than a name that nobody has asked about.
private func isRunning(_ process: pid_t) -> Bool {
    do {
        let stat = String(decoding: try readLocalFile("/proc/\(process)/stat"), as: UTF8.self)
        return !stat.contains(") Z ")
    } catch {
        return false
    }
}

private func reason(_ plugin: LoginPlugin) async -> String {
    let error = await #expect(throws: LoginError.self) { try await plugin.ask() }
    return error?.description ?? ""
}

struct `A login plugin` {
    @Test func `is asked with its arguments, in its environment`() async throws {
        let script = """
            printf '%s' "$KUBERNETES_EXEC_INFO" > "$COUNT"
            test "$1 $2" = "get token" || exit 1
            """ + "\n" + answer(#""token":"'$REGION'""#)
        try await withPlugin(script) { plugin, directory in
            var plugin = plugin
            plugin.arguments += ["get", "token"]
            plugin.variables = ["REGION": "north"]
            plugin.cluster = ["server": "https://k"]
            #expect(try await plugin.ask().token == BearerToken("north"))
            let asked = try String(contentsOfFile: "\(directory)/count", encoding: .utf8)
            #expect(
                try JSON(parsing: asked) == [
                    "kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
                    "spec": ["interactive": false, "cluster": ["server": "https://k"]],
                ])
        }
    }

    @Test func `may answer a certificate, and when it expires`() async throws {
        let status =
            #""clientCertificateData":"CERT","clientKeyData":"KEY","#
            + #""expirationTimestamp":"2026-01-02T03:04:05Z""#
        try await withPlugin(answer(status, version: "v1beta1")) { plugin, _ in
            var plugin = plugin
            plugin.version = .v1beta1
            let answer = try await plugin.ask()
            #expect(answer.certificate == Array("CERT".utf8))
            #expect(answer.key == Array("KEY".utf8))
            #expect(answer.expires == Timestamp(rfc3339: "2026-01-02T03:04:05Z"))
        }
    }

    @Test(arguments: [
        (answer(#""token":"t""#, version: "v1beta1"), "where the kubeconfig says"),
        (answer(""), "neither a token nor a certificate"),
        (answer(#""clientKeyData":"KEY""#), "a key without certificate"),
        (answer(#""token":"a b""#), "its token fits into no header"),
        (answer(#""token":"t","expirationTimestamp":"soon""#), "is no time at which it expires"),
        ("echo '{}'", "no ExecCredential"), ("echo token", "no JSON"),
        ("echo 'not logged in' >&2; echo secret; exit 3", "not logged in"),
        ("exit 3", "exit code 3"), ("kill -9 $$", "signal 9"),
        ("head -c 2000000 /dev/zero; sleep 100", "it printed more than"),
    ])
    func `that fails says why`(script: String, expected: String) async throws {
        try await withPlugin(script) { plugin, _ in
            let reason = await reason(plugin)
            #expect(reason.contains(expected))
            #expect(!reason.contains("secret"))
        }
    }

    @Test func `that fails does not take its secrets along`() async throws {
        let script =
            answer(#""token":"tok-of-anna""#)
            + "\necho \"$CLIENT_SECRET in $REGION gave tok-of-anna\" >&2; exit 1"
        try await withPlugin(script) { plugin, _ in
            var plugin = plugin
            plugin.variables = ["CLIENT_SECRET": "pass-of-anna", "REGION": "north"]
            #expect(await reason(plugin).hasSuffix(" failed: ***** in north gave *****"))
        }
    }

    @Test func `that is missing comes with the hint to install it`() async {
        var plugin = LoginPlugin(command: "sluice-test-no-such-program")
        plugin.installHint = "install it with apt"
        let reason = await reason(plugin)
        #expect(reason.contains("cannot be started"))
        #expect(reason.hasSuffix("; install it with apt"))
    }

    @Test func `ends with what it has started when nobody waits any more`() async throws {
        let script = #"mkfifo "$COUNT"; sleep 1000 & echo $! > "$COUNT"; wait"#
        try await withPlugin(script) { plugin, directory in
            let task = Task { try await plugin.ask() }
            while !FileManager.default.fileExists(atPath: "\(directory)/count") {
                await Task.yield()
            }
            // Opening waits for the script to have come to its `echo`.
            let text = String(decoding: try readLocalFile("\(directory)/count"), as: UTF8.self)
            let sleeper = try #require(pid_t(text.filter(\.isNumber)))
            task.cancel()
            await #expect(throws: LoginError.self) { try await task.value }
            while isRunning(sleeper) { await Task.yield() }
        }
    }

    @Test func `reads no more than its kubeconfig says`() throws {
        let text = """
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters:
            - name: c
              cluster:
                server: https://k
                certificate-authority-data: Q0E=
                extensions:
                - {name: other, extension: 1}
                - {name: client.authentication.k8s.io/exec, extension: {audience: a}}
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1beta1
                  command: ./bin/login
                  args: [get]
                  env: [{name: REGION, value: north}]
                  installHint: see the manual
                  provideClusterInfo: true
                  interactiveMode: IfAvailable
            """
        let kubeconfig = try Kubeconfig(Array(text.utf8), file: "/home/anna/config")
        let connection = try kubeconfig.connection(environment: ["HOME": "/home/anna"])
        guard case .plugin(let plugin) = connection.credential else {
            Issue.record("unexpected: \(connection.credential)")
            return
        }
        #expect(plugin.version == .v1beta1)
        #expect(plugin.command == "/home/anna/./bin/login")
        #expect(plugin.arguments == ["get"])
        #expect(plugin.variables == ["REGION": "north"])
        #expect(plugin.environment == ["HOME": "/home/anna"])
        #expect(plugin.installHint == "see the manual")
        #expect(
            plugin.cluster == [
                "server": "https://k", "certificate-authority-data": "Q0E=",
                "config": ["audience": "a"],
            ])
    }
}

struct `What a plugin has answered` {
    /// Counts its runs in a file, and answers a token with the number of this run.
    private let counting = """
        echo x >> "$COUNT"
        """ + "\n" + answer(#""token":"t'$(wc -l < "$COUNT")'"EXPIRY"#)

    private func runs(_ directory: String) throws -> Int {
        try String(contentsOfFile: "\(directory)/count", encoding: .utf8).filter { $0 == "x" }.count
    }

    @Test func `is used until it expires, by everybody`() async throws {
        let expiry = #","expirationTimestamp":"1970-01-01T01:00:00Z""#
        try await withPlugin(counting.replacing("EXPIRY", with: expiry)) { plugin, directory in
            let seconds = Lock<Int64>(0)
            let login = Login(Connection(server: "https://k", credential: .plugin(plugin))) {
                Timestamp(seconds: seconds.withLock { $0 })
            }
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 { group.addTask { _ = try await login.proof() } }
                try await group.waitForAll()
            }
            #expect(try runs(directory) == 1)
            seconds.withLock { $0 = 3600 }
            #expect(try await login.proof().headers == [Header("Authorization", "Bearer t2")])
        }
    }

    @Test func `is asked anew when the server refuses it, though not at every request`()
        async throws
    {
        let script: ScriptedServer.Script = { request, connection in
            let isGood = request.headers["authorization"] == "Bearer t2"
            connection.answer(isGood ? 200 : 401, demoText)
        }
        try await withPlugin(counting.replacing("EXPIRY", with: "")) { plugin, directory in
            try await withServer(script) { server async throws in
                let seconds = Lock<Int64>(0)
                let client = APIClient(
                    Connection(server: server.url, credential: .plugin(plugin)),
                    now: { Timestamp(seconds: seconds.withLock { $0 }) })
                await #expect(throws: APIError.self) { try await client.get(demo) }
                #expect(try runs(directory) == 1)
                seconds.withLock { $0 = 60 }
                #expect(try await client.get(demo).name == "demo")
                #expect(try runs(directory) == 2)
            }
        }
    }

    @Test func `stays while the files beside it are read again`() async throws {
        try await withPlugin(counting.replacing("EXPIRY", with: "")) { plugin, directory in
            try Data("old".utf8).write(to: URL(filePath: "\(directory)/ca"))
            var connection = Connection(server: "https://k", credential: .plugin(plugin))
            connection.files.authority = "\(directory)/ca"
            let seconds = Lock<Int64>(0)
            let login = Login(connection) { Timestamp(seconds: seconds.withLock { $0 }) }
            _ = try await login.proof()
            try Data("new".utf8).write(to: URL(filePath: "\(directory)/ca"))
            seconds.withLock { $0 = 60 }
            let proof = try await login.proof()
            #expect(proof.tls.ca == Array("new".utf8))
            #expect(proof.headers == [Header("Authorization", "Bearer t1")])
            #expect(try runs(directory) == 1)
        }
    }

    @Test func `is not asked for again while it has just failed`() async throws {
        try await withPlugin(#"echo x >> "$COUNT"; exit 1"#) { plugin, directory async throws in
            let seconds = Lock<Int64>(0)
            let login = Login(Connection(server: "https://k", credential: .plugin(plugin))) {
                Timestamp(seconds: seconds.withLock { $0 })
            }
            for _ in 0..<5 { await #expect(throws: APIError.self) { try await login.proof() } }
            #expect(try runs(directory) == 1)
            seconds.withLock { $0 = 11 }
            await #expect(throws: APIError.self) { try await login.proof() }
            #expect(try runs(directory) == 2)
        }
    }
}
