import Analysis
import Documents
import KubernetesObjects
import Rollouts

/// What experiments are made of, and what they make (rollout-semantics §7.1).
extension ExperimentDocument {
    /// What the experiment of a step is made from, beside its rollout.
    package struct Order {
        package var name: String
        package var step: Int
        package var revision: Int
        /// The ReplicaSets whose templates its versions take.
        package var stable: Object
        package var canary: Object

        package init(name: String, step: Int, revision: Int, stable: Object, canary: Object) {
            self.name = name
            self.step = step
            self.revision = revision
            self.stable = stable
            self.canary = canary
        }
    }

    /// The experiment of a step of `rollout`: templates taken from its ReplicaSets, arguments
    /// resolved but for secrets and for what only the experiment will know.
    ///
    /// - Throws: `RunError` for an argument without a value.
    package static func created(
        _ order: Order, for rollout: Object
    ) throws(RunError) -> Object {
        let steps = rollout.spec?["strategy"]?["canary"]?["steps"]
        let step = steps?[order.step]?["experiment"] ?? .object(JSONObject())
        let minReady = rollout.spec?["minReadySeconds"]
        var spec = JSONObject([
            (
                "templates",
                .array(
                    (step["templates"]?.array ?? []).map {
                        version($0, order, minReadySeconds: minReady)
                    })
            )
        ])
        for field in ["duration", "dryRun", "analysisRunMetadata"] { spec[field] = step[field] }
        spec["progressDeadlineSeconds"] = rollout.spec?["progressDeadlineSeconds"]
        let analyses = try analyses(step, order, rollout)
        if !analyses.isEmpty { spec["analyses"] = .array(analyses) }
        let hash = order.canary.labels[Keys.templateHash] ?? ""
        return .owned(
            by: rollout, resource: .experiments, name: order.name,
            labels: rollout.labels.merging([Keys.templateHash: hash]) { $1 },
            annotations: [Keys.revision: String(order.revision)], spec: .object(spec))
    }

    private static func version(_ step: JSON, _ order: Order, minReadySeconds: JSON?) -> JSON {
        let source = step["specRef"] == "stable" ? order.stable : order.canary
        var template = source.spec?["template"] ?? .object(JSONObject())
        var selector = step["selector"] ?? source.spec?["selector"] ?? .object(JSONObject())
        for (key, value) in step["metadata"]?["labels"]?.strings ?? [:] {
            template.set(.string(value), at: ["metadata", "labels", key])
            selector.set(.string(value), at: ["matchLabels", key])
        }
        for (key, value) in step["metadata"]?["annotations"]?.strings ?? [:] {
            template.set(.string(value), at: ["metadata", "annotations", key])
        }
        var made = JSONObject([("name", step["name"] ?? "")])
        made["replicas"] = step["replicas"]
        made["minReadySeconds"] = minReadySeconds
        made["selector"] = selector
        made["template"] = template
        // Traffic comes by a Service.
        made["service"] = step["service"] ?? (step["weight"] == nil ? nil : [:])
        return .object(made)
    }

    private static func analyses(
        _ step: JSON, _ order: Order, _ rollout: Object
    ) throws(RunError) -> [JSON] {
        let sources = ArgumentSources(
            stableHash: order.stable.labels[Keys.templateHash] ?? "",
            latestHash: order.canary.labels[Keys.templateHash] ?? ""
        ) { FieldPath.text(of: $0, in: rollout) }
        var analyses: [JSON] = []
        for analysis in step["analyses"]?.array ?? [] {
            var made = analysis
            var arguments: [JSON] = []
            let readers = Reader(analysis["args"], findings: Reader.Findings()).elements()
            for argument in readers.map(Argument.init(reading:)) {
                arguments.append(try sources.resolve(argument).json)
            }
            made["args"] = arguments.isEmpty ? .none : .some(.array(arguments))
            analyses.append(made)
        }
        return analyses
    }

