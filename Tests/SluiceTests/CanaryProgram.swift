import Documents
import Foundation
import Testing

/// The command line of the careless team, with all kinds of logins and files.
struct CanaryProgram: Sendable {
    let stage: CanaryStage
    private var canaries: Canaries { stage.canaries }

    /// What each call prints, by its words.
    func outputs() async throws -> [(String, [UInt8])] {
        let calls = try await near() + strange() + files()
        var outputs: [(String, [UInt8])] = []
        for (kubeconfig, words) in calls {
            let said = try await run(words, kubeconfig: kubeconfig)
            let name = "sluice \(words.joined(separator: " ")) with \(kubeconfig.lastPathComponent)"
            #expect(!said.isEmpty, "\(name)")
            outputs.append((name, said))
        }
        return outputs
    }

    private typealias Call = (URL, [String])

    /// Calls that reach the API server.
    private func near() async throws -> [Call] {
        let near = try write(
            Kubeconfig(server: "http://\(try await stage.api.address())"), "near")
        let history = stage.folder.appending(path: "history.sqlite").path
        return [
            ["get"], ["get", "-o", "yaml"], ["get", "shop"], ["get", "shop", "-o", "json"],
            ["get", "number"], ["get", "word"], ["status", "shop"],
            ["status", "shop", "-o", "yaml"], ["status", "number"], ["history", "shop"],
            ["history", "shop", "--db", history],
            ["history", "shop", "-o", "json", "--db", history],
        ].map { (near, $0) }
    }

    /// Calls that reach nobody, or somebody who refuses them and repeats what was sent.
    private func strange() async throws -> [Call] {
        let login = "prober:\(canaries[.kubeconfigLogin])"
        let refusing = try await stage.refusing.address()
        let plain = canaries[.kubeconfigToken]
        let token = "token: \"\(plain)\""
        let password = "username: prober, password: \"\(canaries[.kubeconfigPassword])\""
        let key = Data(canaries[.kubeconfigKey].utf8).base64EncodedString()
        let pair = "client-certificate-data: \(key), client-key-data: \(key)"
        let file = stage.folder.appending(path: "login-token")
        try "\(canaries[.tokenFile]) \(canaries[.tokenFile])"
            .write(to: file, atomically: true, encoding: .utf8)
        let kubeconfigs: [(String, Kubeconfig)] = [
            ("refused", Kubeconfig(server: "http://\(login)@\(refusing)")),
            ("far", Kubeconfig(server: "https://\(login)@127.0.0.1:1", user: token)),
            ("open", Kubeconfig(server: "http://\(login)@\(refusing)", user: token)),
            ("password", Kubeconfig(server: "https://\(refusing)", user: password)),
            ("key", Kubeconfig(server: "https://\(refusing)", user: pair)),
            ("half", Kubeconfig(server: "https://\(refusing)", user: "client-key-data: \(key)")),
            ("file", Kubeconfig(server: "https://\(refusing)", user: "tokenFile: \(file.path)")),
            ("blank", Kubeconfig(server: "https://h", user: "token: \"a \(plain)\"")),
            ("list", Kubeconfig(server: "https://h", user: "token: [\(plain)]")),
            ("torn", Kubeconfig(server: "https://h", user: "token: \"\(plain)")),
            ("plugin", Kubeconfig(server: "https://\(refusing)", user: try plugin("exit 0"))),
            ("broken", Kubeconfig(server: "https://\(refusing)", user: try plugin("exit 1"))),
            ("chatty", Kubeconfig(server: "https://\(refusing)", user: try plugin("echo; echo x"))),
            (
                "proxy",
                Kubeconfig(
                    server: "https://h",
                    proxy: "http://prober:\(canaries[.proxyLogin])@\(refusing)", user: token)
            ),
        ]
        var calls = try kubeconfigs.map { name, kubeconfig in
            (try write(kubeconfig, name), ["get", "shop"])
        }
        let far = calls[1].0, refused = calls[0].0
        calls += [["status", "shop"], ["abort", "shop"], ["history", "shop"]].map { (refused, $0) }
        calls += [
            (far, ["get", "--server", "http://\(login)@127.0.0.1:1"]),
            (far, ["get", "--server", "ftp://\(login)@127.0.0.1:1"]),
        ]
        return calls
    }

    /// Calls that read files.
    private func files() throws -> [Call] {
        let documents = CanaryDocuments(canaries: canaries)
        let good = try write(documents.good, "good.yaml")
        let all = try write(documents.good + documents.broken, "all.yaml")
        let torn = stage.folder.appending(path: "torn.yaml")
        try "kind: Secret\nstringData:\n  token: \"\(canaries[.token])\n  key: [\n"
            .write(to: torn, atomically: true, encoding: .utf8)
        let none = stage.folder.appending(path: "near")
        return [
            ["lint", all.path], ["lint", "-o", "json", all.path], ["lint", torn.path],
            ["simulate", good.path], ["simulate", "-o", "yaml", good.path],
            ["simulate", all.path], ["simulate", torn.path],
        ].map { (none, $0) }
    }

    /// The `exec` of a user: a script that tells all it knows on both outputs.
    private func plugin(_ end: String) throws -> String {
        let file = stage.folder.appending(path: "plugin-\(UUID())")
        let text = """
            credential='{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
              "status": {"token": "\(canaries[.pluginToken])"}}'
            echo "$credential"
            echo "$CLIENT_SECRET gave $credential" >&2
            \(end)
            """
        try text.write(to: file, atomically: true, encoding: .utf8)
        return """
            exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: ["\(file.path)"],
              interactiveMode: Never,
              env: [{name: CLIENT_SECRET, value: "\(canaries[.pluginVariable])"}]}
            """
    }

    private func write(_ kubeconfig: Kubeconfig, _ name: String) throws -> URL {
        let file = stage.folder.appending(path: name)
        try kubeconfig.text.write(to: file, atomically: true, encoding: .utf8)
        return file
    }

    private func write(_ documents: [JSON], _ name: String) throws -> URL {
        let file = stage.folder.appending(path: name)
        try documents.map(\.text).joined(separator: "\n---\n")
            .write(to: file, atomically: true, encoding: .utf8)
        return file
    }

    /// Runs the program as a shell does, and returns all that it wrote.
    private func run(_ arguments: [String], kubeconfig: URL) async throws -> [UInt8] {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let output = stage.folder.appending(path: "output-\(UUID())")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        let file = try FileHandle(forWritingTo: output)
        defer { file.closeFile() }
        let process = Process()
        process.executableURL = tests.deletingLastPathComponent().appending(path: "sluice")
        process.arguments = arguments
        process.environment = [
            "HOME": "/nowhere", "PATH": "/usr/bin:/bin", "KUBECONFIG": kubeconfig.path,
        ]
        process.standardOutput = file
        process.standardError = file
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do { try process.run() } catch { ended.resume(throwing: error) }
        }
        return Array(try Data(contentsOf: output))
    }
}

/// A kubeconfig with one context.
private struct Kubeconfig {
    var server: String
    var proxy: String?
    var user = ""

    var text: String {
        let proxy = proxy.map { ", proxy-url: \"\($0)\"" } ?? ""
        return """
            clusters: [{name: c, cluster: {server: "\(server)"\(proxy)}}]
            contexts: [{name: x, context: {cluster: c, user: u, namespace: web}}]
            current-context: x
            users: [{name: u, user: {\(user)}}]
            """
    }
}
