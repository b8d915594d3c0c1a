import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private func router(_ configuration: JSON = ["httpRoute": "model"]) throws -> Router {
    let kind = try #require(RouterKind.named("argoproj-labs/gatewayAPI", isPlugin: true))
    return try #require(
        parsed(kind, configuration, managedRoutes: ["first", "second"]).router)
}

private let first = ManagedRoute(
    name: "first",
    purpose: .header([
        HeaderMatch(name: "X-Canary", value: .prefix("y")),
        HeaderMatch(name: "x", value: .exact("z")),
    ]))
private let second = ManagedRoute(
    name: "second", purpose: .header([HeaderMatch(name: "A", value: .regex("b+"))]))

extension Stage {
    fileprivate mutating func route(_ router: Router, _ wanted: [ManagedRoute]) throws {
        let plan = try #require(router.routes)
        try apply(plan(wanted, seen))
    }

    fileprivate var rules: [JSON] { self["HTTPRoute", "model"]?.spec?["rules"]?.array ?? [] }
}

struct `Header routes of Gateway API` {
    /// Holds: 6.6 header route.
    /// Holds: 6.6 header matches, 6.6 managed names.
    @Test func `are rules beside each divided one, with the canary alone`() throws {
        let router = try router()
        var stage = Stage([httpRoute()])
        try stage.route(router, [first])
        #expect(stage.rules.prefix(4).map(\.self) == httpRoute().spec?["rules"]?.array)
        #expect(stage.rules.count == 6)
        #expect(
            stage.rules[4] == [
                "name": "first",
                "matches": [
                    [
                        "path": ["type": "PathPrefix", "value": "/v1"],
                        "headers": [
                            ["name": "X-Canary", "type": "RegularExpression", "value": "y.*"],
                            ["name": "x", "type": "Exact", "value": "z"],
                        ],
                    ]
                ],
                "filters": [["type": "RequestHeaderModifier"]],
                "backendRefs": [["name": "model-canary", "port": 80, "weight": 1]],
            ])
        #expect(stage.rules[5]["name"] == "first-1")
    }

    /// Holds: 6.6 header route.
    @Test func `come and go, and weights stay weights`() throws {
        let router = try router()
        var stage = Stage([httpRoute()])
        #expect(router.readRoutes(stage.seen, ofTheStep: [first]) == RoutesSeen.none)
        try stage.route(router, [first, second])
        #expect(router.readRoutes(stage.seen, ofTheStep: [first, second]) == .ofTheStep)
        #expect(router.readRoutes(stage.seen, ofTheStep: [first]) == .others)
        try stage.move(router, to: 30)
        #expect(router.read(stage.seen) == .split(Split(canary: 30, of: 100)))
        #expect(router.readRoutes(stage.seen, ofTheStep: [first, second]) == .ofTheStep)
        try stage.route(router, [second])
        #expect(stage.rules.compactMap { $0["name"]?.string } == ["second", "second-1"])
        try stage.route(router, [])
        try stage.move(router, to: 0)
        #expect(stage.rules == httpRoute().spec?["rules"]?.array)
    }

    @Test func `are in place also where the server has filled in what was left out`() throws {
        let router = try router()
        var stage = Stage([httpRoute()])
        try stage.route(router, [second])
        let rules = stage.rules.map { rule in
            var rule = rule
            if rule["name"] != nil { rule["timeouts"] = ["request": "0s"] }
            return rule
        }
        stage["HTTPRoute", "model"]?["spec", "rules"] = .array(rules)
        #expect(router.readRoutes(stage.seen, ofTheStep: [second]) == .ofTheStep)
    }

    /// Holds: 6.6 header matches.
    @Test func `follow the rules that they stand beside`() throws {
        let router = try router()
        var stage = Stage([httpRoute()])
        try stage.route(router, [second])
        var rules = stage.rules
        rules[0]["matches"] = [["path": ["type": "Exact", "value": "/v2"]]]
        stage["HTTPRoute", "model"]?["spec", "rules"] = .array(rules)
        #expect(router.readRoutes(stage.seen, ofTheStep: [second]) == .others)
        try stage.route(router, [second])
        #expect(stage.rules[4]["matches"]?[0]?["path"]?["value"] == "/v2")
        #expect(
            stage.rules[4]["matches"]?[0]?["headers"] == [
                ["name": "A", "type": "RegularExpression", "value": "b+"]
            ])
    }

    /// Holds: 6.6 useHeaderRoutes.
    @Test func `are written where the document asks for them, and removed where no route is`()
        throws
    {
        #expect(try router(["tcpRoute": "model"]).routes == nil)
        #expect(try router(["httpRoutes": [["name": "model"]]]).routes == nil)
        for kind in ["http", "grpc", "tcp", "tls"] {
            let asking = try router([
                "\(kind)Routes": [["name": "model", "useHeaderRoutes": true]]
            ])
            #expect((asking.routes != nil) == ["http", "grpc"].contains(kind))
        }
        let plan = try #require(try router().routes)
        #expect(try plan([], Stage([]).seen).isEmpty)
        #expect(throws: RouterError.self) { try plan([first], Stage([]).seen) }
    }
}
