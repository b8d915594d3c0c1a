import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private let kind = RouterKind.named("sluice/route-policy", isPlugin: true)
private let standard: JSON = [
    "configMap": "gateway-config", "model": "llama3", "primary": "llama3-stable",
    "canary": "llama3-canary", "deployment": "gateway",
]
private let neighbours = """
    { "mistral" : {"strategy":"canary","primary":"m","canary":"n","percent":10 } ,
      "llama3": {"strategy": "direct", "target": "llama3-stable", "note": "kept"},
      "tricky \\"}{": {"targets":[{"name":"a:,{"}]} }
    """

private func configuration(_ changes: JSON) -> JSON { standard.merged(with: changes) }

private func router(_ changes: JSON = [:], services: Bool = true) throws -> Router {
    let result = try parsed(#require(kind), configuration(changes), services: services)
    #expect(result.findings == [])
    return try #require(result.router)
}

private func configMap(
    _ policies: String = neighbours,
    upstreams: String = "llama3-stable=http://a;llama3-canary=http://b,m=mock://ok"
) -> Object {
    Object([
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": ["name": "gateway-config", "namespace": "prod", "resourceVersion": "7"],
        "data": [
            "GATEWAY_ROUTE_POLICIES": .string(policies), "GATEWAY_UPSTREAMS": .string(upstreams),
        ],
    ])
}

private func gateway() -> Object {
    Object([
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": ["name": "gateway", "namespace": "prod", "generation": 4],
        "spec": ["replicas": 2, "template": ["metadata": ["labels": ["app": "gateway"]]]],
        "status": [
            "observedGeneration": 4, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2,
        ],
    ])
}

private func policies(_ stage: Stage) -> String {
    stage["ConfigMap", "gateway-config"]?["data", "GATEWAY_ROUTE_POLICIES"]?.string ?? ""
}

private func percent(_ canary: Int) -> Reading { .split(Split(canary: canary, of: 100)) }
private func unsettled(_ canary: Int) -> Reading { .split(Split(canary: canary, of: 101)) }

struct `The route-policy router` {
    /// Holds: 6.7 route policy, 1.6 plugins.
    @Test func `edits one policy and restarts the gateway`() throws {
        var stage = Stage([configMap(), gateway()])
        let changes = try router().plan(Split(canary: 10, of: 100), stage.seen)
        #expect(
            changes.map { $0.reference.description } == [
                "configmap prod/gateway-config", "deployment prod/gateway",
            ])
        #expect(changes.map { $0.event?.reason } == ["PatchingRoutePolicy", "RestartingGateway"])
        #expect(changes.map(\.isPrerequisite) == [true, false])
        try stage.apply(changes)
        #expect(
            policies(stage) == """
                { "mistral" : {"strategy":"canary","primary":"m","canary":"n","percent":10 } ,
                  "llama3": {"strategy":"canary","primary":"llama3-stable",\
                "canary":"llama3-canary","percent":10,"note":"kept"},
                  "tricky \\"}{": {"targets":[{"name":"a:,{"}]} }
                """)
        let template = stage["Deployment", "gateway"]?["spec", "template", "metadata"]
        #expect(template?["annotations"]?["sluice/policy-hash"]?.string?.count == 64)
        #expect(template?["labels"] == ["app": "gateway"])
        #expect(try router().read(stage.seen) == percent(10))
    }

    /// Holds: 6.1 clean.
    @Test func `patches nothing but its own fields of the version it saw`() throws {
        let changes = try router(["restart": false]).plan(
            Split(canary: 100, of: 100), Stage([configMap("{}")]).seen)
        #expect(
            changes.map(\.act) == [
                .patch(
                    .merge([
                        "data": [
                            "GATEWAY_ROUTE_POLICIES":
                                #"{"llama3":{"strategy":"direct","target":"llama3-canary"}}"#
                        ],
                        "metadata": ["resourceVersion": "7"],
                    ]))
            ])
    }

    @Test(arguments: [
        ("", "{\"llama3\":NEW}"), (" \n", "{\"llama3\":NEW}"), ("{ }", "{\"llama3\":NEW }"),
        (
            "{\n  \"m\": {\"strategy\":\"direct\",\"target\":\"m\"}\n}\n",
            "{\n  \"m\": {\"strategy\":\"direct\",\"target\":\"m\"},\n  \"llama3\":NEW\n}\n"
        ),
    ])
    func `adds the policy where there is none`(before: String, after: String) throws {
        var stage = Stage([configMap(before), gateway()])
        #expect(try router().read(stage.seen) == .unset)
        try stage.move(router(), to: 0)
        let parts = after.split(separator: "NEW", omittingEmptySubsequences: false)
        #expect(
            policies(stage)
                == parts.joined(separator: #"{"strategy":"direct","target":"llama3-stable"}"#))
    }

    @Test func `leaves a clean stable policy at 0`() throws {
        var stage = Stage([configMap(), gateway()])
        for weight in [10, 50, 100, 0] { try stage.move(router(), to: weight) }
        #expect(
            try RoutePolicies(parsing: policies(stage))["llama3"]?.policy.targets.map(\.upstream)
                == ["llama3-stable"])
        #expect(try router().read(stage.seen) == percent(0))
        #expect(try router().plan(Split(canary: 0, of: 100), stage.seen).isEmpty)
    }

    /// Holds: 6.1 verify, 2.1 weights verified.
    @Test func `counts a step as moved when the gateway has rolled out`() throws {
        let router = try router()
        var stage = Stage([configMap(), gateway()])
        #expect(
            router.verify(stage.seen)
                == .no("deployment gateway was not restarted with the present route policies"))
        try stage.move(router, to: 10)
        #expect(router.verify(stage.seen) == .yes)
        func verification(_ path: String..., value: JSON) -> Verification {
            var stage = stage
            stage["Deployment", "gateway"]?.json.set(value, at: path[...])
            return router.verify(stage.seen)
        }
        #expect(
            verification("metadata", "generation", value: 5)
                == .no("deployment gateway: its restart has not begun"))
        #expect(
            verification("status", "updatedReplicas", value: 1)
                == .no("deployment gateway: 1 of 2 pods restarted"))
        #expect(
            verification("status", "replicas", value: 3)
                == .no("deployment gateway: 1 old pods are still there"))
        #expect(
            verification("status", "availableReplicas", value: 1)
                == .no("deployment gateway: 1 of 2 restarted pods are available"))
        #expect(
            verification("spec", "replicas", value: 0)
                == .no("deployment gateway: it is scaled to 0"))
        #expect(
            verification("spec", "paused", value: true)
                == .no("deployment gateway: it is paused, so it does not restart"))
    }

    @Test func `continues after a crash between its two writes`() throws {
        let router = try router()
        var stage = Stage([configMap(), gateway()])
        try stage.move(router, to: 30)
        let back = try router.plan(Split(canary: 0, of: 100), stage.seen)
        try stage.apply(Array(back.prefix(1)))
        #expect(router.read(stage.seen) == unsettled(30))
        let rest = try router.plan(Split(canary: 0, of: 100), stage.seen)
        #expect(rest == Array(back.suffix(1)))
        try stage.apply(rest)
        #expect(router.read(stage.seen) == percent(0))
    }

    @Test func `restarts the gateway after somebody else's change too`() throws {
        let router = try router()
        var stage = Stage([configMap(), gateway()])
        try stage.move(router, to: 0)
        let text = policies(stage)
        stage["ConfigMap", "gateway-config"]?["data", "GATEWAY_ROUTE_POLICIES"] = .string(
            text + " ")
        #expect(router.read(stage.seen) == unsettled(0))
        #expect(
            try router.plan(Split(canary: 0, of: 100), stage.seen).map { $0.event?.reason } == [
                "RestartingGateway"
            ])
    }

    @Test func `cannot tell what a gateway without restart does`() throws {
        let router = try router(["restart": false, "deployment": .null])
        var stage = Stage([configMap()])
        try stage.move(router, to: 10)
        #expect(router.verify(stage.seen) == .cannot)
        #expect(router.reads == [Stage.reference("ConfigMap", "gateway-config")])
    }

    @Test(arguments: [
        ("[]", "are a list, not an object"), ("{", "are no JSON"),
        ("{\"m\":{\"strategy\":\"x\"}}", "the policy of model m has the unknown strategy"),
        ("{\"llama3\":{\"strategy\":\"direct\",\"target\":\"m\"}}", "sends traffic to m"),
        ("{\"m\":{\"strategy\":\"direct\",\"target\":\"m\"},\"m\":{}}", "are no JSON"),
    ])
    func `refuses policies that would end the gateway`(text: String, why: String) throws {
        let stage = Stage([configMap(text), gateway()])
        let message = try #require(fault(router(), 0, stage))
        #expect(message.contains(why), "\(message)")
        #expect(try router().read(stage.seen) == .unreadable(message))
    }

    @Test func `gives back from an upstream that is gone`() throws {
        let router = try router()
        var stage = Stage([configMap(), gateway()])
        try stage.move(router, to: 30)
        stage["ConfigMap", "gateway-config"]?["data", "GATEWAY_UPSTREAMS"] =
            "llama3-stable=http://a"
        try stage.move(router, to: 0)
        #expect(router.read(stage.seen) == percent(0))
        #expect(fault(router, 1, stage)?.contains("upstream llama3-canary is not in") == true)
    }

    @Test func `takes from the canary what it shares with a stranger, and no more`() throws {
        let router = try router()
        let shared = #"{"llama3":{"targets":[{"name":"else"},{"name":"llama3-canary"}]}}"#
        var stage = Stage([configMap(shared), gateway()])
        try stage.move(router, to: 0)
        #expect(router.read(stage.seen) == percent(0))
        let foreign = #"{"llama3":{"targets":[{"name":"else"}]}}"#
        stage = Stage([configMap(foreign), gateway()])
        #expect(fault(router, 0, stage)?.contains("neither primary nor canary") == true)
    }

    @Test func `refuses upstreams that the gateway does not know`() throws {
        #expect(
            try fault(
                router(), 10,
                Stage([configMap("{}", upstreams: "llama3-stable=http://a"), gateway()]))
                == "upstream llama3-canary is not in GATEWAY_UPSTREAMS of ConfigMap gateway-config,"
                + " so the gateway would ignore the policy; add it, or use one of: llama3-stable")
        #expect(
            try fault(router(), 0, Stage([configMap("{}", upstreams: "broken"), gateway()]))?
                .contains("malformed entry") == true)
        #expect(
            try fault(router(), 0, Stage([configMap("{}")]))?.contains(
                "deployment gateway not found") == true)
        #expect(
            try fault(router(), 0, Stage([gateway()]))?.contains(
                "ConfigMap gateway-config not found") == true)
        var frozen = configMap("{}")
        frozen["immutable"] = true
        #expect(try fault(router(), 0, Stage([frozen, gateway()]))?.contains("immutable") == true)
    }
}

