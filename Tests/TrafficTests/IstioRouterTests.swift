import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private func destination(_ host: String, _ weight: Int64, subset: String? = nil) -> JSON {
    var destination: JSON = ["host": .string(host), "port": ["number": 80]]
    destination["subset"] = subset.map { .string($0) }
    return ["destination": destination, "weight": .int(weight)]
}

/// Two routes of the rollout, and one that is none of ours.
private func virtualService(_ name: String = "model") -> Object {
    Object([
        "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
        "metadata": ["name": .string(name), "namespace": "prod"],
        "spec": [
            "hosts": ["model.example"], "gateways": ["public"],
            "http": [
                [
                    "name": "primary", "match": [["uri": ["prefix": "/v1"]]], "timeout": "5s",
                    "route": [
                        destination("model-stable", 100),
                        destination("model-canary.prod.svc.cluster.local", 0),
                    ],
                ],
                ["name": "other", "route": [destination("documentation", 0)]],
                [
                    "name": "secondary",
                    "route": [
                        destination("shadow", 7), destination("model-canary", 0),
                        destination("model-stable.prod", 100),
                    ],
                ],
            ],
        ],
    ])
}

private func simple(_ family: String, _ name: String = "model", subsets: Bool = false) -> Object {
    var object = virtualService(name)
    let route: JSON = [
        "route": subsets
            ? [destination("model", 100, subset: "s"), destination("model", 0, subset: "c")]
            : [destination("model-stable", 100), destination("model-canary", 0)]
    ]
    object["spec"] = .object(JSONObject([(family, [route])]))
    return object
}

extension WeightedCase {
    static let istio = WeightedCase(
        kind: RouterKind.named("istio", isPlugin: false) ?? RouterKind.all[0],
        configuration: ["virtualService": ["name": "model", "routes": ["primary", "secondary"]]],
        objects: [virtualService()], second: simple("tcp", "more"),
        both: [
            "virtualServices": [
                ["name": "model.prod", "routes": ["primary", "secondary"]], ["name": "more"],
            ]
        ])
}

private func router(
    _ configuration: JSON, services: Bool = true, managing names: [String] = []
) throws -> Router {
    let kind = try #require(RouterKind.named("istio", isPlugin: false))
    let result = parsed(kind, configuration, services: services, managedRoutes: names)
    #expect(result.findings == [])
    return try #require(result.router)
}

struct `The Istio router` {
    /// Holds: 6.5 routes.
    @Test(arguments: ["http", "tls", "tcp"])
    func `takes the only route of a VirtualService`(family: String) throws {
        let router = try router(["virtualService": ["name": "model"]])
        var stage = Stage([simple(family)])
        try stage.move(router, to: 20)
        #expect(router.read(stage.seen) == .split(Split(canary: 20, of: 100)))
        let route = stage["VirtualService", "model"]?.spec?[family]?[0]?["route"]
        #expect(route?[0]?["weight"] == 80 && route?[1]?["weight"] == 20)
    }

    /// Holds: 6.5 tls and tcp.
    @Test func `finds tls and tcp routes by what they match`() throws {
        var object = simple("tls")
        let route = object.spec?["tls"]?[0]?["route"] ?? []
        let other: JSON = ["route": [destination("documentation", 0)]]
        object["spec"] = [
            "tls": [other, ["match": [["port": 443, "sniHosts": ["a.b"]]], "route": route]],
            "tcp": [["match": [["port": 3306]], "route": route], other],
        ]
        var stage = Stage([object])
        let router = try router([
            "virtualService": [
                "name": "model", "tlsRoutes": [["port": 443, "sniHosts": ["a.b"]]],
                "tcpRoutes": [["port": 3306]],
            ]
        ])
        try stage.move(router, to: 30)
        let spec = stage["VirtualService", "model"]?.spec
        #expect(spec?["tls"]?[1]?["route"]?[1]?["weight"] == 30)
        #expect(spec?["tcp"]?[0]?["route"]?[1]?["weight"] == 30)
    }

