import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private func header(_ name: String, _ value: StringMatch) -> ManagedRoute {
    ManagedRoute(name: name, purpose: .header([HeaderMatch(name: "X-Test", value: value)]))
}

private func router(_ key: String, _ configuration: JSON) throws -> Router {
    let kind = try #require(RouterKind.named(key, isPlugin: false))
    let result = parsed(kind, configuration, managedRoutes: ["first", "second"])
    #expect(result.findings == [])
    return try #require(result.router)
}

/// Makes routes as a turn does; nothing is left to do then.
private func make(_ routes: [ManagedRoute], _ router: Router, _ stage: inout Stage) throws {
    let plan = try #require(router.routes)
    try stage.apply(plan(routes, stage.seen))
    #expect(try plan(routes, stage.seen).isEmpty)
    let expected: RoutesSeen = routes.isEmpty ? .none : .ofTheStep
    #expect(router.readRoutes(stage.seen, ofTheStep: routes) == expected)
}

struct `A header route of ALB` {
    private let paths: JSON = [
        ["path": "/other", "backend": ["service": ["name": "other", "port": ["number": 80]]]],
        [
            "path": "/", "pathType": "Prefix",
            "backend": ["service": ["name": "root", "port": ["name": "use-annotation"]]],
        ],
    ]

    private var ingress: Object {
        Object([
            "kind": "Ingress", "metadata": ["name": "model", "namespace": "prod"],
            "spec": ["rules": [["host": "a"], ["http": ["paths": paths]]]],
        ])
    }

    private func router() throws -> Router {
        try TrafficTests.router(
            "alb", ["ingress": "model", "servicePort": 443, "rootService": "root"])
    }

    /// Holds: 1.5 setHeaderRoute.
    @Test func `stands before each path that is divided, with an action of its own`() throws {
        let router = try router()
        var stage = Stage([ingress])
        try make([header("first", .exact("a")), header("second", .exact("b"))], router, &stage)
        let after = try #require(stage["Ingress", "model"])
        let names = after.spec?["rules"]?[1]?["http"]?["paths"]?.array?.map {
            $0["backend"]?["service"]?["name"]?.string
        }
        #expect(names == ["other", "first", "second", "root"])
        let made = after.spec?["rules"]?[1]?["http"]?["paths"]?[1]
        #expect(made?["path"] == "/" && made?["pathType"] == "Prefix")
        #expect(
            after.annotations == [
                "alb.ingress.kubernetes.io/actions.first": Self.action,
                "alb.ingress.kubernetes.io/actions.second": Self.action,
                "alb.ingress.kubernetes.io/conditions.first": Self.condition("a"),
                "alb.ingress.kubernetes.io/conditions.second": Self.condition("b"),
                Self.record: Self.recorded(["first", "second"]),
            ])
        try make([header("second", .exact("c"))], router, &stage)
        #expect(
            stage["Ingress", "model"]?.annotations == [
                "alb.ingress.kubernetes.io/actions.second": Self.action,
                "alb.ingress.kubernetes.io/conditions.second": Self.condition("c"),
                Self.record: Self.recorded(["second"]),
            ])
    }

    @Test func `goes without a trace, and leaves the weight as it is`() throws {
        let router = try router()
        var stage = Stage([ingress])
        try stage.move(router, to: 20)
        let before = stage["Ingress", "model"]
        try make([header("first", .exact("a"))], router, &stage)
        #expect(router.read(stage.seen) == .split(Split(canary: 20, of: 100)))
        try stage.move(router, to: 30)
        try stage.move(router, to: 20)
        try make([], router, &stage)
        #expect(stage["Ingress", "model"] == before)
    }

    @Test func `is refused where the paths were changed meanwhile`() throws {
        let router = try router()
        var stage = Stage([ingress])
        let plan = try #require(router.routes)
        let changes = try plan([header("first", .exact("a"))], stage.seen)
        stage["Ingress", "model"]?["spec", "rules"] = [["http": ["paths": []]], ["host": "a"]]
        #expect(throws: (any Error).self) { try stage.apply(changes) }
    }

    @Test func `is no path that only has its name`() throws {
        let router = try router()
        var user = ingress
        user["spec", "rules"] = [
            [
                "http": [
                    "paths": [
                        [
                            "path": "/",
                            "backend": [
                                "service": ["name": "first", "port": ["name": "use-annotation"]]
                            ],
                        ]
                    ]
                ]
            ]
        ]
        user["metadata", "annotations"] = ["alb.ingress.kubernetes.io/actions.first": "{}"]
        let plan = try #require(router.routes)
        #expect(try plan([], Stage([user]).seen).isEmpty)
        let alb = try #require(RouterKind.named("alb", isPlugin: false))
        let named = parsed(
            alb, ["ingress": "model", "servicePort": 443, "rootService": "root"],
            managedRoutes: ["root"])
        #expect(named.router == nil)
    }

    private static let record = "rollouts.argoproj.io/managed-alb-annotations"

    private static func recorded(_ names: [String]) -> String {
        let keys = names.map { #""alb.ingress.kubernetes.io/actions.\#($0)""# }
        return #"{"model":[\#(keys.joined(separator: ","))]}"#
    }

    private static let action =
        #"{"Type":"forward","ForwardConfig":{"TargetGroups":["#
        + #"{"ServiceName":"model-canary","ServicePort":"443","Weight":100}]}}"#

    private static func condition(_ value: String) -> String {
        #"[{"field":"http-header","httpHeaderConfig":{"httpHeaderName":"X-Test","#
            + #""values":["\#(value)"]}}]"#
    }
}

