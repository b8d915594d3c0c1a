import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private func weights(_ weights: KeyValuePairs<String, Int>) -> [VersionWeight] {
    weights.map { VersionWeight(service: $0.key, weight: $0.value) }
}

private func ingress(_ annotations: JSON = [:], name: String = "model") -> Object {
    Object([
        "kind": "Ingress",
        "metadata": [
            "name": .string(name), "namespace": "prod", "annotations": annotations,
        ],
        "spec": [
            "rules": [
                ["http": ["paths": [["backend": ["service": ["name": "model-stable"]]]]]]
            ]
        ],
    ])
}

extension WeightedCase {
    static let smi = WeightedCase(
        kind: RouterKind.named("smi", isPlugin: false) ?? RouterKind.all[0], configuration: [:],
        objects: [])
    static let alb = WeightedCase(
        kind: RouterKind.named("alb", isPlugin: false) ?? RouterKind.all[0],
        configuration: ["ingress": "model", "servicePort": 80], objects: [ingress()],
        second: ingress(name: "other"),
        both: ["ingresses": ["model", "other"], "servicePort": 80])

    /// Those that divide traffic between more than two sides.
    static let versioned: [WeightedCase] = [.gateway, .istio, .smi, .alb]

    fileprivate var router: Router? {
        parsed(kind, configuration, maximumWeight: maximumWeight).router
    }
}

struct `Versions of an experiment` {
    /// Holds: 7.1 weight, 6.6 experiments.
    @Test(arguments: WeightedCase.versioned)
    func `stand beside the two sides, and go without a trace`(_ wanted: WeightedCase) throws {
        let router = try #require(wanted.router)
        #expect(router.takesVersions)
        var stage = Stage(wanted.objects)
        try stage.move(router, to: 10, of: wanted.total)
        let before = stage.seen.objects
        stage.seen.versions = ["a": [80], "b": [80, 8080]]
        for versions in [weights(["a": 5, "b": 10]), weights(["b": 20]), weights(["a": 1]), []] {
            let split = Split(canary: 10, of: wanted.total, versions: versions)
            try stage.apply(router.plan(split, stage.seen))
            #expect(router.read(stage.seen) == .split(split))
            #expect(try router.plan(split, stage.seen).isEmpty)
        }
        #expect(stage.seen.objects == before)
    }

    /// Its users would get errors.
    @Test(arguments: [WeightedCase.gateway, .istio, .alb])
    func `need the port that the route names`(_ wanted: WeightedCase) throws {
        let router = try #require(wanted.router)
        var stage = Stage(wanted.objects)
        try stage.move(router, to: 10, of: wanted.total)
        stage.seen.versions = ["a": [8080]]
        let split = Split(canary: 10, of: wanted.total, versions: weights(["a": 5]))
        #expect(throws: RouterError.self) { try router.plan(split, stage.seen) }
        stage.seen.versions = ["a": [80]]
        try stage.apply(router.plan(split, stage.seen))
        // One that lost its Service is still known, and goes.
        stage.seen.versions = ["a": []]
        try stage.move(router, to: 10, of: wanted.total)
        #expect(router.read(stage.seen) == .split(Split(canary: 10, of: wanted.total)))
    }

