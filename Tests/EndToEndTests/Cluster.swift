import Foundation

/// A `sluice up` over a directory of the test's own.
struct Cluster: Sendable {
    let scratch: Scratch
    let program: Program
    /// What it printed, by the label of each line.
    private let guide: [String: String]

    /// Starts one and waits until it says where everything is.
    static func start(
        in scratch: Scratch, with options: [String] = [], limitSeconds: Int = 150
    ) async throws -> Cluster {
        let program = try Program(
            up(in: scratch) + options, in: scratch, limitSeconds: limitSeconds)
        return try await guided(by: program, in: scratch, seconds: 40)
    }

    /// The one of a program, as soon as that says where everything is.
    static func guided(
        by program: Program, in scratch: Scratch, seconds: Int
    ) async throws -> Cluster {
        let guide = try await eventually("the guide to a cluster", seconds: seconds) {
            if let status = program.status {
                throw Failure("it ended with \(status): \(program.output)\(program.errors)")
            }
            let lines = program.output
            return lines.contains("sluice status") ? parsed(lines) : nil
        }
        return Cluster(scratch: scratch, program: program, guide: guide)
    }

    /// The words that start it.
    static func up(in scratch: Scratch) -> [String] {
        [Tool.sluice, "up", scratch.path("files"), "--state", scratch.path("state")]
    }

    private static func parsed(_ text: String) -> [String: String] {
        text.split(separator: "\n").reduce(into: [:]) { guide, line in
            let words = line.split(separator: "  ", maxSplits: 1)
            guard words.count == 2, !line.hasPrefix(" ") else { return }
            guide[String(words[0])] = words[1].trimmingCharacters(in: .whitespaces)
        }
    }

    var page: String { guide["status page"] ?? "" }
    var kubeconfig: String { guide["kubeconfig"] ?? "" }
    var ingresses: String { guide["ingresses"] ?? "" }
    var prometheus: String { guide["prometheus"] ?? "" }

    /// The kubectl that is used.
    var client = Tool.kubectl

    func kubectl(_ arguments: String..., seconds: Int = 60) async throws -> Outcome {
        try await scratch.run(
            [client] + arguments, environment: ["KUBECONFIG": kubeconfig], seconds: seconds)
    }

    /// What a person would type, all of it; nothing follows on what fails.
    func shell(_ words: String, seconds: Int) async throws -> Outcome {
        let script = "kubectl() { \"\(client)\" \"$@\"; }\nset -e\n\(words)\n"
        return try await scratch.run(
            ["bash", "-c", script], environment: ["KUBECONFIG": kubeconfig], seconds: seconds)
    }

    func sluice(_ arguments: String..., seconds: Int = 60) async throws -> Outcome {
        try await scratch.run(
            [Tool.sluice] + arguments, environment: ["KUBECONFIG": kubeconfig], seconds: seconds)
    }

    /// The body of a page or of anything else over HTTP.
    func get(_ address: String) async throws -> String {
        try await scratch.run(["curl", "-sS", "-f", "-m", "20", address]).checked()
    }

    /// Requests at the rollout, one after the other from its first answer on, until the program is
    /// stopped; each prints its status and the version that answered.
    func load(
        host: String = "model.local", perSecond: Int = 100, limitSeconds: Int = 120
    ) async throws -> Program {
        let curl = [
            "curl", "-s", "-o", "/dev/null", "-m", "10", "-H", "Host: \(host)",
            "-w", "%{http_code} %header{x-version}\\n",
        ]
        // A worker of the configuration before takes connections for a moment longer.
        let first = curl + ["--rate", "100/s", "\(ingresses)/predict?n=[1-50]"]
        _ = try await eventually("half a second of answers", seconds: 20) {
            let answers = try await scratch.run(first).output
            return answers == String(repeating: "200 v1\n", count: 50) ? true : nil
        }
        return try Program(
            ["stdbuf", "-oL"] + curl
                + ["--rate", "\(perSecond)/s", "\(ingresses)/predict?n=[1-100000]"],
            in: scratch, limitSeconds: limitSeconds)
    }

    /// Ends it as Ctrl-C and a service would, and says what is left of it.
    func end() async throws -> (status: Int32, left: [String]) {
        let footprint = Footprint(program.processes())
        program.signal(SIGTERM)
        let status = try await program.ended(within: 30)
        return (status, footprint.left)
    }
}

/// The answers that a load has had. The last one may be half written.
func told(_ load: Program) -> [Substring] {
    load.output.split(separator: "\n").dropLast()
}

extension Scratch {
    /// Copies an example to where `up` looks. Its kustomization is without the component that
    /// slows analyses down: what tests answer needs no scrape.
    func copyExample(_ example: String = "model-api") throws {
        let folder = Tool.repository.appending(path: "manifests/examples/\(example)").path
        try FileManager.default.createDirectory(
            atPath: path("files"), withIntermediateDirectories: false)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            let isKustomization = name == "kustomization.yaml"
            let end = isKustomization ? text.range(of: "components:\n")?.lowerBound : nil
            try write(String(text[..<(end ?? text.endIndex)]), to: name)
        }
    }

    func read(_ file: String) throws -> String {
        try String(contentsOfFile: path("files/" + file), encoding: .utf8)
    }

    func write(_ text: String, to file: String) throws {
        try text.write(toFile: path("files/" + file), atomically: true, encoding: .utf8)
    }

    /// Changes a file of the directory that `up` looks at.
    func edit(_ file: String, _ old: String, to new: String) throws {
        let text = try read(file)
        guard text.contains(old) else { throw Failure("\(file) does not say \(old)") }
        try write(text.replacing(old, with: new), to: file)
    }

    /// Puts other steps into the rollout of the example.
    func setSteps(_ steps: [String]) throws {
        let text = try read("rollout.yaml")
        guard let start = text.range(of: "      steps:\n") else { throw Failure("no steps") }
        let lines = steps.map { "        - \($0)\n" }
        try write(text[..<start.upperBound] + lines.joined(), to: "rollout.yaml")
    }
}
