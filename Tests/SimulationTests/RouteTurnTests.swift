import Documents
import KubernetesObjects
import Rollouts
import Synchronization
import Testing
import Traffic

@testable import Controller

private let both = ["DestinationRule", "VirtualService"]

struct `A turn of a rollout with several routes` {
    /// Nobody may read the first one any more, or the server has just gone.
    @Test func `gives back all that it can, whatever one look says`() async throws {
        let patched = Mutex<[String]>([])
        let routes = ["a", "b"].map { Self.route($0, ["stable": 50, "canary": 50]) }
        let turn = Self.turn(
            Self.rollout(["httpRoutes": [["name": "a"], ["name": "b"]]]), routes,
            fresh: { _ throws(ClusterError) in throw .unreachable("connection refused") },
            write: { write throws(ClusterError) in
                patched.withLock { $0.append(write.reference.name) }
                if write.reference.name == "a" { throw .refused("testing value failed") }
                return nil
            })
        let scene = try #require(await turn.look(at: Self.key))
        #expect(scene.snapshot.canaryWeight == 50)
        await #expect(throws: ClusterError.self) {
            try await turn.carryOut(.route(Split(canary: 0, of: 100)), scene)
        }
        #expect(patched.withLock { $0 } == ["a", "b"])
    }

    /// Holds: 7.5 TrafficRoutingError.
    @Test(arguments: [
        (gateway: "a", error: "forbidden"),
        (
            "gone",
            "argoproj-labs/gatewayAPI: HTTPRoute `gone` not found; create it, or correct its name"
        ),
    ])
    func `is told by the reason of the field where one cannot be written`(
        gateway: String, error: String
    ) async throws {
        let told = Mutex<[Rollouts.Event]>([])
        let turn = Self.turn(
            Self.rollout(["httpRoute": .string(gateway)], status: Self.onCanary),
            [Self.route("a", ["stable": 50, "canary": 50])],
            announce: { _, event in told.withLock { $0.append(event) } },
            write: { write throws(ClusterError) in
                if case .patchStatus = write.act { return nil }
                throw .refused("forbidden")
            })
        let scene = try #require(await turn.look(at: Self.key))
        let decision = Decision(
            status: scene.snapshot.rollout.status,
            actions: [.route(Split(canary: 40, of: 100))], reason: .healthy)
        let trouble = await turn.act(on: decision, in: scene)
        #expect(trouble == .refusedAs(reason: "TrafficRoutingError", error))
        #expect(
            told.withLock { $0 } == [Event("TrafficRoutingError", error, isWarning: true)])
    }

    private static let onCanary: JSON = [
        "canary": ["weights": ["canary": ["weight": 50], "stable": ["weight": 50]]]
    ]

    /// What is low then was never given back, and waits for no measurement.
    @Test(arguments: [true, false])
    func `knows that it raised nothing, whatever kept it from that`(isStored: Bool) async throws {
        let turn = Self.turn(
            Self.rollout(["httpRoute": "a"]), [Self.route("a", ["stable": 50, "canary": 50])],
            write: { _ throws(ClusterError) in
                if isStored { return nil }
                throw .unreachable("no answer")
            })
        var scene = try #require(await turn.look(at: Self.key))
        scene.object["metadata", "generation"] = 7
        let decision = Decision(
            status: scene.snapshot.rollout.status,
            actions: [.route(Split(canary: 60, of: 100))], reason: .healthy)
        #expect(await turn.act(on: decision, in: scene) != nil)
        #expect(await turn.memory[Self.key].knowsWhyLow)
    }

    /// A version of the canary's template is as bad as the canary.
    @Test func `takes a version's traffic back though the status cannot be stored`() async throws {
        let patched = Mutex<[Patch]>([])
        let route = Self.route("a", ["stable": 90, "canary": 0, "trial": 10])
        let trial: JSON = ["weight": 10, "serviceName": "trial", "podTemplateHash": "t"]
        let turn = Self.turn(
            Self.rollout(
                ["httpRoute": "a"], status: ["canary": ["weights": ["additional": [trial]]]]),
            [route],
            write: { write throws(ClusterError) in
                switch write.act {
                case .patchStatus: throw .conflict("somebody was faster")
                case .patch(let patch): patched.withLock { $0.append(patch) }
                case .create, .delete, .evict: break
                }
                return nil
            })
        let scene = try #require(await turn.look(at: Self.key))
        let back = Action.route(Split(canary: 0, of: 100))
        #expect(scene.snapshot.routedVersions == ["trial": 10])
        var decision = Decision(
            status: scene.snapshot.rollout.status, actions: [back], order: .together,
            reason: .healthy)
        decision.status.isAborted = true
        _ = await turn.act(on: decision, in: scene)
        let written = try #require(patched.withLock { $0 }.first)
        guard case .json(let operations) = written else {
            Issue.record("\(written)")
            return
        }
        #expect(operations.contains(["op": "remove", "path": "/spec/rules/0/backendRefs/2"]))
        // Whatever others change elsewhere in the route holds nothing up.
        #expect(!operations.contains { $0["path"] == "/metadata/resourceVersion" })
    }

    /// A process died when the status spoke of none any more, and before all routes followed.
    @Test func `finds what a version still has, though the status speaks of none`() async throws {
        let trial = Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Experiment",
            "metadata": [
                "name": "trial", "namespace": "default",
                "ownerReferences": [
                    [
                        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "shop",
                        "uid": "u", "controller": true,
                    ]
                ],
            ],
            "status": ["templateStatuses": [["name": "trial", "serviceName": "trial"]]],
        ])
        let service = Object([
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": "trial", "namespace": "default"],
        ])
        let turn = Self.turn(
            Self.rollout(["httpRoute": "a"]),
            [Self.route("a", ["stable": 60, "canary": 0, "trial": 40]), service],
            list: { resource, _ in resource == .experiments ? [trial] : [] })
        let scene = try #require(await turn.look(at: Self.key))
        #expect(scene.snapshot.routedVersions == ["trial": 40])
    }

    @Test func `goes on where the server has their kind no more`() async throws {
        let turn = Self.turn(
            Self.rollout(["httpRouteSelector": ["matchLabels": ["app": "shop"]]]), [],
            list: { resource, _ throws(ClusterError) in
                if resource == .httpRoutes { throw .notFound("404 page not found") }
                return []
            })
        let scene = try #require(await turn.look(at: Self.key))
        #expect(scene.observed.denied.values.sorted() == ["404 page not found"])
    }

    /// The pods of the revision that stable's subset leads to may be gone.
    @Test(arguments: [("h1", "h2", ["DestinationRule"]), ("h0", "h1", both)])
    func `leads nobody to a subset that does not stand for stable yet`(
        canary: String, stable: String, written: [String]
    ) async throws {
        let patched = Mutex<[String]>([])
        let turn = Self.turn(
            Self.subsets, [Self.virtualService, Self.rule(canary: canary)],
            write: { write throws(ClusterError) in
                patched.withLock { $0.append(write.reference.resource.kind) }
                if write.reference.name == "sides" { throw .refused("a webhook did not answer") }
                return nil
            })
        var scene = try #require(await turn.look(at: Self.key))
        #expect(scene.snapshot.canaryWeight == 100)
        (scene.observed.stableHash, scene.observed.currentHash) = (stable, "h2")
        scene.observed.available = ["h1": 1, "h2": 1]
        await #expect(throws: ClusterError.self) {
            try await turn.carryOut(.route(Split(canary: 50, of: 100)), scene)
        }
        #expect(patched.withLock { $0 } == written)
    }

    /// Holds: 8.2 VirtualService, 7.5 VirtualServiceNotFound.
    @Test func `refuses what names a VirtualService that is missing, and loses nothing`()
        async throws
    {
        let turn = Self.turn(Self.hosts(0), Self.services)
        let scene = try #require(await turn.look(at: Self.key))
        let decision = decide(scene.snapshot)
        #expect(
            decision.status.message == "InvalidSpec: The Rollout \"shop\" is invalid: "
                + "spec.strategy.canary.trafficRouting.istio.virtualService.name: Invalid value: "
                + "\"shop\": virtualservices.networking.istio.io \"shop\" not found")
        #expect(decision.actions == [])
        #expect(decision.status.weights == scene.snapshot.rollout.status.weights)
        #expect(decision.events.map(\.reason) == ["InvalidSpec", "VirtualServiceNotFound"])
        #expect(decision.events.last?.message == "VirtualService `shop` not found")
    }

    /// Others may take it away at any time: what can still be given back does not wait for it.
    @Test func `refuses nothing for it once the canary has traffic`() async throws {
        let turn = Self.turn(Self.hosts(50), Self.services)
        let scene = try #require(await turn.look(at: Self.key))
        #expect(scene.snapshot.refusal == nil && scene.snapshot.missing == [])
    }

    /// The status went ahead of a write that its router did not take.
    @Test func `refuses nothing while a route still has traffic for the canary`() async throws {
        let turn = Self.turn(Self.shared(at: 0), [Self.beside(60, canary: 30), Self.sides])
        let scene = try #require(await turn.look(at: Self.key))
        #expect(scene.snapshot.refusal == nil)
        #expect(scene.snapshot.canaryWeight == 30)
    }

    /// Others came to need more for a subset of their own: it counts for what is still to come.
    @Test(arguments: [(0, false, true), (1, false, false), (0, true, false)])
    func `refuses no release for steps that it does not take`(
        step: Int64, isFull: Bool, isRefused: Bool
    ) async throws {
        let turn = Self.turn(
            Self.shared(at: step, promoteFull: isFull), [Self.beside(60, canary: 0), Self.sides])
        let scene = try #require(await turn.look(at: Self.key))
        #expect((scene.snapshot.refusal != nil) == isRefused)
        if let refusal = scene.snapshot.refusal {
            #expect(refusal.contains("a weight of 50 leaves nothing for stable"))
        }
    }

    /// Who may not read it cannot say that it is not there.
    @Test func `refuses nothing for a VirtualService that it may not read`() async throws {
        let turn = Self.turn(Self.hosts(0), Self.services, mayNotRead: "VirtualService")
        let scene = try #require(await turn.look(at: Self.key))
        #expect(scene.snapshot.refusal == nil && scene.snapshot.missing == [])
    }

    /// Holds: 8.2 AppMesh, 7.5 VirtualRouterNotFound.
    @Test func `refuses what has no VirtualRouter behind its VirtualService`() async throws {
        let turn = Self.turn(Self.meshed, Self.services + [Self.meshService])
        let scene = try #require(await turn.look(at: Self.key))
        let decision = decide(scene.snapshot)
        #expect(
            decision.status.message.hasSuffix(
                "appMesh.virtualService.name: Invalid value: \"main\": "
                    + "virtualrouters.appmesh.k8s.aws \"main\" not found"))
        #expect(decision.events.map(\.reason) == ["InvalidSpec", "VirtualRouterNotFound"])
        #expect(decision.events.last?.message == "VirtualRouter `main` not found")
    }

    /// Holds: 7.5 VirtualNodeNotFound.
    @Test func `tells of a VirtualNode that is missing when a weight is to move`() async throws {
        let turn = Self.turn(
            Self.meshed, Self.services + [Self.meshService],
            list: { _, _ in [Self.meshRouter] })
        var scene = try #require(await turn.look(at: Self.key))
        #expect(scene.snapshot.refusal == nil)
        (scene.observed.stableHash, scene.observed.currentHash) = ("h1", "h2")
        let error = await #expect(throws: ClusterError.self) {
            try await turn.carryOut(.route(Split(canary: 50, of: 100)), scene)
        }
        #expect(
            error
                == .refusedAs(reason: "VirtualNodeNotFound", "VirtualNode `old` not found"))
    }

    private static var meshed: Object {
        var rollout = rollout([:])
        rollout["spec", "strategy", "canary", "trafficRouting"] = [
            "appMesh": [
                "virtualService": ["name": "shop"],
                "virtualNodeGroup": [
                    "canaryVirtualNodeRef": ["name": "new"],
                    "stableVirtualNodeRef": ["name": "old"],
                ],
            ]
        ]
        return rollout
    }

    private static let meshService = mesh(
        "VirtualService", "shop",
        ["provider": ["virtualRouter": ["virtualRouterRef": ["name": "main"]]]])

    private static let meshRouter = mesh(
        "VirtualRouter", "main",
        [
            "routes": [
                [
                    "name": "all",
                    "httpRoute": [
                        "action": [
                            "weightedTargets": [
                                ["virtualNodeRef": ["name": "old"], "weight": 100],
                                ["virtualNodeRef": ["name": "new"], "weight": 0],
                            ]
                        ]
                    ],
                ]
            ]
        ])

    private static func mesh(_ kind: String, _ name: String, _ spec: JSON) -> Object {
        var object = istio(kind, name, spec)
        object["apiVersion"] = "appmesh.k8s.aws/v1beta2"
        return object
    }

    /// In the middle of a release.
    private static func hosts(_ weight: Int64) -> Object {
        let canary: JSON = [
            "weight": .int(weight), "serviceName": "canary", "podTemplateHash": "h2",
        ]
        let stable: JSON = [
            "weight": .int(100 - weight), "serviceName": "stable", "podTemplateHash": "h1",
        ]
        var rollout = rollout(
            [:],
            status: [
                "stableRS": "h1", "currentPodHash": "h2", "currentStepIndex": 0,
                "canary": ["weights": ["canary": canary, "stable": stable]],
            ])
        rollout["spec", "strategy", "canary", "trafficRouting"] = [
            "istio": ["virtualService": ["name": "shop"]]
        ]
        return rollout
    }

    private static let services = ["stable", "canary"].map { name in
        Object([
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": .string(name), "namespace": "default"],
            "spec": ["selector": ["app": "shop"]],
        ])
    }

    private static var subsets: Object {
        var rollout = rollout([:])
        rollout["spec", "strategy", "canary", "trafficRouting"] = [
            "istio": [
                "virtualService": ["name": "shop"],
                "destinationRule": [
                    "name": "sides", "stableSubsetName": "old", "canarySubsetName": "new",
                ],
            ]
        ]
        return rollout
    }

    /// In the middle of a release, beside a subset that the document names, too.
    private static func shared(at step: Int64, promoteFull: Bool = false) -> Object {
        var rollout = hosts(0)
        var routing = subsets["spec", "strategy", "canary", "trafficRouting", "istio"] ?? [:]
        routing["destinationRule"]?["additionalSubsetNames"] = ["shared"]
        rollout["spec", "strategy", "canary"] = [
            "trafficRouting": ["istio": routing], "steps": [["setWeight": 50]],
        ]
        rollout["status", "currentStepIndex"] = .int(step)
        if promoteFull { rollout["status", "promoteFull"] = true }
        return rollout
    }

    private static func beside(_ shared: Int64, canary: Int64) -> Object {
        func part(_ subset: JSON, _ weight: Int64) -> JSON {
            ["destination": ["host": "shop", "subset": subset], "weight": .int(weight)]
        }
        let parts = [
            part("old", 100 - shared - canary), part("new", canary), part("shared", shared),
        ]
        return istio("VirtualService", "shop", ["http": [["route": .array(parts)]]])
    }

    private static let sides = istio(
        "DestinationRule", "sides",
        ["subsets": [["name": "old"], ["name": "new"], ["name": "shared"]]])

    private static let virtualService = istio(
        "VirtualService", "shop",
        [
            "http": [
                [
                    "route": [
                        ["destination": ["host": "shop", "subset": "old"], "weight": 0],
                        ["destination": ["host": "shop", "subset": "new"], "weight": 100],
                    ]
                ]
            ]
        ])

    /// Stable's subset leads to the first revision.
    private static func rule(canary: String) -> Object {
        func subset(_ name: JSON, _ hash: String) -> JSON {
            ["name": name, "labels": ["rollouts-pod-template-hash": .string(hash)]]
        }
        return istio(
            "DestinationRule", "sides", ["subsets": [subset("old", "h1"), subset("new", canary)]])
    }

    private static func istio(_ kind: String, _ name: String, _ spec: JSON) -> Object {
        Object([
            "apiVersion": "networking.istio.io/v1", "kind": .string(kind),
            "metadata": ["name": .string(name), "namespace": "default", "resourceVersion": "5"],
            "spec": spec,
        ])
    }

    private static let key = RolloutKey(namespace: "default", name: "shop")

    private static func turn(
        _ rollout: Object, _ routes: [Object],
        list: @escaping @Sendable (Resource, String) async throws(ClusterError) -> [Object] = {
            _, _ in []
        },
        fresh: (@Sendable (Reference) async throws(ClusterError) -> Object?)? = nil,
        mayNotRead: String = "",
        announce: @escaping @Sendable (Object, Rollouts.Event) async -> Void = { _, _ in },
        write: @escaping @Sendable (Write) async throws(ClusterError) -> Object? = { _ in nil }
    ) -> RolloutTurn {
        let objects = routes + [rollout]
        return RolloutTurn(
            cluster: Cluster(
                get: { reference throws(ClusterError) in
                    if reference.resource.kind == mayNotRead { throw .refused("forbidden") }
                    return objects.first {
                        $0.kind == reference.resource.kind && $0.name == reference.name
                    }
                }, list: list, fresh: fresh, write: write),
            memory: Recollection(),
            journal: Journal(
                announce: announce, decided: { _, _ in }, stumbled: { _, _, _ in }),
            now: { Timestamp(milliseconds: 1_767_225_600_000) })
    }

    private static func route(_ name: String, _ weights: KeyValuePairs<String, Int>) -> Object {
        let backends = weights.map { name, weight -> JSON in
            ["name": .string(name), "weight": .int(Int64(weight))]
        }
        return Object([
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": ["name": .string(name), "namespace": "default", "resourceVersion": "5"],
            "spec": ["rules": [["backendRefs": .array(backends)]]],
        ])
    }

    private static func rollout(_ gateway: JSON, status: JSON = [:]) -> Object {
        Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": "shop", "namespace": "default", "uid": "u"],
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["app": "shop"]],
                "template": [
                    "metadata": ["labels": ["app": "shop"]],
                    "spec": ["containers": [["name": "shop", "image": "shop:v1"]]],
                ],
                "strategy": [
                    "canary": [
                        "stableService": "stable", "canaryService": "canary",
                        "trafficRouting": ["plugins": ["argoproj-labs/gatewayAPI": gateway]],
                        "steps": [["setWeight": 50]],
                    ]
                ],
            ],
            "status": status,
        ])
    }
}
