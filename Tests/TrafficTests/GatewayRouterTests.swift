import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private let gateway = RouterKind.named("argoproj-labs/gatewayAPI", isPlugin: true)

private func backend(_ name: String, _ weight: Int? = nil) -> JSON {
    var backend: JSON = ["name": .string(name), "port": 80]
    if let weight { backend["weight"] = .int(Int64(weight)) }
    return backend
}

/// A route with a rule that is divided, a second one, and one that is none of ours.
func httpRoute(_ name: String = "model", kind: String = "HTTPRoute") -> Object {
    Object([
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": .string(kind),
        "metadata": ["name": .string(name), "namespace": "prod", "generation": 3],
        "spec": [
            "parentRefs": [["name": "public"]], "hostnames": ["model.example"],
            "rules": [
                [
                    "matches": [["path": ["type": "PathPrefix", "value": "/v1"]]],
                    "filters": [["type": "RequestHeaderModifier"]],
                    "backendRefs": [
                        backend("model-stable", 100), backend("model-canary", 0),
                        backend("shadow", 7),
                    ],
                ],
                ["backendRefs": [backend("documentation")]],
                ["backendRefs": [backend("model-canary", 0), backend("model-stable", 100)]],
                [
                    "matches": [["headers": [["name": "x", "value": "y"]]]],
                    "backendRefs": [backend("model-canary")],
                ],
            ],
        ],
    ])
}

extension WeightedCase {
    static let gateway = WeightedCase(
        kind: RouterKind.named("argoproj-labs/gatewayAPI", isPlugin: true) ?? RouterKind.all[0],
        configuration: ["httpRoute": "model"], maximumWeight: 1000, objects: [httpRoute()],
        second: httpRoute("other", kind: "GRPCRoute"),
        both: ["httpRoute": "model", "grpcRoute": "other"])
}

