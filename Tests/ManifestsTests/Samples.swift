import Documents
import KubernetesObjects
import Rollouts
import Traffic

@testable import Manifests

/// A router that takes any configuration, to stand for one of the table.
func anyRouter(_ key: String, isPlugin: Bool = false) -> RouterKind {
    RouterKind(key: key, isPlugin: isPlugin) { configuration, rollout in
        if configuration["stableIngress"].string() == "bad" {
            configuration["stableIngress"].refuse("is bad", remedy: "name another")
        }
        let routes: RoutesPlan = { _, _ throws(RouterError) in [] }
        return Router(
            kind: key, reads: [], plan: { _, _ throws(RouterError) in [] }, read: { _ in .unset },
            routes: isPlugin ? routes : nil,
            verify: { _ in .cannot })
    }
}

let someRouters = [anyRouter("nginx"), anyRouter("sluice/route-policy", isPlugin: true)]

/// A valid Rollout that uses nearly everything; `change` makes it another.
func rollout(_ change: (inout JSON) -> Void = { _ in }) -> Object {
    var json: JSON = [
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
        "metadata": [
            "name": "shop", "namespace": "web", "uid": "u-1", "generation": 7,
            "labels": ["team": "blue"],
            "annotations": [
                "rollout.argoproj.io/revision": "3", "owner": "me",
                "kubectl.kubernetes.io/last-applied-configuration": "{}",
            ],
        ],
        "spec": [
            "replicas": 5, "minReadySeconds": 2, "progressDeadlineSeconds": 60,
            "selector": ["matchLabels": ["app": "shop"]],
            "template": [
                "metadata": ["labels": ["app": "shop"]],
                "spec": ["containers": [["name": "shop", "image": "shop:1"]]],
            ],
            "strategy": [
                "canary": [
                    "stableService": "shop-stable", "canaryService": "shop-canary",
                    "trafficRouting": ["nginx": ["stableIngress": "shop"]],
                    "analysis": [
                        "templates": [["templateName": "errors"]], "startingStep": 1,
                        "args": [["name": "service", "value": "shop-canary"]],
                    ],
                    "steps": [
                        ["setWeight": 10], ["pause": ["duration": "30s"]], ["pause": [:]],
                        ["setCanaryScale": ["replicas": 2]],
                        [
                            "analysis": [
                                "templates": [["templateName": "latency", "clusterScope": true]],
                                "args": [
                                    [
                                        "name": "hash",
                                        "valueFrom": ["podTemplateHashValue": "Latest"],
                                    ]
                                ],
                            ]
                        ],
                    ],
                ]
            ],
        ],
    ]
    change(&json)
    return Object(json)
}

/// The sample with another canary strategy.
func changedCanary(_ change: (inout JSON) -> Void) -> Object {
    rollout { json in
        var canary = json["spec"]?["strategy"]?["canary"] ?? .object(JSONObject())
        change(&canary)
        json["spec"]?["strategy"]?["canary"] = canary
    }
}

func parsed(_ object: Object, _ strictness: Strictness = .controller) -> ParsedRollout {
    RolloutDocument.parse(object, routers: someRouters, strictness: strictness)
}

/// A small generator of pseudo-random numbers, so that a seed tells the whole story (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
