import Analysis
import Documents
import KubernetesObjects
import Testing

@testable import Manifests

struct `A template that a rollout names` {
    /// A template with one metric, which counts once where it does not say otherwise.
    private func template(_ changes: JSON) -> Object {
        var metric: JSON = [
            "name": "m", "count": 1,
            "provider": ["prometheus": ["address": "http://p:9090", "query": "up"]],
        ]
        for (key, value) in changes.object?.members ?? [] { metric[key] = value }
        return Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate",
            "metadata": ["name": "judge"],
            "spec": [
                "args": [
                    ["name": "limit", "value": "<"], ["name": "share", "value": "0.05"],
                    ["name": "later"],
                    ["name": "token", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]]],
                ],
                "metrics": [metric],
            ],
        ])
    }

    /// What is said of a rollout that names it.
    private func refusals(_ changes: JSON, later: JSON = ["value": "1"]) -> [String] {
        var given = later
        given["name"] = "later"
        let rollout = changedCanary {
            $0["analysis"] = ["templates": [["templateName": "judge"]], "args": [given]]
        }
        var resources = ReferencedResources()
        resources.isComplete = false
        resources.templates[.init(name: "judge")] =
            TemplateDocument.parse(template(changes), strictness: .controller).spec
        return parsed(rollout).findings(in: resources, document: rollout).map(\.message)
    }

    /// Holds: 8.2 templates that fit.
    @Test(
        arguments: [
            (
                ["successCondition": "frob(result[0])"],
                "spec.metrics[0].successCondition: unknown function \"frob\" (at character 1)"
            ),
            (["failureCondition": "result["], "spec.metrics[0].failureCondition: unexpected"),
            (
                ["successCondition": "result {{args.limit}} < {{args.share}}"],
                "metrics[0].successCondition: unexpected \"<\" (at character 10), in "
                    + "\"result < < 0.05\""
            ),
            (["provider": ["graphit": [:]]], "the provider graphit is not supported"),
            (
                [
                    "provider": [
                        "prometheus": [
                            "query": "up",
                            "rangeQuery": ["start": "now(", "end": "now()", "step": "1m"],
                        ]
                    ]
                ], "spec.metrics[0].provider.prometheus.rangeQuery.start: unexpected"
            ),
            (["interval": 5], "spec.metrics[0].interval: expected a string, found an integer"),
        ] as [(JSON, String)])
    func `refuses the rollout where it cannot be read`(_ changes: JSON, _ message: String) {
        let found = refusals(changes)
        #expect(found.count == 1)
        #expect(found.first?.contains("AnalysisTemplate judge: ") == true)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    /// What is known only later, and what nobody minds who measures.
    @Test(
        arguments: [
            ["successCondition": "result[0] < {{args.later}}"],
            ["successCondition": "result[0] < {{args.token}}"],
            ["successCondition": "result[0] < {{args.share}}"],
        ] as [JSON])
    func `is taken where it can be read`(_ changes: JSON) {
        #expect(refusals(changes) == [])
        let field: JSON = ["valueFrom": ["fieldRef": ["fieldPath": "status.stableRS"]]]
        #expect(refusals(changes, later: field) == [])
    }

    /// Argo Rollouts takes them, and measures.
    @Test(
        arguments: [
            (["nme": "x"], "unknown field \"nme\""),
            (
                ["provider": ["prometheus": ["query": "up", "qery": "x"]]],
                "unknown field \"qery\""
            ),
            (["provider": ["prometheus": ["query": "up", "timeout": 7_200]]], "out of range"),
            (
                [
                    "provider": [
                        "prometheus": [
                            "query": "up",
                            "authentication": [
                                "sigv4": ["region": "x"],
                                "oauth2": [
                                    "tokenUrl": "http://t", "clientId": "a", "clientSecret": "b",
                                ],
                            ],
                        ]
                    ]
                ], "oauth2 and sigv4 exclude each other"
            ),
            (
                ["provider": ["wavefront": ["address": "https://w.example", "query": "x"]]],
                "is no host name"
            ),
            (
                ["provider": ["graphite": ["address": "http://g", "query": "a.b"]]],
                "has no target"
            ),
            (
                ["provider": ["datadog": ["query": "x", "aggregator": "mean"]]],
                "is only there in version 2"
            ),
            (
                [
                    "provider": [
                        "web": [
                            "url": "http://w", "authentication": ["sigv4": ["region": "x"]],
                        ]
                    ]
                ], "a web metric cannot be signed by sigv4"
            ),
            (["provider": ["web": ["url": "http://w", "timeoutSeconds": -1]]], "out of range"),
            (["provider": ["newRelic": ["query": "x", "timeout": 300]]], "out of range"),
        ] as [(JSON, String)])
    func `is passed over, and linted, for what holds up nobody`(
        _ changes: JSON, _ message: String
    ) {
        let linted = TemplateDocument.parse(template(changes)).findings.map(\.description)
        #expect(linted.count == 1)
        #expect(linted.first?.contains(message) == true, "\(linted)")
        #expect(refusals(changes) == [])
    }

    /// The field's definitions give every document this one.
    @Test func `has no finding for what servers put in`() {
        let changes: JSON = ["provider": ["datadog": ["query": "x", "aggregator": "last"]]]
        #expect(TemplateDocument.parse(template(changes)).findings == [])
    }
}