    /// 0 of the canary is no reason to believe that all is given back.
    @Test func `get nothing by halves where a route is missing`() throws {
        let wanted = WeightedCase.gateway
        let second = try #require(wanted.second)
        let router = try #require(
            parsed(wanted.kind, wanted.both, maximumWeight: wanted.maximumWeight).router)
        var stage = Stage(wanted.objects + [second])
        stage.seen.versions = ["a": [80]]
        let split = Split(canary: 0, of: wanted.total, versions: weights(["a": 5]))
        try stage.apply(router.plan(split, stage.seen))
        stage[second.kind, second.name] = nil
        #expect(throws: RouterError.self) { try router.plan(split, stage.seen) }
        guard case .split(let read) = router.read(stage.seen) else {
            Issue.record("\(router.read(stage.seen))")
            return
        }
        #expect(read != split && read.versions == split.versions)
        try stage.move(router, to: 0, of: wanted.total)
        let left = try #require(wanted.router).read(stage.seen)
        #expect(left == .split(Split(canary: 0, of: wanted.total)))
    }

    /// Its pods died: whoever still sends there must not wait for a route that is missing.
    @Test(arguments: [WeightedCase.gateway, .istio, .alb], [20, 10])
    func `go from each route for itself, also beside the canary`(
        wanted: WeightedCase, left: Int
    ) throws {
        let second = try #require(wanted.second)
        let router = try #require(
            parsed(wanted.kind, wanted.both, maximumWeight: wanted.maximumWeight).router)
        var stage = Stage(wanted.objects + [second])
        stage.seen.versions = ["a": [80]]
        let split = Split(canary: 20, of: wanted.total, versions: weights(["a": 5]))
        try stage.apply(router.plan(split, stage.seen))
        stage[second] = nil
        #expect(fault(router, 30, stage, of: wanted.total) != nil)
        try stage.move(router, to: left, of: wanted.total)
        let one = try #require(wanted.router)
        #expect(one.read(stage.seen) == .split(Split(canary: left, of: wanted.total)))
        #expect(fault(router, left, stage, of: wanted.total) != nil)
    }

    @Test func `are all found where routes differ, and each once`() throws {
        let wanted = WeightedCase.gateway
        let router = try #require(wanted.router)
        var stage = Stage(wanted.objects)
        stage.seen.versions = ["a": [80], "b": [80]]
        try stage.move(router, to: 10, of: wanted.total)
        for (index, name) in [(0, "a"), (2, "b")] {
            let backends = [7, 3].map { weight -> JSON in
                ["name": .string(name), "weight": .int(weight)]
            }
            stage["HTTPRoute", "model"]?.append(backends, toRule: index)
        }
        guard case .split(let read) = router.read(stage.seen) else {
            Issue.record("\(router.read(stage.seen))")
            return
        }
        #expect(read.versions == weights(["a": 7, "b": 7]))
        let split = Split(canary: 10, of: wanted.total, versions: weights(["a": 7]))
        try stage.apply(router.plan(split, stage.seen))
        #expect(router.read(stage.seen) == .split(split))
    }

    /// A backend of the same name in another namespace is somebody else's.
    @Test func `are no destinations of somebody else`() throws {
        let wanted = WeightedCase.gateway
        let router = try #require(wanted.router)
        var stage = Stage(wanted.objects)
        stage["HTTPRoute", "model"]?.append(
            [["name": "a", "namespace": "other", "weight": 4], ["name": "unknown", "weight": 4]],
            toRule: 0)
        try stage.move(router, to: 0, of: wanted.total)
        let before = stage["HTTPRoute", "model"]?.spec
        stage.seen.versions = ["a": [80]]
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: wanted.total)))
        let split = Split(canary: 0, of: wanted.total, versions: weights(["a": 5]))
        try stage.apply(router.plan(split, stage.seen))
        #expect(router.read(stage.seen) == .split(split))
        try stage.move(router, to: 0, of: wanted.total)
        #expect(stage["HTTPRoute", "model"]?.spec == before)
    }

    /// Nothing is given back first where there was no version: all is written at once.
    @Test func `are no target groups of somebody else`() throws {
        let router = try #require(WeightedCase.alb.router)
        let former = try #require(FormerRouter(router, narrowed: router, besides: []))
        let groups = [("model-canary", 0), ("legacy", 20), ("model-stable", 80)]
            .map { name, weight -> JSON in
                ["ServiceName": .string(name), "ServicePort": "80", "Weight": .int(weight)]
            }
        let action: JSON = ["Type": "forward", "ForwardConfig": ["TargetGroups": .array(groups)]]
        let key = "alb.ingress.kubernetes.io/actions.model-stable"
        var stage = Stage([ingress([key: .string(action.text)])])
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 101)))
        #expect(former.isSpent(stage.seen))
        stage.seen.versions = ["a": [80]]
        let split = Split(canary: 10, of: 100, versions: weights(["a": 5]))
        try stage.apply(router.plan(split, stage.seen))
        #expect(router.read(stage.seen) == .split(split))
    }

    /// The Service of a side is no version, whatever a version's Service is called.
    @Test func `are never one of the two sides`() throws {
        let wanted = WeightedCase.gateway
        let router = try #require(wanted.router)
        var stage = Stage(wanted.objects)
        try stage.move(router, to: 10, of: wanted.total)
        stage.seen.versions = ["model-canary": [80], "model-stable": [80]]
        #expect(router.read(stage.seen) == .split(Split(canary: 10, of: wanted.total)))
    }

    /// Whoever may annotate an Ingress must not end the controller.
    @Test(arguments: [Int64.min, .max, -1]) func `count only as far as numbers go`(
        weight: Int64
    ) throws {
        let router = try #require(WeightedCase.alb.router)
        let groups: [JSON] = ["model-stable", "model-canary", "x", "y"].map { name in
            ["ServiceName": name, "ServicePort": "80", "Weight": .int(weight)]
        }
        let action: JSON = ["Type": "forward", "ForwardConfig": ["TargetGroups": .array(groups)]]
        let key = "alb.ingress.kubernetes.io/actions.model-stable"
        var stage = Stage([ingress([key: .string(action.text)])])
        #expect(router.read(stage.seen) != .split(Split(canary: 0, of: 100)))
        try stage.move(router, to: 0)
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 100)))
    }
}

