import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private let nginx = RouterKind.named("nginx", isPlugin: false)

private func path(_ path: String, _ service: String) -> JSON {
    [
        "path": .string(path), "pathType": "Prefix",
        "backend": ["service": ["name": .string(service), "port": ["number": 80]]],
    ]
}

private func ingress(_ name: String = "model", annotations: [String: String] = [:]) -> Object {
    Object([
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": [
            "name": .string(name), "namespace": "prod", "annotations": JSON(strings: annotations),
        ],
        "spec": [
            "ingressClassName": "nginx",
            "tls": [["hosts": ["model.example"], "secretName": "model-tls"]],
            "defaultBackend": ["service": ["name": "model-stable", "port": ["number": 80]]],
            "rules": [
                [
                    "host": "model.example",
                    "http": ["paths": [path("/", "model-stable"), path("/docs", "documentation")]],
                ],
                ["host": "bare.example"],
                [
                    "host": "files.example",
                    "http": [
                        "paths": [["path": "/", "backend": ["resource": ["name": "bucket"]]]]
                    ],
                ],
            ],
        ],
    ])
}

private func router(
    _ configuration: JSON = ["stableIngress": "model"], maximumWeight: Int? = nil
) throws -> Router {
    let kind = try #require(nginx)
    return try #require(parsed(kind, configuration, maximumWeight: maximumWeight).router)
}

private let sticky = ["nginx.ingress.kubernetes.io/affinity": "cookie"]
private let prefix = "nginx.ingress.kubernetes.io"

