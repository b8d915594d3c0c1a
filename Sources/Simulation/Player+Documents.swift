import Documents
import KubernetesObjects
import Manifests
import Rollouts
import Traffic

extension Player {
    /// The play of somebody's own documents, as `sluice simulate FILE` shows it.
    ///
    /// What a rollout refers to must be among the documents. Only where they hold no Service,
    /// Ingress, ConfigMap or Deployment at all, the missing ones are made up: they are likely to
    /// live elsewhere. Kinds that play no part are left out. Without a story the rollout is
    /// deployed, and a new image comes after ten seconds.
    ///
    /// - Parameter metrics: what metrics answer from the beginning, by name.
    /// - Throws: `PlayRefusal` with everything that is wrong with the documents.
    package init(
        documents: [Document], story: Story? = nil, metrics: [String: Story.Answering] = [:]
    ) throws(PlayRefusal) {
        let documents = documents.map(\.withNamespace)
        let objects = documents.map { Object($0.value) }
        let rollouts = objects.filter { $0.isRollout }
        guard objects.contains(where: { $0.isRollout || $0.isExperiment }) else {
            throw PlayRefusal(
                findings: [],
                message: "there is no Rollout in these documents; name a file that has one")
        }
        let madeUp = MadeUpObjects(for: rollouts, beside: objects).objects
        let all = documents + madeUp.map { Document(value: $0.json, file: "made up") }
        let plugins = Plugins.played(in: objects)
        let findings = Lint.findings(
            in: all, routers: plugins.kinds, plugins: plugins, isComplete: true)
        guard findings.isEmpty else { throw PlayRefusal(findings: findings) }
        let answers = metrics.sorted { $0.key < $1.key }.map { name, answer in
            Story.Moment(seconds: 0, .metric(name, answer))
        }
        let first = rollouts.first.map { $0.resolved(by: $0.workload(among: objects + madeUp)) }
        let update = first.map { Story.Moment(seconds: 10, .image($0.nextImage)) }
        let told = story ?? Story([update].compactMap(\.self))
        self.init(
            objects: (objects + madeUp).filter(\.playsAPart), story: Story(answers + told.moments))
        self.plugins = plugins
    }

    /// The metrics of the templates that the story gives no answer for: they have no data.
    package var unansweredMetrics: [String] {
        var answered: Set<String> = []
        for case .metric(let name, _) in story.moments.map(\.command) { answered.insert(name) }
        let templates = objects.filter { $0.kind.hasSuffix("AnalysisTemplate") }
        let names = templates.flatMap { template in
            (template.spec?["metrics"]?.array ?? []).compactMap { $0["name"]?.string }
        }
        return Set(names).subtracting(answered).sorted()
    }
}

/// Documents that cannot be played.
package struct PlayRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// All that is wrong, with places; empty where the message says it.
    package let findings: [Finding]
    package let message: String

    init(findings: [Finding], message: String? = nil) {
        self.findings = findings
        self.message = message ?? findings.map(\.sentence).joined(separator: "\n")
    }

    package var description: String { message }
}

extension Finding {
    /// Where, what, and what to do, in one line.
    fileprivate var sentence: String {
        let whereabouts = place.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
        return "\(whereabouts)\(path): \(message); \(remedy)"
    }
}

extension Object {
    fileprivate var isRollout: Bool {
        kind == Resource.rollouts.kind && apiVersion == Resource.rollouts.apiVersion
    }

    fileprivate var isExperiment: Bool {
        kind == Resource.experiments.kind && apiVersion == Resource.experiments.apiVersion
    }

    /// Whether a simulated cluster knows this kind.
    fileprivate var playsAPart: Bool {
        Resource.simulated.contains { $0.isKind(of: self) }
    }

    /// What this rollout takes its template from.
    fileprivate func workload(among objects: [Object]) -> WorkloadSeen {
        guard let reference = WorkloadDocument.reference(in: self) else { return .missing }
        let found = objects.first {
            $0.kind == reference.resource.kind && $0.namespace == namespace
                && $0.name == reference.name
        }
        return found.map { .found($0) } ?? .missing
    }

    /// The first container's image under another tag.
    fileprivate var nextImage: String {
        let image = spec?["template"]?["spec"]?["containers"]?[0]?["image"]?.string ?? "image"
        let name = image.prefix { $0 != "@" }
        // A colon before the last slash belongs to a port.
        let path = name.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = path.last?.prefix(while: { $0 != ":" }) else { return "image:next" }
        return (path.dropLast().map(String.init) + ["\(last):next"]).joined(separator: "/")
    }
}

/// What rollouts refer to and documents without any object of that kind leave out.
private struct MadeUpObjects {
    private(set) var objects: [Object] = []