    /// Holds: 7.5 Updated VirtualService.
    @Test func `says what it was told, as Argo Rollouts tells it`() throws {
        let router = try router(["virtualService": ["name": "model"]])
        let changes = try router.plan(Split(canary: 20, of: 100), Stage([simple("http")]).seen)
        #expect(
            changes.map(\.event) == [
                Event(
                    "Updated VirtualService",
                    "VirtualService `model` set to desiredWeight '20'")
            ])
    }

    @Test func `refuses what it cannot tell apart`() throws {
        let one = try router(["virtualService": ["name": "model"]])
        #expect(
            fault(one, 10, Stage([virtualService()]))
                == "VirtualService `model` has 3 http routes; name those that are meant")
        let named = try router(["virtualService": ["name": "model", "routes": ["lost"]]])
        #expect(
            fault(named, 10, Stage([virtualService()]))
                == "VirtualService `model` lacks a route that the rollout names;"
                + " correct the routes of virtualService")
        let other = try router(["virtualService": ["name": "model", "routes": ["other"]]])
        #expect(
            fault(other, 10, Stage([virtualService()]))
                == "VirtualService `model` has no destinations for both sides in"
                + " spec.http[1].route; add the one that is missing")
        var foreign = simple("http")
        foreign["spec"] = [
            "http": [
                [
                    "route": [
                        destination("model-stable", 100), destination("model-canary.other", 0),
                    ]
                ]
            ]
        ]
        #expect(fault(one, 10, Stage([foreign])) != nil)
    }
}

struct `The configuration of Istio` {
    /// Holds: 8.1 istio.
    @Test(
        arguments: [
            ([:], "either VirtualService or VirtualServices must be configured"),
            (
                ["virtualService": ["name": "a"], "virtualServices": [["name": "b"]]],
                "either VirtualService or VirtualServices must be configured"
            ),
            (["virtualServices": [["name": "b"], ["name": "b.prod"]]], "twice"),
            (["virtualService": ["name": "a"], "destinationRule": ["name": "a"]], "is missing"),
            (
                [
                    "virtualService": ["name": "a"],
                    "destinationRule": [
                        "name": "a", "stableSubsetName": "s", "canarySubsetName": "s",
                    ],
                ], "is the subset of stable, too"
            ),
            (
                [
                    "virtualService": ["name": "a"],
                    "destinationRule": [
                        "name": "a", "stableSubsetName": "s", "canarySubsetName": "c",
                        "additionalSubsetNames": ["c"],
                    ],
                ], "names a subset of the two sides"
            ),
        ] as [(JSON, String)])
    func `is refused with a reason`(configuration: JSON, reason: String) throws {
        let kind = try #require(RouterKind.named("istio", isPlugin: false))
        let result = parsed(kind, configuration)
        #expect(result.findings.contains { $0.contains(reason) }, "\(result.findings)")
        #expect(result.router == nil)
    }
}

private let subsets: JSON = [
    "virtualService": ["name": "model"],
    "destinationRule": ["name": "model", "stableSubsetName": "s", "canarySubsetName": "c"],
]

private func rule() -> Object {
    Object([
        "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
        "metadata": ["name": "model", "namespace": "prod"],
        "spec": [
            "host": "model",
            "subsets": [
                ["name": "foreign", "labels": ["v": "0"]],
                ["name": "c", "labels": ["app": "model"], "trafficPolicy": ["tls": [:]]],
                ["name": "s"],
            ],
        ],
    ])
}

struct `Subsets of a DestinationRule` {
    private let hash = "rollouts-pod-template-hash"

    private func stage() -> Stage {
        var stage = Stage([simple("http", subsets: true), rule()])
        stage.seen.available = ["h1": 3, "h2": 1]
        stage.seen.size = 3
        return stage
    }

    private func hashes(_ stage: Stage) -> [String?] {
        (stage["DestinationRule", "model"]?.spec?["subsets"]?.array ?? []).map {
            $0["labels"]?[hash]?.string
        }
    }

    /// Holds: 6.5 subset split, 6.5 DestinationRule.
    /// Holds: 7.5 UpdatedDestinationRule, 9.3 foreign subsets.
    @Test func `lead to the pods of their revisions, and all else stays`() throws {
        let router = try router(subsets, services: false)
        var stage = stage()
        let changes = try router.plan(Split(canary: 20, of: 100), stage.seen)
        #expect(changes.map(\.reference.resource.kind) == ["DestinationRule", "VirtualService"])
        #expect(changes.first?.event?.reason == "UpdatedDestinationRule")
        try stage.apply(changes)
        #expect(hashes(stage) == [nil, "h2", "h1"])
        let canary = stage["DestinationRule", "model"]?.spec?["subsets"]?[1]
        #expect(canary?["trafficPolicy"] == ["tls": [:]] && canary?["labels"]?["app"] == "model")
        #expect(router.read(stage.seen) == .split(Split(canary: 20, of: 100)))
        #expect(router.selects(stage.seen) == ["h1", "h2"])
        try stage.move(router, to: 0)
        #expect(router.selects(stage.seen) == ["h1"])
    }