struct `Versions of an experiment in a VirtualService` {
    private func hosts(
        _ namespace: String, _ destinations: [JSON], _ configuration: JSON = [:]
    ) throws -> [String] {
        let kind = try #require(RouterKind.named("istio", isPlugin: false))
        var configuration = configuration
        configuration["virtualService"] = ["name": .string("model.\(namespace)")]
        let router = try #require(parsed(kind, configuration).router)
        let routes: [JSON] = [["route": .array(destinations)]]
        let reference = Reference(.virtualServices, namespace: namespace, name: "model")
        var stage = Stage([])
        stage.seen.versions = ["a": [80]]
        stage.seen.objects[reference] = Object([
            "kind": "VirtualService",
            "metadata": ["name": "model", "namespace": .string(namespace)],
            "spec": ["http": .array(routes)],
        ])
        let rule = Reference(.destinationRules, namespace: "prod", name: "model")
        stage.seen.objects[rule] = Object([
            "kind": "DestinationRule", "metadata": ["name": "model", "namespace": "prod"],
            "spec": ["host": "model", "subsets": [["name": "s"], ["name": "c"]]],
        ])
        let split = Split(canary: 10, of: 100, versions: weights(["a": 5]))
        try stage.apply(router.plan(split, stage.seen))
        #expect(try router.plan(split, stage.seen).isEmpty)
        let found = stage.seen.objects[reference]?.spec?["http"]?[0]?["route"]?.array ?? []
        #expect(found.map { $0["weight"]?.int } == [85, 10, 5])
        #expect(found.last?["destination"]?["subset"] == nil)
        // Nothing but its Service leads to it.
        #expect(
            stage.seen.objects[rule]?.spec?["subsets"]?.array?.map { $0["name"] } == ["s", "c"])
        try stage.move(router, to: 10)
        let left = stage.seen.objects[reference]?.spec?["http"]?[0]?["route"]?.array ?? []
        #expect(left.count == destinations.count)
        return found.dropFirst(destinations.count).compactMap {
            $0["destination"]?["host"]?.string
        }
    }

    /// Holds: 6.5 host split, 7.1 weight.
    @Test(arguments: [
        ("prod", "model-canary", "a"), ("gateways", "model-canary", "a.prod.svc.cluster.local"),
        ("gateways", "model-canary.prod.svc.example", "a.prod.svc.example"),
        ("prod", "model-canary.prod.svc.example", "a.prod.svc.example"),
    ])
    func `are named in the rollout's namespace`(
        namespace: String, canary: String, version: String
    ) throws {
        let destinations = ["model-stable.prod.svc.example", canary].map { host -> JSON in
            ["destination": ["host": .string(host), "port": ["number": 80]]]
        }
        #expect(try hosts(namespace, destinations) == [version])
    }

    /// Holds: 6.5 version beside subsets.
    @Test(arguments: [
        ("prod", "model", "a"), ("gateways", "model.prod.svc.example", "a.prod.svc.example"),
        ("prod", "model.example", "a.prod.svc.cluster.local"),
    ])
    func `have their own host beside subsets`(
        namespace: String, host: String, version: String
    ) throws {
        let destinations = ["s", "c"].map { subset -> JSON in
            ["destination": ["host": .string(host), "subset": .string(subset)]]
        }
        let subsets: JSON = [
            "destinationRule": [
                "name": "model", "canarySubsetName": "c", "stableSubsetName": "s",
            ]
        ]
        #expect(try hosts(namespace, destinations, subsets) == [version])
    }
}

