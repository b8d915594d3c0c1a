import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private func mapping(_ name: String, _ more: JSON = [:]) -> Object {
    let spec: JSON = ["prefix": "/", "hostname": "*", "service": "http://model-stable.prod:8080"]
    return Object([
        "kind": "Mapping", "metadata": ["name": .string(name), "namespace": "prod"],
        "spec": spec.merged(with: more),
    ])
}

private func router(_ mappings: JSON = ["model"]) throws -> Router {
    let kind = try #require(RouterKind.named("ambassador", isPlugin: false))
    let result = parsed(kind, ["mappings": mappings])
    #expect(result.findings == [])
    return try #require(result.router)
}

struct `The Ambassador router` {
    /// Holds: 1.6 ambassador, 6.7 ambassador.
    @Test func `makes a Mapping beside the base one, and takes it away at 0`() throws {
        let router = try router()
        var stage = Stage([mapping("model")])
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 100)))
        for weight in [10, 50, 100] {
            try stage.move(router, to: weight)
            #expect(router.read(stage.seen) == .split(Split(canary: weight, of: 100)))
            #expect(try router.plan(Split(canary: weight, of: 100), stage.seen).isEmpty)
            let canary = stage["Mapping", "model-canary"]
            #expect(
                canary?.spec
                    == mapping(
                        "x",
                        [
                            "service": "http://model-canary.prod:8080",
                            "weight": .int(Int64(weight)),
                        ]
                    ).spec)
            #expect(canary?.controllerOwner == Stage.owner)
        }
        try stage.move(router, to: 0)
        #expect(stage["Mapping", "model-canary"] == nil)
        #expect(stage["Mapping", "model"] == mapping("model"))
    }

    /// Holds: 7.5 CanaryMappingCreated, 7.5 CanaryMappingUpdated, 7.5 CanaryMappingDeleted.
    @Test func `tells what becomes of its Mapping`() throws {
        let router = try router()
        var stage = Stage([mapping("model")])
        var told: [String?] = []
        for weight in [10, 50, 0] {
            let changes = try router.plan(Split(canary: weight, of: 100), stage.seen)
            told += changes.map { $0.event?.reason }
            try stage.apply(changes)
        }
        #expect(told == ["CanaryMappingCreated", "CanaryMappingUpdated", "CanaryMappingDeleted"])
    }

    @Test func `follows the base Mapping, and writes over what others did to the canary`() throws {
        let router = try router()
        var stage = Stage([mapping("model")])
        try stage.move(router, to: 20)
        stage["Mapping", "model"] = mapping("model", ["timeout_ms": 3000])
        #expect(router.read(stage.seen) == .split(Split(canary: 20, of: 101)))
        try stage.move(router, to: 20)
        #expect(stage["Mapping", "model-canary"]?.spec?["timeout_ms"] == 3000)
        stage["Mapping", "model-canary"]?["spec", "weight"] = "many"
        #expect(router.read(stage.seen) == .split(Split(canary: 100, of: 101)))
        try stage.move(router, to: 20)
        #expect(router.read(stage.seen) == .split(Split(canary: 20, of: 100)))
    }

    /// Holds: 8.2 Mapping.
    @Test func `says what is wrong with a Mapping`() throws {
        let router = try router()
        #expect(fault(router, 0, Stage([]))?.contains("`model` not found") == true)
        let weighted = Stage([mapping("model", ["weight": 10])])
        #expect(
            fault(router, 10, weighted)?
                .hasPrefix("Ambassador mapping \"model\" can not define weight") == true)
        let faults = router.faults?(weighted.seen).map(\.message) ?? []
        #expect(faults == ["Ambassador mapping \"model\" can not define weight"])
        #expect(router.faults?(Stage([]).seen).first?.missing != nil)
        for service: JSON in ["another:80", "model-stable.other:80"] {
            let other = Stage([mapping("model", ["service": service])])
            #expect(
                fault(router, 10, other)?.contains("does not lead to service model-stable") == true)
        }
    }

    @Test func `takes over what Argo Rollouts left, and nothing of somebody else`() throws {
        let router = try router()
        let left = mapping("model-canary", ["service": "model-canary:8080", "weight": 40])
        var stage = Stage([mapping("model"), left])
        #expect(router.read(stage.seen) == .split(Split(canary: 40, of: 101)))
        try stage.move(router, to: 0)
        #expect(stage["Mapping", "model-canary"] == nil)
        stage["Mapping", "model-canary"] = mapping("model-canary")
        #expect(fault(router, 0, stage)?.contains("is controlled by somebody else") == true)
        guard case .unreadable = router.read(stage.seen) else {
            Issue.record("it is read as if it were its own")
            return
        }
    }

    @Test func `gives back what it can where a base Mapping is missing`() throws {
        let router = try router(["model", "other"])
        var stage = Stage([mapping("model"), mapping("other")])
        try stage.move(router, to: 30)
        stage["Mapping", "other"] = nil
        #expect(fault(router, 40, stage)?.contains("`other` not found") == true)
        try stage.move(router, to: 0)
        #expect(stage["Mapping", "other-canary"] == nil && stage["Mapping", "model-canary"] == nil)
    }

    @Test func `leaves Mappings that are named no more`() throws {
        let router = try router()
        let former = try #require(FormerRouter(router, narrowed: router, besides: []))
        var stage = Stage([mapping("model")])
        try stage.move(router, to: 30)
        for weight in [40, 20, 0] {
            let last = try #require(former.router(in: stage.seen, of: 100))
            try stage.apply(last.plan(Split(canary: weight, of: 100), stage.seen))
            let present = stage["Mapping", "model-canary"]?.spec?["weight"]?.int
            #expect(present == (weight == 0 ? nil : min(weight, 30)))
        }
        #expect(former.isSpent(stage.seen))
    }

    @Test func `cuts names to what the server takes`() throws {
        let name = String(repeating: "m", count: 253)
        let references = try router([.string(name)]).reads
        #expect(references.map(\.name) == [name, String(name.prefix(246)) + "-canary"])
    }

    @Test(arguments: [[:], ["mappings": []], ["mappings": ["a", "a"]]] as [JSON])
    func `needs each Mapping once`(configuration: JSON) throws {
        let kind = try #require(RouterKind.named("ambassador", isPlugin: false))
        let result = parsed(kind, configuration)
        #expect(result.router == nil)
        #expect(!result.findings.isEmpty)
    }
}