struct `The nginx router` {
    /// Holds: 6.4 created, 6.4 owner, 6.4 name, 6.4 rules without http, 7.5 CreatingCanaryIngress.
    /// Holds: 1.6 nginx.
    /// Holds: 9.3 rules without http.
    @Test func `creates the canary Ingress with the matching paths only`() throws {
        let changes = try router().plan(Split(canary: 0, of: 100), Stage([ingress()]).seen)
        guard case .create(let object) = changes.first?.act else {
            Issue.record("\(changes)")
            return
        }
        #expect(object.json.indented == createdIngress)
        #expect(
            changes.map(\.event) == [
                Event(
                    "CreatingCanaryIngress",
                    "Creating canary ingress `model-model-canary` with weight `0`")
            ])
    }

    /// Holds: 6.4 changes, 6.1 set weight, 6.1 clean, 7.5 PatchingCanaryIngress.
    /// Holds: 9.1 objects of others.
    @Test func `writes only what differs`() throws {
        let router = try router()
        var stage = Stage([ingress()])
        try stage.move(router, to: 0)
        stage["Ingress", "model-model-canary"]?["metadata", "annotations", "team"] = "ours"
        let changes = try router.plan(Split(canary: 30, of: 100), stage.seen)
        #expect(
            changes == [
                Change(
                    Stage.reference("Ingress", "model-model-canary"),
                    .patch(
                        .merge(["metadata": ["annotations": ["\(prefix)/canary-weight": "30"]]])),
                    event: Event(
                        "PatchingCanaryIngress",
                        "Updating Ingress `model-model-canary` to desiredWeight '30'"))
            ])
        try stage.apply(changes)
        #expect(stage["Ingress", "model-model-canary"]?.annotations["team"] == "ours")
        #expect(try router.plan(Split(canary: 30, of: 100), stage.seen).isEmpty)
        #expect(router.read(stage.seen) == .split(Split(canary: 30, of: 100)))
        #expect(router.verify(stage.seen) == .cannot)
    }

    /// Holds: 6.4 annotations, 6.4 prefix, 6.4 maxTrafficWeight, 1.6 maxTrafficWeight.
    @Test func `orders annotations as the documents say`() throws {
        let router = try router(
            [
                "stableIngress": "model", "annotationPrefix": "gate.example",
                "additionalIngressAnnotations": [
                    "canary-by-header": "X-Canary", "gate.example/canary-by-cookie": "c",
                    "canary": "false",
                ],
                "canaryIngressAnnotations": [
                    "note": "by us", "gate.example/canary-by-cookie": "d",
                ],
            ], maximumWeight: 1000)
        var stage = Stage([
            ingress(annotations: ["kubernetes.io/ingress.class": "nginx", "other": "x"])
        ])
        try stage.move(router, to: 7, of: 1000)
        #expect(
            stage["Ingress", "model-model-canary"]?.annotations == [
                "kubernetes.io/ingress.class": "nginx", "gate.example/canary-by-header": "X-Canary",
                "gate.example/canary-by-cookie": "d", "note": "by us",
                "gate.example/canary": "true",
                "gate.example/canary-weight": "7", "gate.example/canary-weight-total": "1000",
            ])
        #expect(router.read(stage.seen) == .split(Split(canary: 7, of: 1000)))
    }

    @Test func `does not believe numbers that no share could be counted with`() throws {
        let router = try router()
        var stage = Stage([ingress()])
        try stage.move(router, to: 10)
        for (weight, total) in [
            ("922337203685477580", "9223372036854775807"), ("9223372036854775807", "100"),
        ] {
            stage["Ingress", "model-model-canary"]?.json["metadata"]?["annotations"]?[
                "\(prefix)/canary-weight"] = .string(weight)
            stage["Ingress", "model-model-canary"]?.json["metadata"]?["annotations"]?[
                "\(prefix)/canary-weight-total"] = .string(total)
            // Whatever stands there: all of the traffic, and not what was asked.
            #expect(router.read(stage.seen) == .split(Split(canary: 100, of: 101)))
        }
    }

    @Test func `clamps the weight`() throws {
        var stage = Stage([ingress()])
        try stage.move(router(), to: 130)
        let annotations = stage["Ingress", "model-model-canary"]?.annotations
        #expect(annotations?["\(prefix)/canary-weight"] == "100")
    }

    /// Holds: 6.4 weight 0.
    @Test func `deletes the canary Ingress at 0 where cookies would keep clients there`() throws {
        let router = try router()
        var stage = Stage([ingress(annotations: sticky)])
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 100)))
        try stage.move(router, to: 10)
        #expect(router.read(stage.seen) == .split(Split(canary: 10, of: 100)))
        let back = try router.plan(Split(canary: 0, of: 100), stage.seen)
        #expect(back.map(\.act) == [.delete])
        #expect(back.first?.event?.reason == "DeletingCanaryIngress")
        try stage.apply(back)
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: 100)))
        #expect(try router.plan(Split(canary: 0, of: 100), stage.seen).isEmpty)
    }

    /// Holds: 6.4 weight 0.
    @Test func `keeps it at 0 where affinity has the legacy behaviour`() throws {
        let router = try router([
            "stableIngress": "model",
            "additionalIngressAnnotations": ["affinity-canary-behavior": "legacy"],
        ])
        var stage = Stage([ingress(annotations: sticky)])
        try stage.move(router, to: 10)
        try stage.move(router, to: 0)
        #expect(stage["Ingress", "model-model-canary"] != nil)
    }

    /// Holds: 6.4 owner, 6.4 no rule.
    @Test func `refuses what it must not touch`() throws {
        let router = try router()
        var stage = Stage([ingress(), ingress("model-model-canary")])
        #expect(
            fault(router, 10, stage)
                == "canary ingress `model-model-canary` controlled by different object;"
                + " delete or rename that Ingress, this rollout must create its own")
        #expect(router.read(stage.seen) == .unreadable(fault(router, 0, stage) ?? ""))

        stage = Stage([ingress(annotations: ["\(prefix)/canary": "true"])])
        #expect(fault(router, 0, stage)?.contains("is a canary itself") == true)
        stage = Stage([])
        #expect(fault(router, 0, stage)?.contains("ingress `model` not found") == true)
        var empty = ingress()
        empty["spec", "rules"] = [["host": "bare.example"]]
        #expect(
            fault(router, 0, Stage([empty]))?
                .hasPrefix("ingress `model` has no rules using service model-stable backend")
                == true)
    }

    @Test func `follows the stable Ingress when it changes`() throws {
        let router = try router()
        var stage = Stage([ingress()])
        try stage.move(router, to: 30)
        stage["Ingress", "model"]?["spec", "tls"] = nil
        #expect(router.read(stage.seen) == .split(Split(canary: 30, of: 101)))
        try stage.move(router, to: 30)
        #expect(stage["Ingress", "model-model-canary"]?["spec", "tls"] == nil)
        #expect(router.read(stage.seen) == .split(Split(canary: 30, of: 100)))
    }

    @Test func `drops a total that would change what the weight means`() throws {
        var stage = Stage([ingress()])
        try stage.move(router(maximumWeight: 1000), to: 500, of: 1000)
        #expect(try router().read(stage.seen) == .split(Split(canary: 50, of: 101)))
        try stage.move(router(), to: 50)
        let annotations = stage["Ingress", "model-model-canary"]?.annotations
        #expect(annotations?["\(prefix)/canary-weight-total"] == nil)
        #expect(annotations?["\(prefix)/canary-weight"] == "50")
    }
}

struct `Several stable Ingresses` {
    private let configuration: JSON = ["stableIngresses": ["a", "b"]]

