import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private func object(_ kind: String, _ name: String, _ spec: JSON) -> Object {
    Object([
        "apiVersion": "appmesh.k8s.aws/v1beta2", "kind": .string(kind),
        "metadata": ["name": .string(name), "namespace": "prod"], "spec": spec,
    ])
}

private func targets(_ weights: KeyValuePairs<String, Int>) -> JSON {
    let targets = weights.map { name, weight -> JSON in
        ["virtualNodeRef": ["name": .string(name)], "weight": .int(Int64(weight)), "port": 80]
    }
    return ["weightedTargets": .array(targets)]
}

private let virtualService = object(
    "VirtualService", "model",
    ["provider": ["virtualRouter": ["virtualRouterRef": ["name": "model-router"]]]])

private let virtualRouter = object(
    "VirtualRouter", "model-router",
    [
        "listeners": [["portMapping": ["port": 80, "protocol": "http"]]],
        "routes": [
            [
                "name": "main", "priority": 1,
                "httpRoute": [
                    "match": ["prefix": "/"], "action": targets(["old": 100, "new": 0]),
                    "retryPolicy": ["maxRetries": 2],
                ],
            ],
            ["name": "calls", "grpcRoute": ["action": targets(["new": 0, "old": 100])]],
            ["name": "docs", "httpRoute": ["action": targets(["documentation": 1])]],
        ],
    ])

private func node(_ name: String, _ hash: String?) -> Object {
    var labels: JSON = ["app": "model"]
    labels["rollouts-pod-template-hash"] = hash.map { .string($0) }
    return object(
        "VirtualNode", name, ["podSelector": ["matchLabels": labels], "listeners": []])
}

extension WeightedCase {
    static let appMesh = WeightedCase(
        kind: RouterKind.named("appMesh", isPlugin: false) ?? RouterKind.all[0],
        configuration: configuration(["main", "calls"]),
        objects: [virtualService, virtualRouter, node("old", "h1"), node("new", "h2")])

    private static func configuration(_ routes: [JSON]) -> JSON {
        [
            "virtualService": ["name": "model", "routes": .array(routes)],
            "virtualNodeGroup": [
                "stableVirtualNodeRef": ["name": "old"], "canaryVirtualNodeRef": ["name": "new"],
            ],
        ]
    }
}

struct `The App Mesh router` {
    private func router() throws -> Router {
        let wanted = WeightedCase.appMesh
        let result = parsed(wanted.kind, wanted.configuration)
        #expect(result.findings == [])
        return try #require(result.router)
    }

    private func stage(_ changed: [Object] = []) -> Stage {
        var stage = Stage(WeightedCase.appMesh.objects)
        for object in changed { stage[object] = object }
        return stage
    }

