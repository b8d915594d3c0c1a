import Documents

/// Documents of a team that is careless with its secrets.
struct CanaryDocuments {
    let canaries: Canaries

    /// What belongs in a cluster, in the order in which it is created.
    var all: [JSON] { [secret, template, rollout(tag: "v1")] + broken }

    var secret: JSON {
        [
            "apiVersion": "v1", "kind": "Secret", "metadata": metadata("provider"),
            "stringData": [
                "token": .string(canaries[.token]), "basic": .string(canaries[.basic]),
                "query": .string(canaries[.query]),
            ],
        ]
    }

    var template: JSON {
        let arguments: [JSON] = ["token", "basic", "query"].map { key in
            [
                "name": .string(key),
                "valueFrom": ["secretKeyRef": ["name": "provider", "key": .string(key)]],
            ]
        }
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate",
            "metadata": metadata("hostile"),
            "spec": [
                "args": .array(arguments),
                "metrics": .array(HostileProvider.manners.map(metric)),
            ],
        ]
    }

    private func metric(_ manner: String) -> JSON {
        let fields: [(String, String)] = [
            ("Authorization", "Bearer {{args.token}}"), ("X-Other", "Basic {{args.basic}}"),
            ("X-Api-Key", canaries[.header]),
        ]
        var prometheus: JSON = [
            "query": "sum(up{key=\"{{args.query}}\"})",
            "headers": .array(
                fields.map { ["key": .string($0.0), "value": .string($0.1)] as JSON }),
        ]
        if manner != "standard" {
            prometheus["address"] = .string("http://prober:\(canaries[.login])@hostile/\(manner)")
        }
        return [
            "name": .string(manner), "consecutiveErrorLimit": 0,
            "successCondition": "result[0] < 1", "provider": ["prometheus": prometheus],
        ]
    }

    func rollout(
        _ name: String = "shop", tag: String, environment: JSON? = nil
    ) -> JSON {
        let plain: JSON = [["name": "PASSWORD", "value": .string(canaries[.environment])]]
        let container: JSON = [
            "name": "app", "image": .string("shop:\(tag)"), "env": environment ?? plain,
        ]
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": metadata(name),
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["app": .string(name)]],
                "template": [
                    "metadata": ["labels": ["app": .string(name)]],
                    "spec": ["containers": [container]],
                ],
                "strategy": [
                    "canary": [
                        "steps": [["analysis": ["templates": [["templateName": "hostile"]]]]]
                    ]
                ],
            ],
        ]
    }

    /// Rollouts whose environment is written wrongly, and told to be.
    private var broken: [JSON] {
        let number = JSON.number(canaries[.number])
        return [
            rollout("number", tag: "v1", environment: [["name": "PIN", "value": number]]),
            rollout("word", tag: "v1", environment: [.string("KEY=\(canaries[.word])")]),
            rollout("member", tag: "v1", environment: ["KEY": .string(canaries[.member])]),
        ]
    }

    private func metadata(_ name: String) -> JSON {
        ["name": .string(name), "namespace": "web"]
    }
}
