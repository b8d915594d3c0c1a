import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private func object(_ kind: String, _ name: String, _ spec: JSON) -> Object {
    Object([
        "kind": .string(kind), "metadata": ["name": .string(name), "namespace": "prod"],
        "spec": spec,
    ])
}

private func traefikService(_ name: String) -> Object {
    object(
        "TraefikService", name,
        [
            "weighted": [
                "sticky": ["cookie": [:]],
                "services": [
                    ["name": "model-stable", "port": 80, "weight": 100],
                    ["name": "model-canary", "port": 80, "weight": 0],
                    ["name": "model-canary", "kind": "TraefikService", "weight": 4],
                ],
            ]
        ])
}

private func apisixRoute(_ name: String) -> Object {
    let backends: JSON = [
        ["serviceName": "model-canary", "servicePort": 80, "weight": 0],
        ["serviceName": "model-stable", "servicePort": 80, "weight": 100],
    ]
    return object(
        "ApisixRoute", name,
        [
            "http": [
                ["name": "main", "match": ["paths": ["/*"]], "backends": backends],
                [
                    "name": "docs",
                    "backends": [["serviceName": "documentation", "servicePort": 80]],
                ],
            ]
        ])
}

extension WeightedCase {
    static let traefik = WeightedCase(
        kind: RouterKind.named("traefik", isPlugin: false) ?? RouterKind.all[0],
        configuration: ["weightedTraefikServiceName": "model"], objects: [traefikService("model")])
    static let apisix = WeightedCase(
        kind: RouterKind.named("apisix", isPlugin: false) ?? RouterKind.all[0],
        configuration: ["route": ["name": "model", "rules": ["main"]]],
        objects: [apisixRoute("model")])
}

private func router(_ key: String, _ configuration: JSON) throws -> Router {
    let kind = try #require(RouterKind.named(key, isPlugin: false))
    let result = parsed(kind, configuration)
    #expect(result.findings == [])
    return try #require(result.router)
}

struct `Weights of the small routers` {
    /// Holds: 6.7 traefik, 1.6 traefik.
    @Test func `are those of the two Services in a TraefikService, and of nothing else`() throws {
        var stage = Stage([traefikService("model")])
        try stage.move(router("traefik", ["weightedTraefikServiceName": "model"]), to: 30)
        let services = stage["TraefikService", "model"]?.spec?["weighted"]?["services"]
        #expect(services?.array?.map { $0["weight"] } == [70, 30, 4])
    }

    /// Holds: 6.7 apisix, 1.6 apisix.
    @Test func `are those of the two backends in an ApisixRoute`() throws {
        var stage = Stage([apisixRoute("model")])
        try stage.move(router("apisix", ["route": ["name": "model", "rules": ["main"]]]), to: 30)
        let rules = stage["ApisixRoute", "model"]?.spec?["http"]?.array
        #expect(rules?[0]["backends"]?.array?.map { $0["weight"] } == [30, 70])
        #expect(rules?[1]["backends"]?.array?.map { $0["weight"] } == [nil])
    }
}

struct `The SMI router` {
    /// Holds: 1.6 smi, 6.7 smi.
    /// Holds: 7.5 TrafficSplitCreated.
    @Test func `makes a TrafficSplit of its own and divides by it`() throws {
        let router = try router("smi", [:])
        var stage = Stage([])
        #expect(router.read(stage.seen) == .unset)
        let first = try router.plan(Split(canary: 10, of: 100), stage.seen)
        #expect(first.map { $0.event?.reason } == ["TrafficSplitCreated"])
        try stage.apply(first)
        #expect(
            stage["TrafficSplit", "model"]?.spec == [
                "service": "model-stable",
                "backends": [
                    ["service": "model-canary", "weight": 10],
                    ["service": "model-stable", "weight": 90],
                ],
            ])
        #expect(stage["TrafficSplit", "model"]?.controllerOwner == Stage.owner)
        for weight in [30, 100, 0] {
            try stage.move(router, to: weight)
            #expect(router.read(stage.seen) == .split(Split(canary: weight, of: 100)))
            #expect(try router.plan(Split(canary: weight, of: 100), stage.seen).isEmpty)
        }
    }

    @Test func `leaves those of others alone, and takes the names that it is given`() throws {
        let router = try router("smi", ["rootService": "root", "trafficSplitName": "split"])
        var stage = Stage([object("TrafficSplit", "split", [:])])
        #expect(fault(router, 0, stage)?.contains("is controlled by somebody else") == true)
        stage["TrafficSplit", "split"] = nil
        try stage.move(router, to: 0)
        #expect(stage["TrafficSplit", "split"]?.spec?["service"] == "root")
        stage["TrafficSplit", "split"] = nil
        stage.seen.denied[Stage.reference("TrafficSplit", "split")] = "forbidden"
        #expect(fault(router, 0, stage)?.contains("forbidden") == true)
        #expect(router.read(stage.seen) == .unreadable("forbidden"))
    }
}

struct `The APISIX router` {
    @Test func `says which rule is missing`() throws {
        let router = try router("apisix", ["route": ["name": "model", "rules": ["lost"]]])
        #expect(
            fault(router, 10, Stage([apisixRoute("model")]))
                == "ApisixRoute `model` has no http rule lost; correct rules")
    }
}

struct `The configuration of a small router` {
    @Test(
        arguments: [
            ("traefik", [:], "is missing"), ("traefik", ["weightedTraefikService": "a"], "unknown"),
            ("apisix", ["route": [:]], "is missing"), ("smi", ["trafficSplitName": 3], "a string"),
        ] as [(String, JSON, String)])
    func `is refused with a reason`(key: String, configuration: JSON, reason: String) throws {
        let kind = try #require(RouterKind.named(key, isPlugin: false))
        let result = parsed(kind, configuration)
        #expect(result.findings.contains { $0.contains(reason) }, "\(result.findings)")
        #expect(result.router == nil)
        #expect(parsed(kind, configuration, services: false).router == nil)
    }
}