    init(for rollouts: [Object], beside present: [Object]) {
        let kinds = Set(present.map(\.kind))
        for document in rollouts {
            if let reference = WorkloadDocument.reference(in: document),
                reference.resource == .deployments, !kinds.contains("Deployment")
            {
                add(workload(reference.name, for: document))
            }
            let rollout = document.resolved(by: document.workload(among: present + objects))
            let parsed = RolloutDocument.parse(rollout, routers: RouterKind.all)
            if !kinds.contains("Service") {
                for name in parsed.rollout.spec.services {
                    add(service(name, for: rollout))
                }
            }
            for reference in parsed.routers.flatMap(\.reads)
            where !kinds.contains(reference.resource.kind) {
                switch reference.resource {
                case .ingresses where isStable(reference, of: rollout):
                    add(ingress(reference.name, for: rollout))
                case .configMaps: add(configMap(reference.name, for: rollout))
                case .deployments: add(deployment(reference.name, for: rollout))
                case .httpRoutes, .grpcRoutes, .tcpRoutes, .tlsRoutes:
                    add(route(reference, for: rollout))
                default: continue
                }
            }
        }
    }

    private mutating func add(_ object: Object) {
        let isThere = objects.contains {
            ($0.kind, $0.namespace, $0.name) == (object.kind, object.namespace, object.name)
        }
        if !isThere { objects.append(object) }
    }

    private func isStable(_ ingress: Reference, of rollout: Object) -> Bool {
        let routing = rollout.spec?["strategy"]?["canary"]?["trafficRouting"]
        let nginx = routing?["nginx"], alb = routing?["alb"]
        let one = [nginx?["stableIngress"], alb?["ingress"]].compactMap { $0?.string }
        let many = [nginx?["stableIngresses"], alb?["ingresses"]].flatMap { $0?.array ?? [] }
        return (one + many.compactMap(\.string)).contains(ingress.name)
    }

    private func object(
        _ resource: Resource, _ name: String, _ rollout: Object, _ members: [JSONObject.Member]
    ) -> Object {
        var metadata = JSONObject([("name", .string(name))])
        if !rollout.namespace.isEmpty { metadata["namespace"] = .string(rollout.namespace) }
        return Object(
            .object(
                JSONObject(
                    [
                        ("apiVersion", .string(resource.apiVersion)),
                        ("kind", .string(resource.kind)), ("metadata", .object(metadata)),
                    ] + members)))
    }

    private func service(_ name: String, for rollout: Object) -> Object {
        let labels = rollout.spec?["selector"]?["matchLabels"] ?? [:]
        return object(
            .services, name, rollout, [("spec", ["selector": labels, "ports": [["port": 80]]])])
    }

    private func ingress(_ name: String, for rollout: Object) -> Object {
        let canary = rollout.spec?["strategy"]?["canary"]
        let root = canary?["trafficRouting"]?["alb"]?["rootService"]
        let service = root ?? canary?["stableService"] ?? ""
        let backend: JSON = ["service": ["name": service, "port": ["number": 80]]]
        let path: JSON = ["path": "/", "pathType": "Prefix", "backend": backend]
        let rule: JSON = ["host": .string("\(rollout.name).local"), "http": ["paths": [path]]]
        return object(
            .ingresses, name, rollout, [("spec", ["ingressClassName": "nginx", "rules": [rule]])])
    }

    /// With one rule that has both services.
    private func route(_ reference: Reference, for rollout: Object) -> Object {
        let canary = rollout.spec?["strategy"]?["canary"]
        let backends = ["stableService", "canaryService"].map { side -> JSON in
            ["name": canary?[side] ?? "", "port": 80, "weight": side == "stableService" ? 1 : 0]
        }
        let rule: JSON = ["backendRefs": .array(backends)]
        return object(
            reference.resource, reference.name, rollout, [("spec", ["rules": [rule]])])
    }

    private func configMap(_ name: String, for rollout: Object) -> Object {
        let plugins = rollout.spec?["strategy"]?["canary"]?["trafficRouting"]?["plugins"]
        let policy = plugins?["sluice/route-policy"]
        let upstreams = ["primary", "canary"].compactMap { policy?[$0]?.string }
            .map { "\($0)=http://\($0)" }.joined(separator: ";")
        let key = policy?["upstreamsKey"]?.string ?? "GATEWAY_UPSTREAMS"
        return object(.configMaps, name, rollout, [("data", JSON(strings: [key: upstreams]))])
    }

    /// With the rollout's size and the labels that it selects.
    private func workload(_ name: String, for rollout: Object) -> Object {
        var made = deployment(name, for: rollout)
        made["spec", "replicas"] = rollout.spec?["replicas"] ?? 1
        if let labels = rollout.spec?["selector"]?["matchLabels"] {
            made["spec", "selector", "matchLabels"] = labels
            made["spec", "template", "metadata", "labels"] = labels
        }
        return made
    }

    private func deployment(_ name: String, for rollout: Object) -> Object {
        let labels: JSON = ["app": .string(name)]
        let container: JSON = ["name": "gateway", "image": "gateway"]
        let template: JSON = [
            "metadata": ["labels": labels], "spec": ["containers": [container]],
        ]
        return object(
            .deployments, name, rollout,
            [("spec", ["replicas": 2, "selector": ["matchLabels": labels], "template": template])])
    }
}
