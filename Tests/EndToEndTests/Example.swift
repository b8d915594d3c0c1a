import Foundation

/// An example of ours on a cluster, in its first version, with all that a release of it needs.
struct Example: Sendable {
    let cluster: Kubernetes
    let prometheus: ScriptedPrometheus
    private let rollout: String

    var scratch: Scratch { cluster.scratch }

    /// Plays `act` once the first version is healthy. Metrics are measured soon and seldom, since
    /// the answers are made up.
    static func play(
        _ name: String = "model-api", rollout: String = "model-api", steps: [String]? = nil,
        _ act: (Example) async throws -> Void
    ) async throws {
        try await Kubernetes.orBox { cluster in
            try await cluster.define()
            if !cluster.isBox {
                try cluster.startNode()
                try cluster.startController()
            }
            let example = try await Example(name, rollout: rollout, on: cluster)
            if let steps { try cluster.scratch.setSteps(steps) }
            try await example.begin()
            try await act(example)
        }
    }

    /// Copies the example, and has its metrics ask a Prometheus of the test's own.
    init(_ name: String, rollout: String, on cluster: Kubernetes) async throws {
        let scratch = cluster.scratch
        let prometheus = try await ScriptedPrometheus.start(in: scratch, answering: "0.001")
        try scratch.copyExample(name)
        let isModel = name == "model-api"
        let file = isModel ? "analysis.yaml" : "rollout.yaml"
        try scratch.edit(
            file, "        prometheus:\n",
            to: "        prometheus:\n          address: \(prometheus.address)\n")
        try scratch.edit(file, #"initialDelay: "{{args.window}}""#, to: "initialDelay: 1s")
        try scratch.edit(file, "count: 3", to: "count: 2")
        self.cluster = cluster
        self.prometheus = prometheus
        self.rollout = rollout
    }

    /// Applies the files for the first time, and waits for the pods. A controller that sees the
    /// rollout before its Ingress says so for a moment, which is no end.
    func begin() async throws {
        try await apply()
        try await wait(for: "the first version") { $0.phase == "Healthy" }
    }

    /// Applies the files as they are now.
    func apply() async throws {
        _ = try await cluster.kubectl("apply", "-k", scratch.path("files")).checked()
    }

    /// Asks for another version, in the file.
    func release(_ version: String, instead old: String) async throws {
        try scratch.edit("rollout.yaml", "\(rollout):\(old)", to: "\(rollout):\(version)")
        try await apply()
    }

    /// Waits until it is decided, and holds what came of it against what was expected.
    func ends(with code: Int32) async throws {
        let end = try await cluster.sluice(
            "status", rollout, "--watch", "--timeout", "90s", seconds: 100)
        guard end.status == code else {
            let told = try await cluster.kubectl("describe", "rollout", rollout)
            throw Failure("ended with \(end), not with \(code):\n\(told.output)")
        }
    }

    /// The rollout now.
    func look() async throws -> Rollout {
        let text = try await cluster.kubectl("get", "rollout", rollout, "-o", "json").checked()
        return try JSONDecoder().decode(Rollout.self, from: Data(text.utf8))
    }

    /// Waits until the rollout looks as told.
    @discardableResult
    func wait(
        for what: String, seconds: Int = 60, until isThere: (Rollout) -> Bool
    ) async throws -> Rollout {
        try await Rollout.wait(
            for: what, seconds: seconds, everyMilliseconds: 200, look: look, until: isThere)
    }

    /// Waits for an open pause at a weight.
    @discardableResult
    func pauses(at weight: Int) async throws -> Rollout {
        try await wait(for: "a pause at \(weight) %") {
            $0.phase == "Paused" && $0.weight == weight
        }
    }

    /// Changes the rollout as any client can, without anything of ours.
    func patch(status: String) async throws {
        _ = try await cluster.kubectl(
            "patch", "rollout", rollout, "--subresource=status", "--type=merge",
            "-p", #"{"status":\#(status)}"#
        ).checked()
    }

    func command(_ words: String...) async throws {
        let arguments = words + [rollout, "-n", cluster.namespace]
        _ = try await scratch.run(
            [Tool.sluice] + arguments, environment: cluster.environment, seconds: 60
        ).checked()
    }
}

/// The weights that the canary of the model API has had, one after the other.
struct Course: Sendable {
    private let weights: Program

    init(of cluster: Kubernetes) async throws {
        let ingress = "ingress/model-api-model-api-canary"
        _ = try await eventually("the canary's Ingress", seconds: 30, everyMilliseconds: 200) {
            try await cluster.kubectl("get", ingress).status == 0 ? true : nil
        }
        weights = try cluster.follow(
            ingress,
            #".metadata.annotations.nginx\.ingress\.kubernetes\.io/canary-weight"#)
        try await ends(with: ["0"])
    }

    /// What was seen, without what stayed as it was.
    var seen: [String] {
        weights.output.split(separator: "\n").reduce(into: []) { seen, weight in
            if seen.last != String(weight) { seen.append(String(weight)) }
        }
    }

    /// Waits until the last weight has come, and holds all of them against what was expected.
    func ends(with weights: [String]) async throws {
        do {
            _ = try await eventually("the weights \(weights)", seconds: 30) {
                seen == weights ? true : nil
            }
        } catch {
            throw Failure("\(error); seen were \(seen)")
        }
    }
}
