import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private func router(
    _ kind: RouterKind, _ configuration: JSON, maximumWeight: Int? = nil,
    managedRoutes: [String] = []
) throws -> Router {
    let result = parsed(
        kind, configuration, maximumWeight: maximumWeight, managedRoutes: managedRoutes)
    #expect(result.findings == [])
    return try #require(result.router)
}

extension Stage {
    /// What a former router says, and does on the way to `canary`.
    fileprivate func left(_ former: FormerRouter, of total: Int) -> Reading? {
        former.router(in: seen, of: total)?.read(seen)
    }

    fileprivate mutating func lower(_ former: FormerRouter, to canary: Int, of total: Int) throws {
        guard let router = former.router(in: seen, of: total) else { return }
        try apply(router.plan(Split(canary: canary, of: total), seen))
    }
}

struct `A router that the document names no more` {
    @Test(arguments: WeightedCase.all)
    func `follows the canary down, never up, and is spent at 0`(_ wanted: WeightedCase) throws {
        let router = try router(
            wanted.kind, wanted.configuration, maximumWeight: wanted.maximumWeight)
        let former = try #require(FormerRouter(router, narrowed: router, besides: []))
        var stage = Stage(wanted.objects)
        try stage.move(router, to: 0, of: wanted.total)
        #expect(former.isSpent(stage.seen))
        #expect(stage.left(former, of: wanted.total) == nil)
        try stage.move(router, to: 60, of: wanted.total)
        let before = stage.seen.objects
        try stage.lower(former, to: 80, of: wanted.total)
        #expect(stage.seen.objects == before)
        try stage.lower(former, to: 20, of: wanted.total)
        let left = stage.left(former, of: wanted.total)
        #expect(left == .former(Split(canary: 20, of: wanted.total)))
        #expect(!former.isSpent(stage.seen))
        try stage.lower(former, to: 0, of: wanted.total)
        #expect(former.isSpent(stage.seen))
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: wanted.total)))
    }

    @Test(arguments: WeightedCase.all)
    func `leaves what another one writes now alone`(_ wanted: WeightedCase) throws {
        guard let second = wanted.second else { return }
        let both = try router(wanted.kind, wanted.both, maximumWeight: wanted.maximumWeight)
        let one = try router(
            wanted.kind, wanted.configuration, maximumWeight: wanted.maximumWeight)
        let former = try #require(FormerRouter(both, narrowed: both, besides: [one]))
        var stage = Stage(wanted.objects + [second])
        try stage.move(both, to: 60, of: wanted.total)
        try stage.lower(former, to: 0, of: wanted.total)
        #expect(former.isSpent(stage.seen))
        #expect(one.read(stage.seen) == .split(Split(canary: 60, of: wanted.total)))
        #expect(both.read(stage.seen) != .split(Split(canary: 60, of: wanted.total)))
    }

    @Test(arguments: WeightedCase.all)
    func `is neither counted nor forgotten where it cannot be read`(_ wanted: WeightedCase) throws {
        let router = try router(
            wanted.kind, wanted.configuration, maximumWeight: wanted.maximumWeight)
        let former = try #require(FormerRouter(router, narrowed: router, besides: []))
        var stage = Stage([])
        #expect(former.isSpent(stage.seen))
        for object in wanted.objects {
            stage.seen.denied[Stage.reference(of: object)] = "forbidden"
        }
        #expect(!former.isSpent(stage.seen))
        #expect(stage.left(former, of: wanted.total) == nil)
    }

    @Test func `counts in parts of what is all traffic now, and says why it writes`() throws {
        let router = try router(gateway, ["httpRoute": "old"], maximumWeight: 1000)
        let former = try #require(FormerRouter(router, narrowed: router, besides: []))
        var stage = Stage([httpRoute("old")])
        try stage.move(router, to: 305, of: 1000)
        #expect(stage.left(former, of: 100) == .former(Split(canary: 31, of: 100)))
        let last = try #require(former.router(in: stage.seen, of: 100))
        let changes = try last.plan(Split(canary: 30, of: 100), stage.seen)
        #expect(
            changes.map(\.event) == [
                Event(
                    "PatchingHTTPRoute",
                    "Updating HTTPRoute `old` to desiredWeight '300': the rollout names it no more")
            ])
    }

    @Test func `takes its header routes along, but none that the document has, too`() throws {
        let configuration: JSON = [
            "httpRoutes": [
                ["name": "old", "useHeaderRoutes": true], ["name": "new", "useHeaderRoutes": true],
            ]
        ]
        let before = try router(gateway, configuration, managedRoutes: ["a", "b"])
        let narrowed = try router(gateway, configuration, managedRoutes: ["a"])
        let present = try router(gateway, ["httpRoute": "new"], managedRoutes: ["b", "c"])
        let former = try #require(FormerRouter(before, narrowed: narrowed, besides: [present]))
        var stage = Stage([httpRoute("old"), httpRoute("new")])
        let routes = ["a", "b"].map {
            ManagedRoute(name: $0, purpose: .header([HeaderMatch(name: "X", value: .exact("1"))]))
        }
        let making = try #require(before.routes)
        try stage.apply(making(routes, stage.seen))
        #expect(!former.isSpent(stage.seen))
        let last = try #require(former.router(in: stage.seen, of: 100))
        #expect(last.readRoutes(stage.seen, ofTheStep: routes) == .others)
        let leaving = try #require(last.routes)
        try stage.apply(leaving(routes, stage.seen))
        #expect(names(stage, "old") == [nil])
        #expect(names(stage, "new") == [nil, "b"])
        try stage.lower(former, to: 0, of: 100)
        #expect(former.isSpent(stage.seen))
    }

    private func names(_ stage: Stage, _ route: String) -> [String?] {
        (stage["HTTPRoute", route]?.spec?["rules"]?.array ?? []).map { $0["name"]?.string }
    }

    @Test func `leaves another annotation, another route or another model of one object`() throws {
        var ingress = Object([
            "kind": "Ingress", "metadata": ["name": "model", "namespace": "prod"],
            "spec": [
                "rules": [
                    ["http": ["paths": [["backend": ["service": ["name": "root"]]]]]]
                ]
            ],
        ])
        ingress["metadata", "annotations"] = [:]
        let alb = try #require(RouterKind.named("alb", isPlugin: false))
        let configuration: JSON = ["ingress": "model", "servicePort": 80, "rootService": "root"]
        var renamed = configuration
        renamed["rootService"] = "another"
        let before = try router(alb, configuration)
        let present = try router(alb, renamed)
        let former = try #require(FormerRouter(before, narrowed: before, besides: [present]))
        var stage = Stage([ingress])
        try stage.move(before, to: 30)
        #expect(stage.left(former, of: 100) == .former(Split(canary: 30, of: 100)))
        try stage.lower(former, to: 0, of: 100)
        #expect(before.read(stage.seen) == .split(Split(canary: 0, of: 100)))
        let same = try #require(FormerRouter(before, narrowed: before, besides: [before]))
        try stage.move(before, to: 30)
        #expect(same.isSpent(stage.seen))
    }

    @Test func `touches no TrafficSplit of somebody else`() throws {
        let smi = try #require(RouterKind.named("smi", isPlugin: false))
        let router = try router(smi, [:])
        let former = try #require(FormerRouter(router, narrowed: router, besides: []))
        var stage = Stage([])
        try stage.move(router, to: 30)
        var others = stage
        others["TrafficSplit", "model"]?["metadata", "ownerReferences"] = .null
        #expect(former.isSpent(others.seen))
        try stage.lower(former, to: 0, of: 100)
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 100)))
    }

    private let gateway =
        RouterKind.named("argoproj-labs/gatewayAPI", isPlugin: true) ?? RouterKind.all[0]

    private func httpRoute(_ name: String) -> Object {
        Object([
            "kind": "HTTPRoute", "metadata": ["name": .string(name), "namespace": "prod"],
            "spec": [
                "rules": [
                    ["backendRefs": [["name": "model-stable"], ["name": "model-canary"]]]
                ]
            ],
        ])
    }
}