private func router(_ configuration: JSON = ["httpRoute": "model"]) throws -> Router {
    let result = parsed(try #require(gateway), configuration)
    #expect(result.findings == [])
    return try #require(result.router)
}

struct `The Gateway API router` {
    /// Holds: 6.6 in-progress label, 9.1 objects of others.
    @Test func `writes both weights of each rule that has both services, and its label`() throws {
        let changes = try router().plan(Split(canary: 30, of: 100), Stage([httpRoute()]).seen)
        #expect(
            changes == [
                Change(
                    Stage.reference("HTTPRoute", "model"),
                    .patch(
                        .json([
                            test("/spec/rules/0/backendRefs/1/name", "model-canary"),
                            test("/spec/rules/0/backendRefs/0/name", "model-stable"),
                            test("/spec/rules/2/backendRefs/0/name", "model-canary"),
                            test("/spec/rules/2/backendRefs/1/name", "model-stable"),
                            test("/metadata/labels", .null),
                            add("/spec/rules/0/backendRefs/1/weight", 30),
                            add("/spec/rules/0/backendRefs/0/weight", 70),
                            add("/spec/rules/2/backendRefs/0/weight", 30),
                            add("/spec/rules/2/backendRefs/1/weight", 70),
                            add("/metadata/labels", [:]),
                            add(
                                "/metadata/labels/rollouts.argoproj.io~1gatewayapi-canary",
                                "in-progress"),
                        ])),
                    event: Event(
                        "PatchingHTTPRoute",
                        "Updating HTTPRoute `model` to desiredWeight '30'"))
            ])
    }

    private func test(_ path: String, _ value: JSON) -> JSON {
        ["op": "test", "path": .string(path), "value": value]
    }

    private func add(_ path: String, _ value: JSON) -> JSON {
        ["op": "add", "path": .string(path), "value": value]
    }

    /// Holds: 6.6 in-progress label.
    @Test func `takes its label away with the last weight`() throws {
        let key = "rollouts.argoproj.io/gatewayapi-canary"
        let router = try router()
        var stage = Stage([httpRoute()])
        try stage.move(router, to: 30)
        #expect(stage["HTTPRoute", "model"]?.labels == [key: "in-progress"])
        try stage.move(router, to: 0)
        #expect(stage["HTTPRoute", "model"]?.labels == [:])
    }

    /// Another release on the same route has put it there or taken it away.
    @Test(arguments: [0, 30])
    func `does not write its label for its own sake`(weight: Int) throws {
        let key = "rollouts.argoproj.io/gatewayapi-canary"
        let router = try router()
        var stage = Stage([httpRoute()])
        try stage.move(router, to: weight)
        stage["HTTPRoute", "model"]?["metadata", "labels", key] = weight > 0 ? nil : "in-progress"
        let split = Split(canary: weight, of: 100)
        #expect(try router.plan(split, stage.seen).isEmpty)
        #expect(router.read(stage.seen) == .split(split))
    }

    /// Holds: 6.6 conflict.
    @Test func `takes no labels away that came meanwhile`() throws {
        let router = try router()
        var stage = Stage([httpRoute()])
        let changes = try router.plan(Split(canary: 30, of: 100), stage.seen)
        stage["HTTPRoute", "model"]?["metadata", "labels"] = ["team": "search"]
        #expect(throws: (any Error).self) { try stage.apply(changes) }
        try stage.move(router, to: 30)
        #expect(stage["HTTPRoute", "model"]?.labels["team"] == "search")
    }

    /// Holds: 6.6 inProgressLabelKey, 6.6 disableInProgressLabel.
    @Test func `writes the label that the document asks for, or none`() throws {
        let own = try router([
            "httpRoute": "model", "inProgressLabelKey": "a", "inProgressLabelValue": "b",
        ])
        var stage = Stage([httpRoute()])
        try stage.move(own, to: 30)
        #expect(stage["HTTPRoute", "model"]?.labels == ["a": "b"])
        stage = Stage([httpRoute()])
        try stage.move(try router(["httpRoute": "model", "disableInProgressLabel": true]), to: 30)
        #expect(stage["HTTPRoute", "model"]?.labels == [:])
    }

    @Test func `reads weights that nobody wrote`() throws {
        var route = httpRoute()
        route["spec", "rules"] = [
            ["backendRefs": [backend("model-stable"), backend("model-canary")]]
        ]
        #expect(try router().read(Stage([route]).seen) == .split(Split(canary: 50, of: 101)))
        route["spec", "rules"] = [
            ["backendRefs": [backend("model-stable", 0), backend("model-canary", 0)]]
        ]
        #expect(try router().read(Stage([route]).seen) == .split(Split(canary: 0, of: 101)))
    }

    /// Holds: 6.6 both services.
    @Test func `needs a rule with both services of its own namespace`() throws {
        var route = httpRoute()
        var foreign = backend("model-canary")
        foreign["namespace"] = "other"
        route["spec", "rules"] = [["backendRefs": [backend("model-stable"), foreign]]]
        #expect(
            fault(try router(), 10, Stage([route]))
                == "HTTPRoute `model` has not both services model-stable and model-canary in any"
                + " list of spec.rules; add the one that is missing")
        route["spec", "rules"] = [
            [
                "backendRefs": [
                    backend("model-stable"), backend("model-canary"), backend("model-canary"),
                ]
            ]
        ]
        #expect(
            fault(try router(), 10, Stage([route]))
                == "HTTPRoute `model` names a side twice in spec.rules[0].backendRefs;"
                + " keep one entry for each")
        var stage = Stage([route])
        try stage.move(router(), to: 0)
        #expect(try router().read(stage.seen) == .split(Split(canary: 0, of: 101)))
    }

    /// Holds: 6.6 selectors.
    @Test func `finds routes by their labels`() throws {
        let found = try router([
            "httpRouteSelector": ["matchLabels": ["app": "model"]], "tlsRoutes": [["name": "tls"]],
        ])
        #expect(found.searches.map(\.labels.description) == ["app=model"])
        var labelled = httpRoute("b")
        labelled["metadata", "labels"] = ["app": "model"]
        var stage = Stage([labelled, httpRoute("c"), httpRoute("tls", kind: "TLSRoute")])
        let changed = try found.plan(Split(canary: 1, of: 100), stage.seen).map(\.reference.name)
        #expect(changed == ["tls", "b"])
        try stage.move(found, to: 1)
        #expect(found.read(stage.seen) == .split(Split(canary: 1, of: 100)))
        let alone = try router(["httpRouteSelector": ["matchLabels": ["app": "none"]]])
        #expect(fault(alone, 0, stage)?.contains("no route has the labels") == true)
    }
}