    /// Holds: 6.5 additional subsets.
    @Test(arguments: [
        (0, [90, 0, 10]), (20, [70, 20, 10]), (89, [1, 89, 10]), (100, [0, 90, 10]),
    ])
    func `keep what others have that the rollout names`(weight: Int, weights: [Int]) throws {
        var configuration = subsets
        configuration["destinationRule"]?["additionalSubsetNames"] = ["legacy"]
        let router = try router(configuration, services: false)
        var stage = stage()
        stage.seen.available["h2"] = 3
        stage["VirtualService", "model"]?["spec", "http"] = [
            [
                "route": [
                    destination("model", 40, subset: "s"), destination("model", 50, subset: "c"),
                    destination("model", 10, subset: "legacy"),
                ]
            ]
        ]
        for _ in 0..<2 { try stage.move(router, to: weight) }
        let route = stage["VirtualService", "model"]?.spec?["http"]?[0]?["route"]?.array ?? []
        #expect(route.map { $0["weight"]?.int } == weights)
        #expect(router.read(stage.seen) == .split(Split(canary: weight, of: 100)))
        #expect(try router.plan(Split(canary: weight, of: 100), stage.seen) == [])
        let why =
            "VirtualService `model` keeps 10 of 100 for additional subsets, and a weight of 95"
            + " leaves nothing for stable; use one below 90, or all"
        #expect(fault(router, 95, stage) == (weight < 95 ? why : nil))
        // Going down nothing is held up.
        if weight > 95 {
            try stage.move(router, to: 95)
            #expect(router.read(stage.seen) == .split(Split(canary: 89, of: 100)))
        }
        try stage.move(router, to: 0)
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 100)))
    }

    /// Weights of Istio may come to more than a hundred.
    @Test func `have nothing to give where others have all`() throws {
        var configuration = subsets
        configuration["destinationRule"]?["additionalSubsetNames"] = ["legacy"]
        let router = try router(configuration, services: false)
        var stage = stage()
        stage["VirtualService", "model"]?["spec", "http"] = [
            [
                "route": [
                    destination("model", 40, subset: "s"), destination("model", 50, subset: "c"),
                    destination("model", 150, subset: "legacy"),
                ]
            ]
        ]
        for _ in 0..<2 { try stage.move(router, to: 0) }
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 100)))
        let route = stage["VirtualService", "model"]?.spec?["http"]?[0]?["route"]?.array ?? []
        #expect(route.map { $0["weight"]?.int } == [0, 0, 150])
    }

    @Test func `are not pointed anywhere else while something is sent there`() throws {
        let router = try router(subsets, services: false)
        var stage = stage()
        try stage.move(router, to: 20)
        stage.seen.currentHash = "h3"
        try stage.move(router, to: 10)
        #expect(hashes(stage) == [nil, "h2", "h1"])
        #expect(router.read(stage.seen) == .split(Split(canary: 10, of: 100)))
        try stage.move(router, to: 0)
        #expect(hashes(stage) == [nil, "h2", "h1"])
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 101)))
        try stage.move(router, to: 0)
        #expect(hashes(stage) == [nil, "h3", "h1"])
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 100)))
    }

    /// As of a tool that writes the list of subsets again as it stands in Git.
    @Test func `are led back where somebody took the revision away`() throws {
        let router = try router(subsets, services: false)
        var stage = stage()
        stage.seen.size = 10
        stage.seen.available = ["h1": 10, "h2": 1]
        try stage.move(router, to: 50)
        let written = stage["DestinationRule", "model"]?.spec?["subsets"]?.array ?? []
        let wiped = JSON.object(JSONObject([("labels", .object(JSONObject([(hash, .null)])))]))
        stage["DestinationRule", "model"]?["spec", "subsets"] = .array(
            written.map { $0.merged(with: wiped) })
        #expect(router.read(stage.seen) != .split(Split(canary: 50, of: 100)))
        try stage.move(router, to: 50)
        #expect(hashes(stage) == [nil, "h2", "h1"])
    }

    @Test func `are led to pods that are there from a revision that has none`() throws {
        let router = try router(subsets, services: false)
        var stage = stage()
        stage.seen.size = 10
        stage.seen.available = ["h1": 10, "h2": 5]
        try stage.move(router, to: 50)
        stage.seen.currentHash = "h3"
        stage.seen.available = ["h1": 10, "h2": 0, "h3": 0]
        try stage.move(router, to: 50)
        #expect(hashes(stage) == [nil, "h2", "h1"])
        stage.seen.available["h3"] = 1
        try stage.move(router, to: 50)
        #expect(hashes(stage) == [nil, "h3", "h1"])
    }

    @Test func `lead stable's requests to pods that are there`() throws {
        let router = try router(subsets, services: false)
        var stage = stage()
        stage.seen.available = ["h1": 2]
        try stage.move(router, to: 0)
        #expect(hashes(stage) == [nil, "h2", nil])
        stage.seen.available = ["h1": 3]
        try stage.move(router, to: 0)
        #expect(hashes(stage) == [nil, "h2", "h1"])
        stage.seen.stableHash = "h2"
        try stage.move(router, to: 0)
        #expect(hashes(stage) == [nil, "h2", "h1"])
        stage.seen.available = ["h2": 1]
        try stage.move(router, to: 0)
        #expect(hashes(stage) == [nil, "h2", "h2"])
    }

    @Test func `that are missing are said`() throws {
        let router = try router(subsets, services: false)
        var stage = stage()
        stage["DestinationRule", "model"]?["spec", "subsets"] = [["name": "s"]]
        #expect(fault(router, 10, stage) == "DestinationRule `model` has no subset c; add it")
        stage["DestinationRule", "model"] = nil
        #expect(fault(router, 10, stage)?.contains("`model` not found") == true)
        stage["VirtualService", "model"]?["spec", "http"] = [
            [
                "route": [
                    destination("model", 80, subset: "s"), destination("model", 20, subset: "c"),
                ]
            ]
        ]
        try stage.move(router, to: 0)
        #expect(stage["VirtualService", "model"]?.spec?["http"]?[0]?["route"]?[1]?["weight"] == 0)
        #expect(fault(router, 0, stage)?.contains("`model` not found") == true)
    }
}