    /// Holds: 6.7 appMesh.
    @Test func `writes both weights of each route that is meant, and tests the names`() throws {
        func path(_ route: String, _ target: Int) -> String {
            "/spec/routes/\(route)/action/weightedTargets/\(target)"
        }
        func test(_ place: String, _ name: String) -> JSON {
            [
                "op": "test", "path": .string("\(place)/virtualNodeRef/name"),
                "value": .string(name),
            ]
        }
        func add(_ place: String, _ weight: Int64) -> JSON {
            ["op": "add", "path": .string("\(place)/weight"), "value": .int(weight)]
        }
        let main = "0/httpRoute", calls = "1/grpcRoute"
        #expect(
            try router().plan(Split(canary: 30, of: 100), stage().seen) == [
                Change(
                    Stage.reference(of: virtualRouter),
                    .patch(
                        .json([
                            test(path(main, 1), "new"), test(path(main, 0), "old"),
                            test(path(calls, 0), "new"), test(path(calls, 1), "old"),
                            add(path(main, 1), 30), add(path(main, 0), 70),
                            add(path(calls, 0), 30), add(path(calls, 1), 70),
                        ])),
                    event: Event(
                        "PatchingVirtualRouter",
                        "Updating VirtualRouter `model-router` to desiredWeight '30'"))
            ])
    }

    @Test func `leads stable's node to its pods once they are there, at first to all of them`()
        throws
    {
        let router = try router()
        var stage = stage([node("old", nil)])
        stage.seen.size = 2
        for (pods, hash) in [(0, nil), (1, nil), (2, "h1")] as [(Int, String?)] {
            stage.seen.available = ["h1": pods]
            try stage.move(router, to: 0)
            let labels = stage["VirtualNode", "old"]?.spec?["podSelector"]?["matchLabels"]
            #expect(labels?["rollouts-pod-template-hash"]?.string == hash)
            #expect(labels?["app"] == "model")
        }
    }

    /// What is sent there must not come to other pods.
    @Test func `moves the canary's node only while it has no traffic`() throws {
        let router = try router()
        var stage = stage()
        try stage.move(router, to: 40)
        #expect(router.selects(stage.seen) == ["h1", "h2"])
        stage.seen.currentHash = "h3"
        let back = try router.plan(Split(canary: 0, of: 100), stage.seen)
        #expect(back.map(\.reference) == [Stage.reference(of: virtualRouter)])
        try stage.apply(back)
        #expect(router.selects(stage.seen) == ["h1"])
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 101)))
        try stage.move(router, to: 0)
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 100)))
        try stage.move(router, to: 10)
        #expect(router.selects(stage.seen) == ["h1", "h3"])
    }

    @Test(arguments: [50, 10]) func `keeps the canary's node where its traffic is carried`(
        weight: Int
    ) throws {
        let router = try router()
        var stage = stage()
        stage.seen.size = 10
        stage.seen.available = ["h1": 9, "h2": 5]
        try stage.move(router, to: 50)
        stage.seen.currentHash = "h3"
        try stage.move(router, to: weight)
        #expect(router.selects(stage.seen) == ["h1", "h2"])
        #expect(router.read(stage.seen) == .split(Split(canary: weight, of: 100)))
        stage.seen.available["h3"] = 5
        try stage.move(router, to: weight)
        #expect(router.selects(stage.seen) == ["h1", "h3"])
    }

    /// What replaces it may delete it first.
    @Test func `counts what goes on behind a VirtualService that is away`() throws {
        let router = try router()
        let former = try #require(FormerRouter(router, narrowed: router, besides: []))
        var stage = stage()
        try stage.move(router, to: 50)
        stage[virtualService] = nil
        #expect(router.read(stage.seen) == .split(Split(canary: 50, of: 101)))
        #expect(router.selects(stage.seen) == ["h1", "h2"])
        #expect(!former.isSpent(stage.seen))
        #expect(former.router(in: stage.seen, of: 100) == nil)
        stage[virtualService] = virtualService
        try stage.move(router, to: 0)
        stage[virtualService] = nil
        #expect(router.read(stage.seen) == .unset)
        #expect(former.isSpent(stage.seen))
    }

    /// Promoted: without its node, stable's weight would lead to pods that go.
    @Test func `needs only stable's node for what it gives back`() throws {
        let router = try router()
        var stage = stage()
        try stage.move(router, to: 100)
        stage.seen.stableHash = "h2"
        stage.seen.available = ["h2": 1]
        let back = try router.plan(Split(canary: 0, of: 100), stage.seen)
        #expect(back.map(\.isPrerequisite) == [true, false])
        stage = self.stage()
        stage.seen.currentHash = "h3"
        let up = try router.plan(Split(canary: 10, of: 100), stage.seen)
        #expect(up.map(\.isPrerequisite) == [false, false])
    }

    @Test func `gives back without its nodes`() throws {
        let router = try router()
        var stage = stage()
        try stage.move(router, to: 40)
        stage["VirtualNode", "new"] = nil
        stage.seen.currentHash = "h3"
        #expect(fault(router, 50, stage)?.contains("VirtualNode `new` not found") == true)
        try stage.move(router, to: 0)
        let routes = stage[virtualRouter]?.spec?["routes"]
        let weights = routes?[0]?["httpRoute"]?["action"]?["weightedTargets"]?.array ?? []
        #expect(weights.compactMap { $0["weight"]?.int } == [100, 0])
    }

    @Test func `says what is wrong with what stands behind the VirtualService`() throws {
        let router = try router()
        let direct = object(
            "VirtualService", "model",
            ["provider": ["virtualNode": ["virtualNodeRef": ["name": "old"]]]])
        #expect(fault(router, 0, stage([direct]))?.contains("has no VirtualRouter") == true)
        let far = object(
            "VirtualService", "model",
            [
                "provider": [
                    "virtualRouter": ["virtualRouterRef": ["name": "a", "namespace": "other"]]
                ]
            ])
        #expect(fault(router, 0, stage([far]))?.contains("of its namespace") == true)
        var missing = stage()
        missing[virtualRouter] = nil
        #expect(
            fault(router, 10, missing)?.hasPrefix("VirtualRouter `model-router` not found") == true)
        #expect(router.read(missing.seen) == .unset)
        var three = virtualRouter
        three["spec", "routes"] = [
            ["name": "main", "httpRoute": ["action": targets(["old": 1, "new": 0, "more": 1])]],
            ["name": "calls", "tcpRoute": ["action": targets(["old": 1, "new": 0])]],
        ]
        #expect(fault(router, 10, stage([three]))?.contains("and to nothing else") == true)
    }

    private static let wrong: [JSON] = [
        [:], ["virtualService": ["name": "model"]],
        [
            "virtualService": ["name": "model"],
            "virtualNodeGroup": [
                "stableVirtualNodeRef": ["name": "a"], "canaryVirtualNodeRef": ["name": "a"],
            ],
        ],
    ]

    @Test(arguments: wrong)
    func `needs a VirtualService and two VirtualNodes`(configuration: JSON) throws {
        let kind = try #require(RouterKind.named("appMesh", isPlugin: false))
        let result = parsed(kind, configuration)
        #expect(result.router == nil && !result.findings.isEmpty)
    }
}