    /// Holds: 6.4 several.
    @Test func `each get a canary`() throws {
        let router = try router(configuration)
        var stage = Stage([ingress("a"), ingress("b")])
        #expect(router.read(stage.seen) == .unset)
        try stage.move(router, to: 30)
        #expect(
            stage["Ingress", "model-a-canary"] != nil && stage["Ingress", "model-b-canary"] != nil)
        #expect(router.read(stage.seen) == .split(Split(canary: 30, of: 100)))
    }

    @Test(arguments: [(30, 10), (0, 30), (30, 0)])
    func `that disagree equal no wanted split`(a: Int, b: Int) throws {
        let router = try router(configuration)
        var stage = Stage([ingress("a"), ingress("b")])
        try stage.move(router, to: a)
        let key = "\(prefix)/canary-weight"
        stage["Ingress", "model-b-canary"]?["metadata", "annotations", key] = .string("\(b)")
        #expect(router.read(stage.seen) == .split(Split(canary: max(a, b), of: 101)))
    }

    @Test func `of which one is broken still give traffic back on the other`() throws {
        let router = try router(configuration)
        var stage = Stage([ingress("a"), ingress("b")])
        try stage.move(router, to: 30)
        stage["Ingress", "a"] = nil
        #expect(fault(router, 50, stage) != nil)
        try stage.move(router, to: 0)
        for name in ["model-a-canary", "model-b-canary"] {
            #expect(stage["Ingress", name]?.annotations["\(prefix)/canary-weight"] == "0")
        }
        #expect(fault(router, 0, stage)?.contains("`a` not found") == true)
    }
}

struct `The configuration of nginx` {
    /// Holds: 8.1 nginx.
    @Test(
        arguments: [
            ([:], "Neither are configured"),
            (["stableIngress": "a", "stableIngresses": ["b"]], "Both are configured"),
            (["stableIngresses": ["b", "b"]], "names an Ingress twice"),
            (["stableIngress": "a", "stabelIngresses": []], "unknown field"),
            (["stableIngress": 1], "expected a string"),
        ] as [(JSON, String)])
    func `is refused with a reason`(configuration: JSON, reason: String) throws {
        let result = try parsed(#require(nginx), configuration)
        #expect(result.findings.contains { $0.contains(reason) }, "\(result.findings)")
    }

    /// Holds: 8.1 maxTrafficWeight, 8.1 services for a router.
    @Test func `needs both services and a total that nginx follows`() throws {
        let kind = try #require(nginx)
        let configuration: JSON = ["stableIngress": "model"]
        #expect(parsed(kind, configuration, services: false).router == nil)
        #expect(parsed(kind, configuration, maximumWeight: 50).findings.count == 1)
    }

    /// Holds: 6.4 name.
    @Test func `gives names that fit`() throws {
        let long = String(repeating: "x", count: 253)
        let names = try router(["stableIngress": .string(long)]).reads.map(\.name)
        #expect(names.map(\.count) == [253, 253])
        #expect(
            names.last?.hasPrefix("model-xxx") == true && names.last?.hasSuffix("x-canary") == true)
    }
}

struct `A nginx split` {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `comes back as it was written`(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let total = [100, 100, 1000].randomElement(using: &random) ?? 100
        let router = try router(
            ["stableIngresses": ["a", "b"]], maximumWeight: total == 100 ? nil : total)
        let annotations = Bool.random(using: &random) ? sticky : [:]
        var stage = Stage([ingress("a", annotations: annotations), ingress("b")])
        for _ in 0..<10 {
            let split = Split(
                canary: [0, .random(in: 0...total, using: &random)].randomElement(using: &random)
                    ?? 0, of: total)
            try stage.apply(router.plan(split, stage.seen))
            #expect(try router.plan(split, stage.seen).isEmpty)
            #expect(router.read(stage.seen) == .split(split))
        }
    }
}

private let createdIngress = """
    {
      "apiVersion": "networking.k8s.io/v1",
      "kind": "Ingress",
      "metadata": {
        "name": "model-model-canary",
        "namespace": "prod",
        "annotations": {
          "nginx.ingress.kubernetes.io/canary": "true",
          "nginx.ingress.kubernetes.io/canary-weight": "0"
        },
        "ownerReferences": [
          {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Rollout",
            "name": "model",
            "uid": "uid-1",
            "controller": true,
            "blockOwnerDeletion": true
          }
        ]
      },
      "spec": {
        "ingressClassName": "nginx",
        "tls": [
          {
            "hosts": [
              "model.example"
            ],
            "secretName": "model-tls"
          }
        ],
        "rules": [
          {
            "host": "model.example",
            "http": {
              "paths": [
                {
                  "path": "/",
                  "pathType": "Prefix",
                  "backend": {
                    "service": {
                      "name": "model-canary",
                      "port": {
                        "number": 80
                      }
                    }
                  }
                }
              ]
            }
          }
        ]
      }
    }
    """
