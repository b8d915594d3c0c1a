import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private func ingress(_ name: String = "model", service: String = "root") -> Object {
    Object([
        "kind": "Ingress", "metadata": ["name": .string(name), "namespace": "prod"],
        "spec": [
            "rules": [
                [
                    "http": [
                        "paths": [
                            [
                                "path": "/*",
                                "backend": [
                                    "service": [
                                        "name": .string(service),
                                        "port": ["name": "use-annotation"],
                                    ]
                                ],
                            ]
                        ]
                    ]
                ]
            ]
        ],
    ])
}

private func router(_ more: JSON = [:]) throws -> Router {
    let kind = try #require(RouterKind.named("alb", isPlugin: false))
    var configuration: JSON = ["ingress": "model", "servicePort": 443, "rootService": "root"]
    for (key, value) in more.object?.members ?? [] {
        configuration[key] = value.isNull ? nil : value
    }
    let result = parsed(kind, configuration)
    #expect(result.findings == [])
    return try #require(result.router)
}

private let key = "alb.ingress.kubernetes.io/actions.root"

struct `The ALB router` {
    /// Holds: 6.7 alb, 1.6 alb.
    /// Holds: 7.5 PatchingALBIngress.
    @Test func `writes the annotation as Argo Rollouts does`() throws {
        let changes = try router().plan(Split(canary: 10, of: 100), Stage([ingress()]).seen)
        let action =
            #"{"Type":"forward","ForwardConfig":{"TargetGroups":["#
            + #"{"ServiceName":"model-canary","ServicePort":"443","Weight":10},"#
            + #"{"ServiceName":"model-stable","ServicePort":"443","Weight":90}]}}"#
        let record = "rollouts.argoproj.io/managed-alb-annotations"
        #expect(
            changes == [
                Change(
                    Stage.reference("Ingress", "model"),
                    .patch(
                        .merge([
                            "metadata": [
                                "annotations": JSON(strings: [
                                    key: action, record: #"{"model":["\#(key)"]}"#,
                                ])
                            ]
                        ])),
                    event: Event(
                        "PatchingALBIngress", "Updating Ingress `model` to desiredWeight '10'"))
            ])
    }

    @Test func `writes each split once and reads it back`() throws {
        let router = try router([
            "stickinessConfig": ["enabled": true, "durationSeconds": 300],
            "ingress": .null, "ingresses": ["model", "other"], "rootService": .null,
        ])
        var stage = Stage(["model", "other"].map { ingress($0, service: "model-stable") })
        #expect(router.read(stage.seen) == .unset)
        for weight in [0, 30, 100, 0] {
            let split = Split(canary: weight, of: 100)
            try stage.apply(router.plan(split, stage.seen))
            #expect(router.read(stage.seen) == .split(split))
            #expect(try router.plan(split, stage.seen).isEmpty)
        }
        let own = "alb.ingress.kubernetes.io/actions.model-stable"
        let text = stage["Ingress", "other"]?.annotations[own]
        let sticky = #""TargetGroupStickinessConfig":{"Enabled":true,"DurationSeconds":300}"#
        #expect(text?.contains(sticky) == true)
        try stage.move(router, to: 30)
        stage["Ingress", "other"] = nil
        try stage.move(router, to: 0)
        #expect(fault(router, 10, stage)?.contains("`other` not found") == true)
    }

    @Test func `finds what others wrote over it`() throws {
        let router = try router()
        var stage = Stage([ingress()])
        try stage.move(router, to: 10)
        let record = stage["Ingress", "model"]?.annotations
        for (text, canary) in [
            (
                #"{"ForwardConfig":{"TargetGroups":[{"ServiceName":"model-canary","Weight":1}]}}"#,
                100
            ),
            ("no json", 100), (#"{"ForwardConfig":{"TargetGroups":[]}}"#, 0),
        ] {
            stage["Ingress", "model"]?["metadata", "annotations", key] = .string(text)
            #expect(router.read(stage.seen) == .split(Split(canary: canary, of: 101)))
        }
        try stage.move(router, to: 10)
        #expect(stage["Ingress", "model"]?.annotations == record)
    }

    @Test func `needs a rule that leads to the root service`() throws {
        let stage = Stage([ingress(service: "another")])
        #expect(
            fault(try router(), 10, stage)
                == "ingress `model` has no rules using service root backend; add one with the port"
                + " name use-annotation")
        #expect(fault(try router(), 0, stage) == nil)
    }

    @Test func `takes an Ingress whose default backend is the root service`() throws {
        var whole = ingress()
        whole["spec"] = [
            "defaultBackend": ["service": ["name": "root", "port": ["name": "use-annotation"]]]
        ]
        #expect(fault(try router(), 10, Stage([whole])) == nil)
    }
}

struct `The configuration of ALB` {
    /// Holds: 8.1 alb.
    @Test(
        arguments: [
            (["servicePort": 80], "Neither are configured"),
            (["servicePort": 80, "ingress": "a", "ingresses": ["b"]], "Both are configured"),
            (["ingress": "a"], "is missing"),
            (["servicePort": 80, "ingresses": ["b", "b"]], "twice"),
            (
                ["servicePort": 80, "ingress": "a", "stickinessConfig": ["enabled": true]],
                "must be from 1"
            ),
        ] as [(JSON, String)])
    func `is refused with a reason`(configuration: JSON, reason: String) throws {
        let result = parsed(
            try #require(RouterKind.named("alb", isPlugin: false)), configuration)
        #expect(result.findings.contains { $0.contains(reason) }, "\(result.findings)")
        #expect(result.router == nil)
    }
}
