import Documents
import Foundation
import KubernetesClient
import KubernetesObjects
import Serving
import Synchronization

/// A rollout in a namespace of its own, what judges it, and the way of its controller to the
/// server. Several stand side by side on one server.
final class Lane: Sendable {
    static let name = "web"
    static let canaryService = "web-canary"
    static let canaryIngress = "web-web-canary"

    let kubernetes: Kubernetes
    let server: Server
    let record: Record
    let oracle: Oracle
    private let door: String
    private let prometheus: String
    let steps: JSON
    private let past = Mutex(Past())
    private let nodes = Mutex<[RunningProcess]>([])

    private struct Past: Sendable {
        var lives = 0
        var processes: [RunningProcess] = []
        var releases = 0
    }

    private init(
        _ kubernetes: Kubernetes, _ server: Server, _ record: Record, _ oracle: Oracle,
        door: String, prometheus: String, steps: JSON
    ) {
        self.steps = steps
        self.kubernetes = kubernetes
        self.server = server
        self.record = record
        self.oracle = oracle
        self.door = door
        self.prometheus = prometheus
    }

    /// Half of the traffic, which is then judged.
    static let judged: JSON = [
        ["setWeight": 50], ["analysis": ["templates": [["templateName": .string(name)]]]],
    ]

    /// Plays `act` with a node that makes pods ready, and with everything but a controller.
    ///
    /// - Parameter user: whose rights a controller has that comes through the door; nil for all.
    static func with(
        _ fault: @escaping Fault = { _, forward in await forward() }, steps: JSON = judged,
        as user: String? = nil,
        _ act: @escaping @Sendable (Lane) async throws -> Void
    ) async throws {
        try await Kubernetes.with { kubernetes in
            let server = try Server(kubeconfig: kubernetes.scratch.path("kubeconfig"))
            let oracle = Oracle()
            try await serving({ await oracle.respond(to: $0) }) { prometheus in
                let enter: @Sendable (Request) async -> Response = { request in
                    await fault(Call(request)) { await server.forward(request, as: user) }
                }
                try await serving(enter) { door in
                    let record = Record(server.client, namespace: kubernetes.namespace)
                    let lane = Lane(
                        kubernetes, server, record, oracle, door: door, prometheus: prometheus,
                        steps: steps)
                    try await lane.play(act)
                }
            }
        }
    }

    private func play(_ act: @escaping @Sendable (Lane) async throws -> Void) async throws {
        try await createObjects()
        let node = try await kubernetes.start("stand-in", "node", limitSeconds: 600).begun()
        nodes.withLock { $0.append(node) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.record.follow() }
            do {
                try await act(self)
            } catch {
                try await leaveDoors()
                throw error
            }
            try await leaveDoors()
            group.cancelAll()
        }
    }

    /// Ends all controllers, and asks behind them. A listener that somebody comes to while it ends
    /// takes the whole test run down (a precondition of swift-nio's).
    private func leaveDoors() async throws {
        await endControllers()
        oracle.answer(.good)
        for address in [door, prometheus] { try await knock(at: address) }
    }

    /// Kills all that run.
    func endControllers() async {
        for process in past.withLock({ $0.processes }) {
            process.kill()
            while process.isRunning { await Task.yield() }
        }
    }

    /// Starts a controller, which comes to the server through the door unless it is to go straight.
    ///
    /// - Parameter competes: whether it takes part in the election of a leader.
    func startController(
        goesStraight: Bool = false, competes: Bool = false, kubeconfig: String = "kubeconfig",
        environment: [String: String] = [:]
    ) async throws -> Life {
        let number = past.withLock {
            $0.lives += 1
            return $0.lives
        }
        let server = goesStraight ? [] : ["--server", "\(door)/\(number)"]
        let program = try Program(
            [Tool.sluice, "controller", "--namespaced", "-n", kubernetes.namespace] + server
                + ["--kubeconfig", kubernetes.scratch.path(kubeconfig)]
                + ["--healthzPort", "0", "--metricsPort", "0", "--leader-elect=\(competes)"],
            in: kubernetes.scratch, environment: environment, limitSeconds: 600)
        let process = try await program.begun()
        past.withLock { $0.processes.append(process) }
        return Life(number: number, program: program, process: process)
    }

    /// Asks for the next version, and returns which release that is.
    func release() async throws -> Int {
        let number = past.withLock {
            $0.releases += 1
            return $0.releases
        }
        let template = Self.template(release: number)
        if record.present(.rollouts)[Self.name] == nil {
            _ = try await server.client.create(rollout(template), of: .rollouts)
        } else {
            _ = try await server.client.patch(
                reference(.rollouts, Self.name), .merge(["spec": ["template": template]]))
        }
        return number
    }

    /// Whether pods become ready.
    func node(isPaused: Bool) {
        for node in nodes.withLock({ $0 }) { node.send(isPaused ? SIGSTOP : SIGCONT) }
    }

    func reference(_ kind: Resource, _ name: String) -> Reference {
        Reference(kind, namespace: kubernetes.namespace, name: name)
    }
}

