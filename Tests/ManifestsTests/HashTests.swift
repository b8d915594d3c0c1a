import Documents
import Testing

@testable import Manifests

struct `A template hash` {
    /// The template of the field's getting-started guide.
    static func template(_ colour: String) -> JSON {
        [
            "metadata": ["labels": ["app": "rollouts-demo"]],
            "spec": [
                "containers": [
                    [
                        "resources": ["requests": ["memory": "32Mi", "cpu": "0.005"]],
                        "ports": [["protocol": "TCP", "containerPort": 8080, "name": "http"]],
                        "image": .string("argoproj/rollouts-demo:\(colour)"),
                        "name": "rollouts-demo",
                    ]
                ]
            ],
        ]
    }

    /// Holds: 3.1 template.
    @Test(arguments: [
        ("blue", "5cd66ff7ff"), ("yellow", "76ddfb4f47"), ("red", "64fbcbbd74"),
        ("green", "674bdbdd46"),
    ])
    func `is that of Argo Rollouts 1.9`(colour: String, hash: String) {
        #expect(TemplateHash.ofTemplate(Self.template(colour), collisionCount: nil) == hash)
    }

    /// Holds: 3.1 former libraries.
    @Test(arguments: [
        ("blue", "687d76d795"), ("yellow", "6cf78c66c5"), ("red", "5747959bdb"),
        ("green", "7d9c645dbb"),
    ])
    func `is that of earlier libraries where they are asked for`(colour: String, hash: String) {
        let found = TemplateHash.ofTemplate(
            Self.template(colour), collisionCount: nil, library: .former)
        #expect(found == hash)
    }

    @Test func `is the same whether or not the server wrote an empty creation time`() {
        var stored = Self.template("blue")
        stored["metadata"]?["creationTimestamp"] = .null
        #expect(TemplateHash.ofTemplate(stored, collisionCount: nil) == "5cd66ff7ff")
    }

    /// Holds: 3.1 collisions.
    @Test func `changes with the collision count`() {
        let hashes = [nil, 0, 1].map {
            TemplateHash.ofTemplate(Self.template("blue"), collisionCount: $0)
        }
        #expect(Set(hashes).count == 3)
    }

    @Test func `changes with a field that the tables do not know`() {
        var newer = Self.template("blue")
        newer["spec"]?["fieldOfTomorrow"] = true
        #expect(TemplateHash.ofTemplate(newer, collisionCount: nil) != "5cd66ff7ff")
    }

    /// Holds: 3.1 template.
    @Test func `reads every field in Go's order with its rules for empty ones`() {
        let template: JSON = [
            "spec": [
                "hostNetwork": false, "terminationGracePeriodSeconds": 0, "securityContext": [:],
                "containers": [
                    [
                        "args": [], "command": ["a<b", "c"], "name": "c",
                        "livenessProbe": ["grpc": ["port": 9000], "periodSeconds": 0],
                        "env": [
                            ["value": "", "name": "A"],
                            [
                                "name": "M",
                                "valueFrom": ["resourceFieldRef": ["resource": "limits.cpu"]],
                            ],
                        ],
                        "resources": ["limits": ["memory": "1024Mi", "cpu": 2]],
                    ]
                ],
                "volumes": [["emptyDir": [:], "name": "v"]],
            ]
        ]
        let written = GoFields.pods.written(template, as: "PodTemplateSpec", by: .former).goText
        #expect(
            written == #"{"metadata":{"creationTimestamp":null},"spec":{"volumes":[{"name":"v","#
                + #""emptyDir":{}}],"containers":[{"name":"c","command":["a\u003cb","c"],"env":["#
                + #"{"name":"A"},{"name":"M","valueFrom":{"resourceFieldRef":{"#
                + #""resource":"limits.cpu","#
                + #""divisor":"0"}}}],"resources":{"limits":{"cpu":"2","memory":"1Gi"}},"#
                + #""livenessProbe":{"grpc":{"port":9000,"service":null}}}],"#
                + #""terminationGracePeriodSeconds":0,"securityContext":{}}}"#)
    }
}

struct `A step hash` {
    static let vectors: [(JSON?, String)] = [
        ([["pause": [:]]], "6b9b86fbd5"),
        ([["pause": [:]], ["pause": [:]]], "79c9b9f6bf"),
        (nil, "5ffbfbbd64"),
        ([["setWeight": 1]], "5d6bf6ffc4"),
        (
            [
                ["setWeight": 20], ["pause": [:]], ["setWeight": 40],
                ["pause": ["duration": "10s"]],
                ["setWeight": 60], ["pause": ["duration": "10s"]], ["setWeight": 80],
                ["pause": ["duration": "10s"]],
            ], "b9b7958d9"
        ),
    ]

    /// Holds: 3.1 steps.
    @Test(arguments: vectors)
    func `is that of Argo Rollouts`(steps: JSON?, hash: String) {
        #expect(TemplateHash.ofSteps(steps) == hash)
    }

    /// Holds: 3.1 steps.
    @Test func `is taken over the steps as the typed API writes them`() {
        let written = GoFields.steps.written(
            [
                "analysis": [
                    "args": [["value": "v", "name": "a"]], "templates": [["templateName": "t"]],
                ]
            ],
            as: "CanaryStep")
        #expect(
            written.text == #"{"analysis":{"templates":[{"templateName":"t"}],"#
                + #""args":[{"name":"a","value":"v"}],"analysisRunMetadata":{}}}"#)
    }
}