struct `A gateway` {
    private func verified(_ conditions: [JSON], parent: String = "public") throws -> Verification {
        var route = httpRoute()
        route["status"] = [
            "parents": [["parentRef": ["name": .string(parent)], "conditions": .array(conditions)]]
        ]
        return try router().verify(Stage([route]).seen)
    }

    private func condition(_ type: String, _ status: String, _ generation: Int64 = 3) -> JSON {
        [
            "type": .string(type), "status": .string(status), "reason": "Why",
            "message": "because", "observedGeneration": .int(generation),
        ]
    }

    @Test func `that says nothing is taken at its word`() throws {
        #expect(try router().verify(Stage([httpRoute()]).seen) == .cannot)
        #expect(try verified([]) == .cannot)
    }

    /// Holds: 6.6 verify.
    @Test func `has followed once it has accepted the present generation`() throws {
        #expect(try verified([condition("Accepted", "True")]) == .yes)
        #expect(
            try verified([condition("Accepted", "True", 2)])
                == .no(
                    "HTTPRoute `model` at gateway public: it has taken over generation 2, not 3 yet"
                ))
    }

    /// Holds: 6.6 verify.
    @Test(arguments: [
        ("Accepted", "False"), ("ResolvedRefs", "False"), ("PartiallyInvalid", "True"),
    ])
    func `has not followed while it objects`(type: String, status: String) throws {
        guard case .no(let why) = try verified([condition(type, status)]) else {
            Issue.record("followed")
            return
        }
        #expect(why.contains("Why because"))
    }

    @Test func `that the route names no more is not asked`() throws {
        #expect(try verified([condition("Accepted", "False")], parent: "former") == .cannot)
    }
}

struct `The configuration of Gateway API` {
    /// Holds: 6.6 no route.
    @Test(
        arguments: [
            ([:], "names no route"),
            (["httpRoute": "a", "httpRoutes": [["name": "a"]]], "names a route twice"),
            (["httpRuote": "a"], "unknown field"),
            (["httpRoutes": [["useHeaderRoutes": true]]], "is missing"),
            (["httpRouteSelector": [:]], "selects every route"),
            (["httpRouteSelector": ["matchExpressions": [["key": "a"]]]], "not a valid label"),
        ] as [(JSON, String)])
    func `is refused with a reason`(configuration: JSON, reason: String) throws {
        let result = parsed(try #require(gateway), configuration)
        #expect(result.findings.contains { $0.contains(reason) }, "\(result.findings)")
        #expect(result.router == nil)
    }

    /// Holds: 6.6 namespace, 6.6 configMap, 6.6 lists.
    @Test func `is taken as the plugin takes it`() throws {
        let router = try router([
            "httpRoute": "a", "httpRoutes": [["name": "b", "useHeaderRoutes": true]],
            "grpcRoutes": [["name": "c"]], "tcpRoute": "d", "namespace": "gateways",
            "configMap": "argo-gatewayapi-configmap",
        ])
        #expect(
            router.reads.map(\.description) == [
                "httproute gateways/a", "httproute gateways/b", "grpcroute gateways/c",
                "tcproute gateways/d",
            ])
    }

    /// Holds: 6.6 names, 6.6 lists, 6.6 selectors, 6.6 namespace.
    @Test(arguments: ["http", "grpc", "tcp", "tls"])
    func `names routes of each kind alone, in a list or by labels`(kind: String) throws {
        let router = try router([
            "\(kind)Route": "a", "\(kind)Routes": [["name": "b"], ["name": "c"]],
            "\(kind)RouteSelector": ["matchLabels": ["app": "model"]],
        ])
        #expect(
            router.reads.map(\.description) == ["a", "b", "c"].map { "\(kind)route prod/\($0)" })
        #expect(router.searches.map(\.resource.kind) == ["\(kind.uppercased())Route"])
        #expect(router.searches.map(\.labels.description) == ["app=model"])
    }

    @Test func `needs both services and a total that gateways follow`() throws {
        let kind = try #require(gateway)
        #expect(parsed(kind, ["httpRoute": "a"], services: false).router == nil)
        #expect(
            parsed(kind, ["httpRoute": "a"], maximumWeight: 2_000_000).findings.count == 1)
    }
}
