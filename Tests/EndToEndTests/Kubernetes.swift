import Foundation

/// A cluster, in a namespace of the test's own.
struct Kubernetes: Sendable {
    private static let kubeconfig = ProcessInfo.processInfo.environment["SLUICE_TEST_KUBECONFIG"]
    static var isNamed: Bool { kubeconfig != nil }

    let scratch: Scratch
    let namespace: String
    /// Whether it is one in a box, which has our kinds, a controller and a hollow node already.
    let isBox: Bool

    /// Plays `act` on the cluster that `SLUICE_TEST_KUBECONFIG` names, in a fresh namespace, which
    /// goes afterwards with all that is in it.
    static func with(_ act: (Kubernetes) async throws -> Void) async throws {
        try await Scratch.with { scratch in
            try await play(on: kubeconfig ?? "", isBox: false, in: scratch, act)
        }
    }

    /// Plays `act` on the cluster that is named, else on one in a box: what holds on one must hold
    /// on the other.
    static func orBox(_ act: (Kubernetes) async throws -> Void) async throws {
        if isNamed { return try await with(act) }
        try await Scratch.with { scratch in
            let (folder, state) = (scratch.path("box"), scratch.path("state"))
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false)
            try "{apiVersion: v1, kind: ConfigMap, metadata: {name: box}}".write(
                toFile: folder + "/box.yaml", atomically: true, encoding: .utf8)
            let box = try Program(
                [Tool.sluice, "up", folder, "--hollow", "--state", state], in: scratch,
                limitSeconds: 200)
            _ = try await eventually("the guide of sluice up", seconds: 40) {
                if let status = box.status {
                    throw Failure("up ended with \(status): \(box.errors)")
                }
                return box.output.contains("sluice status") ? true : nil
            }
            try await play(on: state + "/kubeconfig", isBox: true, in: scratch, act)
        }
    }

    private static func play(
        on kubeconfig: String, isBox: Bool, in scratch: Scratch,
        _ act: (Kubernetes) async throws -> Void
    ) async throws {
        // A kubeconfig of our own: nobody else's current namespace is changed.
        try FileManager.default.copyItem(atPath: kubeconfig, toPath: scratch.path("kubeconfig"))
        let random = UInt32.random(in: 0...UInt32.max)
        let cluster = Kubernetes(
            scratch: scratch, namespace: "sluice-test-\(random)", isBox: isBox)
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

    var environment: [String: String] { ["KUBECONFIG": scratch.path("kubeconfig")] }

    func kubectl(_ arguments: String..., seconds: Int = 60) async throws -> Outcome {
        try await kubectl(arguments, seconds: seconds)
    }

    func kubectl(_ arguments: [String], seconds: Int = 60) async throws -> Outcome {
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

    /// Puts our kinds there and waits until they are served.
    func define() async throws {
        if isBox { return }
        let definitions = scratch.path("definitions.yaml")
        try await scratch.run([Tool.sluice, "crds"]).checked().write(
            toFile: definitions, atomically: true, encoding: .utf8)
        _ = try await kubectl("apply", "--server-side", "-f", definitions).checked()
        _ = try await kubectl(
            "wait", "--for=condition=Established", "--timeout=30s", "-f", definitions
        ).checked()
    }

    /// Starts a controller of the namespace. Nobody asks it anything, so it takes no port: another
    /// test may run beside.
    @discardableResult
    func startController(_ arguments: String..., limitSeconds: Int = 200) throws -> Program {
        try Program(
            [
                Tool.sluice, "controller", "--namespaced", "-n", namespace, "--healthzPort", "0",
                "--metricsPort", "0",
            ]
                + arguments, in: scratch, environment: environment, limitSeconds: limitSeconds)
    }

    /// Starts what makes the pods of the namespace ready, and runs none.
    func startNode() throws { _ = try start("stand-in", "node") }

    /// A kubectl that is not bound to the namespace of the test.
    func anywhere(_ arguments: String...) async throws -> Outcome {
        try await anywhere(arguments)
    }

    func anywhere(_ arguments: [String]) async throws -> Outcome {
        try await scratch.run([Tool.kubectl] + arguments, environment: environment, seconds: 70)
    }

    func apply(_ text: String) async throws {
        let file = scratch.path(scratch.fresh("applied"))
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        _ = try await kubectl("apply", "-f", file).checked()
    }

    /// Waits until a field of an object has a value.
    func waits(for condition: String, of object: String) async throws {
        _ = try await kubectl(
            "wait", object, "--for=jsonpath=\(condition)", "--timeout=90s", seconds: 100
        ).checked()
    }

    /// Waits until what `path` leads to in an object is this text, which may be empty.
    func shows(_ text: String, at path: String, of object: String) async throws {
        _ = try await eventually("\"\(text)\" in \(object)", seconds: 60, everyMilliseconds: 200) {
            let shown = try await kubectl("get", object, "-o", "jsonpath=\(path)").checked()
            return shown == text ? true : nil
        }
    }

    /// Asks for another version of a rollout with one container.
    func setImage(_ image: String, of rollout: String) async throws {
        let path = "/spec/template/spec/containers/0/image"
        _ = try await kubectl(
            "patch", "rollout", rollout, "--type=json", "-p",
            #"[{"op":"replace","path":"\#(path)","value":"\#(image)"}]"#
        ).checked()
    }

    /// Plays `act`, and then the commands, whatever came of it.
    func afterwards(
        _ commands: [String]..., act: () async throws -> Void
    ) async throws {
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await act())
        } catch {
            outcome = .failure(error)
        }
        for command in commands {
            _ = try await anywhere(command)
        }
        try outcome.get()
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