struct `Versions by a router that is named no more` {
    @Test(arguments: WeightedCase.versioned) func `go at once`(_ wanted: WeightedCase) throws {
        let router = try #require(wanted.router)
        let former = try #require(FormerRouter(router, narrowed: router, besides: []))
        var stage = Stage(wanted.objects)
        stage.seen.versions = ["a": [80]]
        let split = Split(canary: 0, of: wanted.total, versions: weights(["a": 5]))
        try stage.apply(router.plan(split, stage.seen))
        #expect(!former.isSpent(stage.seen))
        let last = try #require(former.router(in: stage.seen, of: wanted.total))
        #expect(last.read(stage.seen) == .former(split))
        try stage.apply(last.plan(Split(canary: 0, of: wanted.total), stage.seen))
        #expect(former.isSpent(stage.seen))
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: wanted.total)))
    }

    /// The canary's Service was renamed: both names stand in one rule, and the versions are the
    /// present router's.
    @Test func `stay where the present one writes into the same list`() throws {
        let wanted = WeightedCase.gateway
        let before = try #require(wanted.router)
        let renamed = RoutedRollout(
            namespace: "prod", name: "model", stableService: "model-stable",
            canaryService: "shadow", maximumWeight: wanted.maximumWeight)
        let findings = Reader.Findings()
        let present = try #require(
            wanted.kind.parse(Reader(wanted.configuration, findings: findings), renamed))
        let former = try #require(FormerRouter(before, narrowed: before, besides: [present]))
        var stage = Stage(wanted.objects)
        stage.seen.versions = ["a": [80]]
        try stage.move(before, to: 30, of: wanted.total)
        let split = Split(canary: 0, of: wanted.total, versions: weights(["a": 5]))
        try stage.apply(present.plan(split, stage.seen))
        let last = try #require(former.router(in: stage.seen, of: wanted.total))
        try stage.apply(last.plan(Split(canary: 0, of: wanted.total), stage.seen))
        #expect(former.isSpent(stage.seen))
        #expect(present.read(stage.seen) == .split(split))
    }
}

extension Object {
    /// Adds backends to a rule of a route.
    fileprivate mutating func append(_ backends: [JSON], toRule index: Int) {
        var rules = spec?["rules"]?.array ?? []
        let present = rules[index]["backendRefs"]?.array ?? []
        rules[index]["backendRefs"] = .array(present + backends)
        self["spec", "rules"] = .array(rules)
    }
}