private let header = ManagedRoute(
    name: "by-header", purpose: .header([HeaderMatch(name: "x", value: .prefix("y"))]))
private let mirror = ManagedRoute(
    name: "copies",
    purpose: .mirror(
        [
            RequestMatch(
                method: .exact("GET"), path: nil,
                headers: [HeaderMatch(name: "a", value: .regex("b"))])
        ], percent: 35))

struct `Managed routes of Istio` {
    private func made() throws -> (Router, Stage) {
        let router = try router(
            ["virtualService": ["name": "model", "routes": ["primary", "secondary"]]],
            managing: ["copies", "by-header"])
        return (router, Stage([virtualService()]))
    }

    private func http(_ stage: Stage) -> [JSON] {
        stage["VirtualService", "model"]?.spec?["http"]?.array ?? []
    }

    /// Holds: 6.5 header route, 6.5 mirror route, 1.5 setMirrorRoute.
    @Test func `stand before those of others, in their order`() throws {
        var (router, stage) = try made()
        let plan = try #require(router.routes)
        try stage.move(router, to: 10)
        try stage.apply(plan([mirror, header], stage.seen))
        #expect(
            http(stage).compactMap { $0["name"]?.string } == [
                "copies", "copies-1", "by-header", "by-header-1", "primary", "other", "secondary",
            ])
        #expect(
            http(stage)[0] == [
                "name": "copies", "timeout": "5s",
                "match": [
                    [
                        "uri": ["prefix": "/v1"], "method": ["exact": "GET"],
                        "headers": ["a": ["regex": "b"]],
                    ]
                ],
                "route": [
                    destination("model-stable", 90),
                    destination("model-canary.prod.svc.cluster.local", 10),
                ],
                "mirror": [
                    "host": "model-canary.prod.svc.cluster.local", "port": ["number": 80],
                ],
                "mirrorPercentage": ["value": 35],
            ])
        #expect(http(stage)[3]["match"] == [["headers": ["x": ["prefix": "y"]]]])
        #expect(http(stage)[3]["route"] == [destination("model-canary", 100)])
        #expect(router.readRoutes(stage.seen, ofTheStep: [mirror, header]) == .ofTheStep)
    }

    /// Holds: 6.5 mirror route, 6.1 remove.
    @Test func `that mirror follow the weights`() throws {
        var (router, stage) = try made()
        let plan = try #require(router.routes)
        try stage.apply(plan([mirror, header], stage.seen))
        try stage.move(router, to: 40)
        #expect(http(stage)[0]["route"]?[1]?["weight"] == 40)
        #expect(router.read(stage.seen) == .split(Split(canary: 40, of: 100)))
        #expect(router.readRoutes(stage.seen, ofTheStep: [mirror, header]) == .ofTheStep)
        try stage.move(router, to: 0)
        try stage.apply(plan([], stage.seen))
        #expect(http(stage) == virtualService().spec?["http"]?.array)
        #expect(router.readRoutes(stage.seen, ofTheStep: []) == RoutesSeen.none)
    }
}