    /// The ReplicaSet of a version, without pods yet. Its hash is that of this experiment and this
    /// version alone, so that no Service of a rollout, and no other version's, leads to its pods.
    package static func replicaSet(
        _ name: String, of template: String, for experiment: Object
    ) -> Object? {
        guard let version = version(template, of: experiment) else { return nil }
        var pods = version["template"] ?? .object(JSONObject())
        let marks = marks(of: template, in: experiment)
        var salted = pods
        for (key, value) in marks {
            salted.set(.string(value), at: ["metadata", "annotations", key])
        }
        let hash = TemplateHash.ofTemplate(salted, collisionCount: nil)
        pods.set(.string(hash), at: ["metadata", "labels", Keys.templateHash])
        var selector = version["selector"] ?? .object(JSONObject())
        selector.set(.string(hash), at: ["matchLabels", Keys.templateHash])
        var spec: JSON = ["replicas": 0, "selector": selector, "template": pods]
        if let seconds = version["minReadySeconds"]?.int, seconds > 0 {
            spec["minReadySeconds"] = .int(Int64(seconds))
        }
        return .owned(
            by: experiment, of: .experiments, resource: .replicaSets, name: name,
            labels: pods["metadata"]?["labels"]?.strings ?? [:], annotations: marks, spec: spec)
    }

    /// The Service of a version: all ports of its containers, and the labels of its pods.
    ///
    /// - Parameter canary: the Service in whose place a route may lead to this one, so that it has
    ///   the same ports.
    package static func service(
        _ name: String, of template: String, selecting replicaSet: Object, for experiment: Object,
        beside canary: Object? = nil
    ) -> Object {
        let pods = replicaSet.spec?["template"]
        let labels = pods?["metadata"]?["labels"]?.strings ?? [:]
        return .owned(
            by: experiment, of: .experiments, resource: .services, name: name, labels: [:],
            annotations: marks(of: template, in: experiment),
            spec: [
                "selector": JSON(strings: labels), "ports": .array(ports(of: pods, beside: canary)),
            ])
    }

    /// Whether a step of `rollout` may send traffic to a version of this name.
    package static func hasWeight(_ template: String, in rollout: Object) -> Bool {
        let steps = rollout.spec?["strategy"]?["canary"]?["steps"]?.array ?? []
        return steps.flatMap { $0["experiment"]?["templates"]?.array ?? [] }.contains {
            $0["name"]?.string == template && $0["weight"]?.int != nil
        }
    }

    /// Those of the canary's Service, and those of the containers whose numbers it does not use.
    private static func ports(of pods: JSON?, beside canary: Object?) -> [JSON] {
        let members = ["name", "port", "targetPort", "protocol", "appProtocol"]
        let given = (canary?.spec?["ports"]?.array ?? []).map { port in
            var made: JSON = [:]
            for member in members { made[member] = port[member] }
            let kind = port["protocol"]?.string ?? "TCP"
            made["name"] =
                port["name"]
                ?? .string("\(kind.lowercased())-\(port["port"]?.int ?? 0)")
            return made
        }
        return given + ports(of: pods, beside: given)
    }

    /// The ports of a Service for these pods, each number once for each protocol, and none that it
    /// has already. They are called what the containers call them.
    static func ports(of template: JSON?, beside given: [JSON] = []) -> [JSON] {
        func number(_ port: JSON) -> String {
            "\((port["protocol"]?.string ?? "TCP").lowercased())-\(port["port"]?.int ?? 0)"
        }
        var seen = Set(given.map(number)), names = Set(given.compactMap { $0["name"]?.string })
        let containers = template?["spec"]?["containers"]?.array ?? []
        return containers.flatMap { $0["ports"]?.array ?? [] }.compactMap { port in
            guard let containerPort = port["containerPort"] else { return nil }
            let kind = port["protocol"]?.string ?? "TCP"
            var made: JSON = [
                "port": containerPort, "targetPort": containerPort, "protocol": .string(kind),
            ]
            let usual = number(made)
            guard containerPort.int != nil, seen.insert(usual).inserted else { return nil }
            let choices = [port["name"]?.string, usual].compactMap(\.self)
            guard let name = choices.first(where: { !names.contains($0) }) else { return nil }
            names.insert(name)
            made["name"] = .string(name)
            return made
        }
    }

    /// The annotations by which what belongs to a version is found again.
    private static func marks(of template: String, in experiment: Object) -> [String: String] {
        [Keys.experimentName: experiment.name, Keys.experimentTemplate: template]
    }

    private static func version(_ template: String, of experiment: Object) -> JSON? {
        experiment.spec?["templates"]?.array?.first { $0["name"]?.string == template }
    }
}
