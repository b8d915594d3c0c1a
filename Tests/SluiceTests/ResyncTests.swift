import Controller
import Documents
import KubernetesClient
import KubernetesObjects
import LocalCluster
import Manifests
import MetricProviders
import ObjectStore
import Serving
import Testing

@testable import sluice

struct `A controller of one namespace with a route in another` {
    private static let route = Reference(.httpRoutes, namespace: "gateways", name: "shop")

    /// It reads the route at each turn, and no watch tells it of any change there.
    /// Holds: 7.4 resync.
    @Test(.timeLimit(.minutes(2))) func `finds at its resync what nobody tells it`() async throws {
        let definitions = CustomResourceDefinitions.all + [GatewayRoute.definition]
        let (reads, read) = AsyncStream<Void>.makeStream()
        try await Replicas.with(
            definitions: definitions,
            seeing: {
                if $0.method == "GET", $0.path.hasSuffix("/httproutes/shop") { read.yield() }
            }
        ) { replicas in
            try await Self.release(at: replicas.server)
            let controller = Self.controller(replicas)
            let run = Task { await controller.run() }
            try await Self.startPod(at: replicas.server)
            // More turns than follow from all that it has written: the last ones are resyncs.
            var turns = 0
            for await _ in reads {
                turns += 1
                if turns == turnsOfReleases { break }
            }
            #expect(try await Self.weight(at: replicas.server) == 0)
            try await Self.setWeight(at: replicas.server)
            for await _ in replicas.server.rings(for: [.httpRoutes]) {
                if try await Self.weight(at: replicas.server) == 0 { break }
            }
            #expect(try await Self.weight(at: replicas.server) == 0)
            run.cancel()
            await run.value
        }
    }

    private static func controller(_ replicas: Replicas) -> ControllerLoop {
        var settings = ControllerLoop.Settings(namespaces: [Replicas.namespace])
        settings.resyncSeconds = 1
        let source = MetricSource { _ throws(ProviderError) in throw ProviderError("no metrics") }
        return ControllerLoop(
            client: replicas.client, settings: settings, source: source, secrets: .none,
            history: nil, log: replicas.quiet, now: { wallClock() })
    }

    private static func release(at server: ObjectServer) async throws {
        let text = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: gateways}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: shop, namespace: gateways}
            spec:
              rules:
                - backendRefs:
                    - {name: shop, namespace: default, weight: 1}
                    - {name: canary, namespace: default, weight: 30}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec: {selector: {app: shop}, ports: [{port: 80}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: canary, namespace: default}
            spec: {selector: {app: shop}, ports: [{port: 80}]}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: shop, namespace: default}
            spec:
              replicas: 1
              selector: {matchLabels: {app: shop}}
              template:
                metadata: {labels: {app: shop}}
                spec: {containers: [{name: shop, image: "shop:1"}]}
              strategy:
                canary:
                  stableService: shop
                  canaryService: canary
                  trafficRouting:
                    plugins: {argoproj-labs/gatewayAPI: {httpRoute: shop, namespace: gateways}}
            """
        let kinds: [Resource] = [.namespaces, .httpRoutes, .services, .services, .rollouts]
        for (document, kind) in zip(try YAML.documents(in: [UInt8](text.utf8), file: "a"), kinds) {
            let object = Object(document.value)
            _ = try await server.create(object, in: kind, namespace: object.namespace, by: Caller())
        }
    }

    /// As a node would, which there is none.
    private static func startPod(at server: ObjectServer) async throws {
        for await _ in server.rings(for: [.replicaSets]) {
            guard let set = try await server.list(.replicaSets).items.first,
                set.spec?["replicas"] == 1
            else { continue }
            let status: JSON = [
                "replicas": 1, "readyReplicas": 1, "availableReplicas": 1,
                "observedGeneration": .int(Int64(set.generation)),
            ]
            try await server.patch(
                Reference(.replicaSets, namespace: set.namespace, name: set.name),
                with: .merge(["status": status]), at: .status, by: Caller())
            return
        }
    }

    private static func setWeight(at server: ObjectServer) async throws {
        let path = "/spec/rules/0/backendRefs/1/weight"
        try await server.patch(
            route, with: .json([["op": "replace", "path": .string(path), "value": 30]]),
            by: Caller())
    }

    private static func weight(at server: ObjectServer) async throws -> Int? {
        let rules = try await server.get(route).spec?["rules"]
        return rules?[0]?["backendRefs"]?[1]?["weight"]?.int
    }
}

/// Twice as many as a first release takes.
private let turnsOfReleases = 10