struct `Upstreams that exist without the rollout` {
    @Test func `change sides by promotion`() throws {
        let router = try router(services: false)
        #expect(!router.servesPods)
        var stage = Stage([configMap(), gateway()])
        for weight in [0, 10, 100] { try stage.move(router, to: weight) }
        #expect(router.read(stage.seen) == percent(100))
        stage.seen.stableHash = "h2"
        #expect(router.read(stage.seen) == percent(0))
        #expect(try router.plan(Split(canary: 0, of: 100), stage.seen).isEmpty)

        stage.seen.currentHash = "h3"
        try stage.move(router, to: 10)
        #expect(router.read(stage.seen) == percent(10))
        #expect(
            policies(stage).contains(
                #""primary":"llama3-canary","canary":"llama3-stable","percent":10"#))
        try stage.move(router, to: 0)
        #expect(policies(stage).contains(#""target":"llama3-canary""#))
    }

    @Test func `go back to the old side on abort`() throws {
        let router = try router(services: false)
        var stage = Stage([configMap(), gateway()])
        try stage.move(router, to: 100)
        try stage.move(router, to: 0)
        #expect(policies(stage).contains(#""target":"llama3-stable""#))
        #expect(router.read(stage.seen) == percent(0))
    }

    @Test func `wait for a revision to stand for`() throws {
        var stage = Stage([configMap(), gateway()])
        stage.seen.stableHash = ""
        #expect(try fault(router(services: false), 10, stage)?.contains("not known yet") == true)
        #expect(try fault(router(services: false), 0, stage) == nil)
    }
}

struct `The configuration of a route policy` {
    @Test(
        arguments: [
            (["model": .null], "is missing"), (["model": ""], "is empty"),
            (["configMap": .null], "is missing"),
            (["deployment": .null], "is missing"), (["canary": "llama3-stable"], "same upstream"),
            (["primary": "a;b"], "cannot be the name"),
            (["namespace": "other"], "in namespace other"),
            (["modle": "x"], "unknown field"), (["restart": "no"], "expected true or false"),
        ] as [(JSON, String)])
    func `is refused with a reason`(change: JSON, reason: String) throws {
        let result = try parsed(#require(kind), configuration(change))
        #expect(result.router == nil)
        #expect(result.findings.contains { $0.contains(reason) }, "\(result.findings)")
    }

    /// Holds: 8.1 maxTrafficWeight.
    @Test func `knows percent only`() throws {
        #expect(try parsed(#require(kind), standard, maximumWeight: 1000).router == nil)
        #expect(try parsed(#require(kind), standard, maximumWeight: 100).router != nil)
    }
}

struct `A route policy's split` {
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `comes back as it was written, and leaves other models alone`(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let router = try router(
            ["restart": .bool(.random(using: &random))], services: .random(using: &random))
        var stage = Stage([configMap(Bool.random(using: &random) ? neighbours : "{}"), gateway()])
        let others = try others(stage)
        for _ in 0..<8 {
            let split = Split(
                canary: [0, 100, .random(in: 0...100, using: &random)].randomElement(using: &random)
                    ?? 0, of: 100)
            try stage.apply(router.plan(split, stage.seen))
            #expect(try router.plan(split, stage.seen).isEmpty)
            #expect(router.read(stage.seen) == .split(split))
            #expect(try self.others(stage) == others)
        }
    }

    /// The text with the policy of this model cut out.
    private func others(_ stage: Stage) throws -> [String] {
        let text = policies(stage)
        let json = try RoutePolicies(parsing: text)["llama3"]?.json
        guard json != nil, let start = text.firstRange(of: "\"llama3\":")?.upperBound,
            let end = text[start...].firstIndex(of: "}")
        else { return text == "{}" ? ["{\"llama3\":", "}"] : [text] }
        let from = text[start...].firstIndex(of: "{") ?? start
        return [String(text[..<from]), String(text[text.index(after: end)...])]
    }
}
