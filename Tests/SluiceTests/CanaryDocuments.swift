import Documents
import KubernetesObjects
import LocalCluster
import Testing

/// Documents of a team that is careless with its secrets.
struct CanaryDocuments {
    let canaries: Canaries

    /// What can be created and played.
    var good: [JSON] { secrets + templates + [notificationRules, rollout(tag: "v1")] }

    /// Rollouts whose environment is written wrongly, and told to be.
    var broken: [JSON] {
        let number = JSON.number(canaries[.number])
        return [
            rollout("number", tag: "v1", environment: [["name": "PIN", "value": number]]),
            rollout("word", tag: "v1", environment: [.string("KEY=\(canaries[.word])")]),
            rollout("member", tag: "v1", environment: ["KEY": .string(canaries[.member])]),
        ]
    }

    private var secrets: [JSON] {
        [
            secret("provider", ["token": .token, "basic": .basic, "query": .query]),
            secret("pods", ["PASSWORD": .podSecret]),
            secret("tls", ["tls.crt": .tlsKey, "tls.key": .tlsKey]),
            secret("argo-rollouts-notification-secret", ["token": .messageToken]),
        ]
    }

    private func secret(_ name: String, _ kinds: [String: Canaries.Kind]) -> JSON {
        [
            "apiVersion": "v1", "kind": "Secret", "metadata": metadata(name),
            "stringData": JSON(strings: kinds.mapValues { canaries[$0] }),
        ]
    }

    /// Two services, one of which is brought its own password, too.
    private var notificationRules: JSON {
        let data = [
            "service.slack": "token: $token\napiURL: http://hostile",
            "service.webhook.hook": """
            url: http://prober:$token@hostile
            headers: [{name: X-Api-Key, value: "\(canaries[.messageHeader])"}]
            """,
            "template.told": """
            message: "{{.rollout.metadata.name}} {{.secrets.token}}"
            webhook: {hook: {method: POST, body: "{{int .secrets.token}}"}}
            """,
            "template.hook": "webhook: {hook: {method: POST, body: \"{{.secrets.token}}\"}}",
            "trigger.on-rollout-completed": "- send: [told]",
            "trigger.on-rollout-aborted": "- send: [hook]",
            "trigger.broken": "- send: [told]\n  when: \"'\(canaries[.messageHeader])' <\"",
        ]
        return [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": metadata("argo-rollouts-notification-configmap"),
            "data": JSON(strings: data),
        ]
    }

    /// One whose answers let every release pass, two whose answers end it, and one with all
    /// manners that a provider could have. The last is a dry run, or the first of them would end
    /// it.
    private var templates: [JSON] {
        let manners = HostileProvider.manners
        let manner = manners[Int(canaries.seed % UInt64(manners.count))]
        return [
            template("passing", [metric("warning")]),
            template("failing", [metric("high")]),
            template("erring", [metric(manner, "result[0] == '{{args.token}}'")]),
            template(
                "hostile",
                manners.map { metric($0) } + [
                    // The secret has a quotation mark, so that the condition breaks with it.
                    metric("condition", "'{{args.query}}' != asString(result[0])"),
                    metric("type", "result[0] < '{{args.token}}'"),
                    metric("called {{args.token}}"),
                ], isDryRun: true),
        ]
    }

    private func template(_ name: String, _ metrics: [JSON], isDryRun: Bool = false) -> JSON {
        let arguments: [JSON] = ["token", "basic", "query"].map { key in
            [
                "name": .string(key),
                "valueFrom": ["secretKeyRef": ["name": "provider", "key": .string(key)]],
            ]
        }
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate",
            "metadata": metadata(name),
            "spec": [
                "args": .array(arguments), "metrics": .array(metrics),
                "dryRun": isDryRun ? [["metricName": ".*"]] : [],
            ],
        ]
    }

    private func metric(_ manner: String, _ condition: String = "result[0] < 1") -> JSON {
        let fields: [(String, String)] = [
            ("Authorization", "Bearer {{args.token}}"), ("X-Other", "Basic {{args.basic}}"),
            ("X-Api-Key", canaries[.header]), ("Cookie", "session=\(canaries[.cookie])"),
        ]
        var prometheus: JSON = [
            "query": "sum(up{key=\"{{args.query}}\"})",
            "headers": .array(
                fields.map { ["key": .string($0.0), "value": .string($0.1)] as JSON }),
        ]
        if manner != "standard" {
            let path = HostileProvider.manners.contains(manner) ? manner : "warning"
            prometheus["address"] = .string("http://prober:\(canaries[.login])@hostile/\(path)")
        }
        return [
            "name": .string(manner), "consecutiveErrorLimit": 0,
            "successCondition": .string(condition), "provider": ["prometheus": prometheus],
        ]
    }

    /// - Parameter template: what judges the release.
    func rollout(
        _ name: String = "shop", tag: String, template: String = "passing",
        environment: JSON? = nil
    ) -> JSON {
        let careless: JSON = [
            ["name": "PASSWORD", "value": .string(canaries[.environment])],
            ["name": "KEY", "valueFrom": ["secretKeyRef": ["name": "pods", "key": "PASSWORD"]]],
        ]
        let container: JSON = [
            "name": "app", "image": .string("shop:\(tag)"), "env": environment ?? careless,
            "envFrom": [["secretRef": ["name": "pods"]]],
        ]
        let subscriptions =
            ["on-rollout-completed.slack", "on-rollout-completed.hook"]
            + ["on-rollout-aborted.hook"]
        var metadata = metadata(name)
        metadata["annotations"] = JSON(
            strings: Dictionary(
                uniqueKeysWithValues: subscriptions.map {
                    ("notifications.argoproj.io/subscribe.\($0)", "somebody")
                }))
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": metadata,
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["app": .string(name)]],
                "template": [
                    "metadata": ["labels": ["app": .string(name)]],
                    "spec": ["containers": [container]],
                ],
                "strategy": [
                    "canary": [
                        "steps": [
                            ["analysis": ["templates": [["templateName": .string(template)]]]]
                        ]
                    ]
                ],
            ],
        ]
    }

    /// Puts `documents` into a server that does not know the team yet.
    func create(_ documents: [JSON], on server: ObjectServer) async throws {
        let namespace: JSON = [
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "web"],
        ]
        _ = try await server.create(Object(namespace), in: .namespaces)
        let kinds: [String: Resource] = [
            "Secret": .secrets, "AnalysisTemplate": .analysisTemplates, "Rollout": .rollouts,
            "ConfigMap": .configMaps,
        ]
        for json in documents {
            let object = Object(json)
            let resource = try #require(kinds[object.kind])
            _ = try await server.create(object, in: resource, namespace: "web")
        }
    }

    private func metadata(_ name: String) -> JSON {
        ["name": .string(name), "namespace": "web"]
    }
}
