import Foundation

/// The cluster that `SLUICE_TEST_KUBECONFIG` names, in a namespace of the test's own.
struct Kubernetes: Sendable {
    private static let kubeconfig = ProcessInfo.processInfo.environment["SLUICE_TEST_KUBECONFIG"]
    static var isNamed: Bool { kubeconfig != nil }

    let scratch: Scratch
    let namespace: String

    /// Plays `act` in a fresh namespace, which goes afterwards with all that is in it.
    static func with(_ act: (Kubernetes) async throws -> Void) async throws {
        try await Scratch.with { scratch in
            let random = UInt32.random(in: 0...UInt32.max)
            let cluster = Kubernetes(scratch: scratch, namespace: "sluice-test-\(random)")
            try cluster.writeKubeconfig()
            _ = try await cluster.kubectl("create", "namespace", cluster.namespace).checked()
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await act(cluster))
            } catch {
                outcome = .failure(error)
            }
            _ = try await cluster.kubectl(
                "delete", "namespace", cluster.namespace, "--wait=false"
            ).checked()
            try outcome.get()
        }
    }

    /// A kubeconfig of our own: nobody else's current namespace is changed.
    private func writeKubeconfig() throws {
        try FileManager.default.copyItem(
            atPath: Self.kubeconfig ?? "", toPath: scratch.path("kubeconfig"))
    }

    private var environment: [String: String] { ["KUBECONFIG": scratch.path("kubeconfig")] }

    func kubectl(_ arguments: String..., seconds: Int = 60) async throws -> Outcome {
        try await scratch.run(
            [Tool.kubectl, "-n", namespace] + arguments, environment: environment, seconds: seconds)
    }

    func sluice(_ arguments: String..., seconds: Int = 60) async throws -> Outcome {
        try await scratch.run(
            [Tool.sluice] + arguments + ["-n", namespace], environment: environment,
            seconds: seconds)
    }

    /// Starts a command of ours that runs until the test ends.
    func start(_ arguments: String..., limitSeconds: Int = 200) throws -> Program {
        try Program(
            [Tool.sluice] + arguments + ["-n", namespace], in: scratch, environment: environment,
            limitSeconds: limitSeconds)
    }

    /// Prints what `path` leads to in an object, now and after each change.
    func follow(_ object: String, _ path: String) throws -> Program {
        try Program(
            [
                "stdbuf", "-oL", Tool.kubectl, "-n", namespace, "get", object, "--watch",
                "-o", "jsonpath={\(path)}{\"\\n\"}",
            ], in: scratch, environment: environment, limitSeconds: 200)
    }
}

/// A Prometheus that gives every question the same answer.
struct ScriptedPrometheus: Sendable {
    let address: String
    private let answer: String

    static func start(in scratch: Scratch, answering value: String) async throws -> Self {
        let answer = scratch.path("answer")
        try value.write(toFile: answer, atomically: true, encoding: .utf8)
        let script = """
            import http.server, json, sys, time
            class Answer(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.rfile.read(int(self.headers.get("Content-Length", 0)))
                    sample = {"metric": {}, "value": [time.time(), open(sys.argv[1]).read()]}
                    data = {"resultType": "vector", "result": [sample]}
                    body = json.dumps({"status": "success", "data": data}).encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                do_POST = do_GET
                def log_message(self, *words): pass
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
            print(server.server_port, flush=True)
            server.serve_forever()
            """
        let program = try Program(
            ["python3", "-c", script, answer], in: scratch, limitSeconds: 300)
        let port = try await eventually("the port of Prometheus", seconds: 20) {
            if let status = program.status {
                throw Failure("it ended with \(status): \(program.errors)")
            }
            return Int(program.output.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return ScriptedPrometheus(address: "http://127.0.0.1:\(port)", answer: answer)
    }

    /// Answers otherwise from now on.
    func answer(_ value: String) throws {
        try value.write(toFile: answer, atomically: true, encoding: .utf8)
    }
}