struct `A header route of APISIX` {
    private var route: Object {
        Object([
            "kind": "ApisixRoute", "metadata": ["name": "model", "namespace": "prod"],
            "spec": [
                "ingressClassName": "apisix",
                "http": [
                    [
                        "name": "main", "priority": 3, "match": ["paths": ["/*"]],
                        "backends": [
                            ["serviceName": "model-canary", "servicePort": 80, "weight": 0],
                            ["serviceName": "model-stable", "servicePort": 80, "weight": 100],
                        ],
                    ],
                    ["name": "docs", "backends": [["serviceName": "docs", "servicePort": 80]]],
                ],
            ],
        ])
    }

    private func router() throws -> Router {
        try TrafficTests.router("apisix", ["route": ["name": "model"]])
    }

    @Test func `is an ApisixRoute of the rollout's own, above the rules that are divided`() throws {
        let router = try router()
        var stage = Stage([route])
        try make([header("first", .prefix("a.b"))], router, &stage)
        let made = try #require(stage["ApisixRoute", "first"])
        #expect(made.controllerOwner == Stage.owner)
        #expect(
            made.spec == [
                "ingressClassName": "apisix",
                "http": [
                    [
                        "name": "main", "priority": 4,
                        "match": [
                            "paths": ["/*"],
                            "exprs": [
                                [
                                    "subject": ["scope": "Header", "name": "X-Test"],
                                    "op": "RegexMatch", "value": #"^a\.b"#,
                                ]
                            ],
                        ],
                        "backends": [
                            ["serviceName": "model-canary", "servicePort": 80, "weight": 100]
                        ],
                    ]
                ],
            ])
        try make([header("first", .exact("a"))], router, &stage)
        let condition = stage["ApisixRoute", "first"]?.spec?["http"]?[0]?["match"]?["exprs"]?[0]
        #expect(condition?["op"] == "Equal" && condition?["value"] == "a")
        #expect(stage["ApisixRoute", "model"] == route)
        try make([], router, &stage)
        #expect(stage["ApisixRoute", "first"] == nil)
    }

    /// Whoever may write such a route must not end the controller.
    @Test func `is as high as numbers go where the rule is higher`() throws {
        var base = route
        base["spec", "http"] = [
            base.spec?["http"]?[0]?.merged(with: ["priority": .int(.max)]) ?? .null
        ]
        var stage = Stage([base])
        try make([header("first", .exact("a"))], try router(), &stage)
        let made = stage["ApisixRoute", "first"]?.spec?["http"]?[0]?["priority"]?.int
        #expect(made == 1_000_000_001)
    }

    /// It would take its requests to nobody.
    @Test func `is not made where no rule has the canary`() throws {
        var base = route
        base["spec", "http"] = [
            ["name": "main", "backends": [["serviceName": "model-stable", "weight": 100]]]
        ]
        let plan = try #require(router().routes)
        #expect(throws: RouterError.self) {
            try plan([header("first", .exact("a"))], Stage([base]).seen)
        }
    }

    @Test func `is nobody else's`() throws {
        let router = try router()
        var other = route
        other["metadata", "name"] = "first"
        let stage = Stage([route, other])
        let plan = try #require(router.routes)
        #expect(try plan([], stage.seen).isEmpty)
        #expect(throws: RouterError.self) {
            try plan([header("first", .exact("a"))], stage.seen)
        }
        let kind = try #require(RouterKind.named("apisix", isPlugin: false))
        let named = parsed(kind, ["route": ["name": "first"]], managedRoutes: ["first"])
        #expect(named.router == nil)
        #expect(named.findings.contains { $0.contains("name of a managed route") })
    }
}