/// One process that is a controller.
struct Life: Sendable {
    /// Counted from 1 in its lane.
    let number: Int
    let program: Program
    let process: RunningProcess

    /// Ends it without a chance to say anything, and waits until it is gone.
    func kill() async throws {
        process.kill()
        let status = try await program.ended(within: 20)
        guard status == 137 else { throw Failure("it had ended by itself: \(program.errors)") }
    }
}

/// What is in a lane.
extension Lane {
    private func createObjects() async throws {
        for service in [Self.name, Self.canaryService] { try await createService(service) }
        try await createIngress()
        try await createTemplate()
    }

    func createService(_ name: String) async throws {
        try await create(
            .services, name,
            ["spec": ["selector": ["app": .string(Self.name)], "ports": [["port": 80]]]])
    }

    func createIngress() async throws {
        let backend: JSON = ["service": ["name": .string(Self.name), "port": ["number": 80]]]
        try await create(
            .ingresses, Self.name,
            [
                "spec": [
                    "rules": [
                        [
                            "host": "web.local",
                            "http": [
                                "paths": [["path": "/", "pathType": "Prefix", "backend": backend]]
                            ],
                        ]
                    ]
                ]
            ])
    }

    func createTemplate() async throws {
        try await create(
            .analysisTemplates, Self.name,
            [
                "spec": [
                    "metrics": [
                        [
                            "name": "errors", "interval": "1s", "count": 2,
                            "successCondition": "result[0] <= 0.01",
                            "consecutiveErrorLimit": 1,
                            "provider": [
                                "prometheus": ["address": .string(prometheus), "query": "errors"]
                            ],
                        ]
                    ]
                ]
            ])
    }

    /// Has the analysis need a Secret from now on.
    func askWithSecret() async throws {
        let key: JSON = ["secretKeyRef": ["name": "asking", "key": "word"]]
        try await create(.secrets, "asking", ["stringData": ["word": "please"]])
        _ = try await server.client.patch(
            reference(.analysisTemplates, Self.name),
            .merge(["spec": ["args": [["name": "word", "valueFrom": key]]]]))
    }

    func create(_ kind: Resource, _ name: String, _ content: JSON) async throws {
        var object = Object(content)
        object["apiVersion"] = .string(kind.apiVersion)
        object["kind"] = .string(kind.kind)
        object["metadata", "name"] = .string(name)
        object["metadata", "namespace"] = .string(kubernetes.namespace)
        _ = try await server.client.create(object, of: kind)
    }

    private static func template(release: Int) -> JSON {
        [
            "metadata": ["labels": ["app": .string(name)]],
            "spec": [
                "terminationGracePeriodSeconds": 0,
                "containers": [["name": "web", "image": .string("web:\(release)")]],
            ],
        ]
    }

    private func rollout(_ template: JSON) -> Object {
        let canary: JSON = [
            "stableService": .string(Self.name), "canaryService": .string(Self.canaryService),
            "scaleDownDelaySeconds": 1, "abortScaleDownDelaySeconds": 1,
            "trafficRouting": ["nginx": ["stableIngress": .string(Self.name)]],
            "steps": steps,
        ]
        return Object([
            "apiVersion": .string(Resource.rollouts.apiVersion),
            "kind": .string(Resource.rollouts.kind),
            "metadata": [
                "name": .string(Self.name), "namespace": .string(kubernetes.namespace),
            ],
            "spec": [
                "replicas": 2, "revisionHistoryLimit": 1,
                "selector": ["matchLabels": ["app": .string(Self.name)]],
                "template": template, "strategy": ["canary": canary],
            ],
        ])
    }
}
