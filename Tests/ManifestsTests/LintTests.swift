import Analysis
import Documents
import KubernetesObjects
import Testing
import Traffic

@testable import Manifests

struct `A linted set of documents` {
    static let service = """
        apiVersion: v1
        kind: Service
        metadata: {name: NAME, namespace: web}
        spec:
          selector: {app: shop}
        ---

        """
    static let others =
        service.replacing("NAME", with: "shop-stable")
        + service.replacing("NAME", with: "shop-canary")
            + """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: shop, namespace: web}
            spec:
              rules:
              - http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: shop-stable}}}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: errors, namespace: web}
            spec:
              args:
              - name: service
              metrics:
              - name: errors
                interval: 10s
                provider: {prometheus: {address: "http://p:9090", query: "x{{args.service}}"}}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: ClusterAnalysisTemplate
            metadata: {name: latency}
            spec:
              args:
              - name: hash
              metrics:
              - name: p95
                count: 3
                interval: 10s
                provider: {prometheus: {address: "http://p:9090", query: "y{{args.hash}}"}}
            ---

            """

    static func findings(
        of others: String, and object: Object = rollout(), isComplete: Bool = true
    ) throws -> [String] {
        let text = others + YAML.text(of: object.json)
        let documents = try YAML.documents(in: Array(text.utf8), file: "all.yaml")
        return Lint.findings(in: documents, routers: someRouters, isComplete: isComplete)
            .map(\.description)
    }

    @Test func `that fits together has no findings`() throws {
        #expect(try Self.findings(of: Self.others) == [])
    }

    private static let istio: JSON = [
        "virtualService": ["name": "shop"],
        "destinationRule": [
            "name": "shop", "stableSubsetName": "stable", "canarySubsetName": "canary",
        ],
    ]

    /// What is said of the routes that routers need.
    private func routed(
        _ routes: String,
        _ routing: JSON = [
            "istio": istio, "plugins": ["argoproj-labs/gatewayAPI": ["httpRoute": "shop"]],
        ],
        weights: [Int64] = []
    ) throws -> [String] {
        let object = rollout { json in
            json.set(routing, at: ["spec", "strategy", "canary", "trafficRouting"])
            guard !weights.isEmpty else { return }
            let steps = weights.map { weight -> JSON in ["setWeight": .int(weight)] }
            json.set(.array(steps), at: ["spec", "strategy", "canary", "steps"])
        }
        let text = Self.others + routes + YAML.text(of: object.json)
        let documents = try YAML.documents(in: Array(text.utf8), file: "all.yaml")
        return Lint.findings(in: documents, routers: RouterKind.all, isComplete: true)
            .map { "\($0.path): \($0.message)" }
    }

    /// Holds: 8.2 VirtualService.
    @Test func `lacks the routes that its routers write to`() throws {
        let routing = "spec.strategy.canary.trafficRouting"
        #expect(
            try routed("") == [
                "\(routing).istio.virtualService.name: Invalid value: \"shop\": "
                    + "virtualservices.networking.istio.io \"shop\" not found",
                "\(routing).plugins.argoproj-labs/gatewayAPI: HTTPRoute `shop` not found;"
                    + " create it, or correct its name",
            ])
        let routes = """
            apiVersion: networking.istio.io/v1alpha3
            kind: VirtualService
            metadata: {name: shop, namespace: web}
            spec:
              http:
              - route:
                - {destination: {host: shop, subset: stable}, weight: 100}
                - {destination: {host: shop, subset: canary}, weight: 0}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: shop, namespace: web}
            spec: {host: shop, subsets: [{name: canary}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: HTTPRoute
            metadata: {name: shop, namespace: web}
            spec: {rules: [{backendRefs: [{name: shop-stable}, {name: shop-canary}]}]}
            ---

            """
        #expect(
            try routed(routes) == [
                "\(routing).istio: DestinationRule `shop` has no subset stable; add it"
            ])
        #expect(
            try routed(
                routes.replacing("[{name: canary}]", with: "[{name: canary}, {name: stable}]"))
                == [])
    }

    /// Holds: 8.2 VirtualService.
    @Test(arguments: [
        ("", "Unable to get any of the HTTP, TCP or TLS routes for the Istio VirtualService"),
        (
            "http: [{name: a}]",
            "Istio VirtualService has invalid HTTP routes. Error: Route 'main' is not found"
        ),
        (
            "http: [{name: main, route: [{destination: {host: shop-stable}}]}]",
            "Istio VirtualService has invalid HTTP routes. Error: it has no destinations for both "
                + "sides in spec.http[0].route"
        ),
    ])
    func `names a VirtualService whose routes cannot be found`(
        spec: String, finding: String
    ) throws {
        let service = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: shop, namespace: web}
            spec: {\(spec)}
            ---

            """
        let one: JSON = ["name": "shop", "routes": ["main"]]
        let name = "spec.strategy.canary.trafficRouting.istio"
        #expect(
            try routed(service, ["istio": ["virtualService": one]]) == [
                "\(name).virtualService.name: Invalid value: \"shop\": \(finding)"
            ])
        let other: JSON = ["name": "lost"]
        #expect(
            try routed(service, ["istio": ["virtualServices": [one, other]]]) == [
                "\(name).virtualServices[1].name: Invalid value: \"lost\": "
                    + "virtualservices.networking.istio.io \"lost\" not found",
                "\(name).virtualServices[0].name: Invalid value: \"shop\": \(finding)",
            ])
    }

    /// Holds: 8.2 Mapping.
    @Test func `names a Mapping that has a weight, or is missing`() throws {
        let mapping = """
            apiVersion: getambassador.io/v2
            kind: Mapping
            metadata: {name: shop, namespace: web}
            spec: {service: shop-stable, weight: 10}
            ---

            """
        let field = "spec.strategy.canary.trafficRouting.ambassador.mappings: Invalid value: "
        #expect(
            try routed(mapping, ["ambassador": ["mappings": ["shop", "lost"]]]) == [
                "\(field)\"lost\": mappings.getambassador.io \"lost\" not found",
                "\(field)\"shop\": Ambassador mapping \"shop\" can not define weight",
            ])
    }

    /// What the document says of other subsets is known before the release comes to it.
    @Test func `has a weight that leaves stable nothing beside other subsets`() throws {
        let routes = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: shop, namespace: web}
            spec:
              http:
              - route:
                - {destination: {host: shop, subset: stable}, weight: 50}
                - {destination: {host: shop, subset: canary}, weight: 0}
                - {destination: {host: shop, subset: shared}, weight: 50}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: shop, namespace: web}
            spec: {host: shop, subsets: [{name: stable}, {name: canary}, {name: shared}]}
            ---

            """
        var istio = Self.istio
        istio["destinationRule"]?["additionalSubsetNames"] = ["shared"]
        let found = try routed(routes, ["istio": istio], weights: [0, 49, 50, 99, 100])
        let kept = "the routes keep 50 of 100 for additional subsets, and a weight of"
        #expect(
            found
                == [(2, 50), (3, 99)].map { step, weight in
                    "spec.strategy.canary.steps[\(step)].setWeight: Invalid value: \(weight): "
                        + "\(kept) \(weight) leaves nothing for stable"
                })
    }

    /// Holds: 8.2 AppMesh.
    @Test func `lacks the VirtualRouter behind its VirtualService`() throws {
        let field = "spec.strategy.canary.trafficRouting.appMesh"
        let mesh: JSON = [
            "appMesh": [
                "virtualService": ["name": "shop", "routes": ["main"]],
                "virtualNodeGroup": [
                    "canaryVirtualNodeRef": ["name": "new"],
                    "stableVirtualNodeRef": ["name": "old"],
                ],
            ]
        ]
        let service = """
            apiVersion: appmesh.k8s.aws/v1beta2
            kind: VirtualService
            metadata: {name: shop, namespace: web}
            spec: {provider: {virtualRouter: {virtualRouterRef: {name: shop}}}}
            ---

            """
        let nodes = ["old", "new"].map { name in
            """
            apiVersion: appmesh.k8s.aws/v1beta2
            kind: VirtualNode
            metadata: {name: \(name), namespace: web}
            spec: {podSelector: {matchLabels: {app: shop}}}
            ---

            """
        }.joined()
        func router(_ route: String) -> String {
            let targets =
                "[{virtualNodeRef: {name: old}, weight: 1}, "
                + "{virtualNodeRef: {name: new}, weight: 0}]"
            return """
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualRouter
                metadata: {name: shop, namespace: web}
                spec:
                  routes:
                  - {name: \(route), httpRoute: {action: {weightedTargets: \(targets)}}}
                ---

                """
        }
        let name = "\(field).virtualService.name: Invalid value: \"shop\": "
        let missing = "appmesh.k8s.aws \"shop\" not found"
        #expect(try routed("", mesh) == ["\(name)virtualservices.\(missing)"])
        #expect(try routed(service + nodes, mesh) == ["\(name)virtualrouters.\(missing)"])
        #expect(
            try routed(service + nodes + router("other"), mesh) == [
                "\(name)VirtualRouter `shop` has no route main; correct the routes of"
                    + " virtualService"
            ])
        #expect(
            try routed(service + router("main"), mesh) == [
                "\(field): VirtualNode `old` not found; create it, or correct its name"
            ])
        #expect(try routed(service + nodes + router("main"), mesh) == [])
    }

    private static let wrongMetrics = """
        metadata: {name: t, namespace: web}
        spec:
          args: [{name: n, value: "3"}]
          metrics:
          - {name: a, interval: 5 m, initialDelay: soon, count: many, failureLimit: -2, provider: &p
              {prometheus: {address: "http://p:9090", query: up}}}
          - {name: a, count: 2, inconclusiveLimit: 3, failureLimit: "-1", provider: *p}
          - {name: c, count: "{{args.n}}", interval: "{{args.n}}m", failureLimit: "{{args.n}}",
              consecutiveSuccessLimit: -1, provider: *p}
          - {name: d, interval: 5, count: 3, provider: *p}
          dryRun: [{metricName: "("}, {metricName: other}]

        """

    /// They are in the repository long before a rollout or a person runs them.
    /// Holds: 8.0 lint, 8.3 twice, 8.3 limits, 8.3 limits disabled, 8.3 interval, 8.3 durations.
    /// Holds: 8.3 count and inconclusiveLimit.
    @Test(arguments: ["AnalysisTemplate", "ClusterAnalysisTemplate", "AnalysisRun"])
    func `breaks all these rules for metrics`(kind: String) throws {
        let text = "apiVersion: argoproj.io/v1alpha1\nkind: \(kind)\n" + Self.wrongMetrics
        let documents = try YAML.documents(in: Array(text.utf8), file: "all.yaml")
        let findings = Lint.findings(in: documents, routers: [])
            .map { "\($0.path): \($0.message)".replacing("spec.", with: "") }
        let rules = [
            "metrics[3].interval: expected a string, found an integer",
            "metrics[0].count: count must be an integer, found \"many\"",
            "metrics[0].failureLimit: failureLimit must be >= 0, or -1 to be disabled",
            "metrics[0].interval: invalid interval string: time: invalid duration \"5 m\"",
            "metrics[0].initialDelay: invalid startDelay string: time: invalid duration \"soon\"",
            "metrics[1].failureLimit: failureLimit and consecutiveSuccessLimit cannot both be "
                + "disabled",
            "metrics[1].count: count must be >= inconclusiveLimit",
            "metrics[1].interval: interval must be specified when count > 1",
            "metrics[1].name: duplicate name 'a'",
            "metrics[2].consecutiveSuccessLimit: consecutiveSuccessLimit must be >= 0",
            "dryRun[0].metricName: error parsing regexp: missing closing )",
        ]
        // What a template's patterns match is known once it is merged.
        let unmatched = "dryRun[1].metricName: Rule didn't match any metric name(s)"
        #expect(findings == rules + (kind == "AnalysisRun" ? [unmatched] : []))
    }

    /// Holds: 8.2 Service, 8.2 AnalysisTemplate, 8.2 Ingress, 8.0 lint.
    @Test func `lacks what a rollout refers to`() throws {
        let findings = try Self.findings(of: "")
        for part in [
            "canary.stableService: Invalid value: \"shop-stable\": service \"shop-stable\" "
                + "not found",
            "canary.canaryService: Invalid value: \"shop-canary\": service \"shop-canary\" "
                + "not found",
            "canary.analysis.templates[0].templateName: Invalid value: \"errors\": "
                + "AnalysisTemplate 'errors' not found",
            "steps[4].analysis.templates[0].templateName: Invalid value: \"latency\": "
                + "ClusterAnalysisTemplate 'latency' not found",
            "nginx.stableIngress: Invalid value: \"shop\": "
                + "ingress.networking.k8s.io \"shop\" not found",
        ] {
            #expect(findings.contains { $0.contains(part) })
        }
        #expect(findings.count == 5)
    }

    @Test func `may have its references elsewhere when it is not complete`() throws {
        #expect(try Self.findings(of: "", isComplete: false) == [])
    }

    /// Holds: 8.2 Service selector, 8.2 Ingress, 8.2 templates that end, 8.2 templates that fit.
    /// Holds: 8.2 Service of another rollout.
    @Test(arguments: [
        (
            "selector: {app: shop}", "selector: {app: web}",
            "Service \"shop-stable\" has unmatch label \"app\" in rollout"
        ),
        (
            "backend: {service: {name: shop-stable}}", "backend: {service: {name: other}}",
            "ingress `shop` has no rules using service shop-stable backend"
        ),
        ("count: 3\n", "limit: 3\n", "unknown field \"limit\""),
        (
            "    count: 3\n", "",
            "AnalysisTemplate latency has metric p95 which runs indefinitely. "
                + "Invalid value for count: <nil>"
        ),
        (
            "- name: hash\n", "- name: colour\n",
            "\"templateNames: [latency]\": args.colour was not resolved"
        ),
        (
            "metadata: {name: shop-stable, namespace: web}",
            "metadata: {name: shop-stable, namespace: web, annotations: "
                + "{argo-rollouts.argoproj.io/managed-by-rollouts: other}}",
            "Service \"shop-stable\" is managed by another Rollout"
        ),
        ("name: shop-canary", "name: shop-stable", "Duplicate value: \"shop-stable\""),
    ])
    func `has findings where documents contradict each other`(
        part: String, wrong: String, finding: String
    ) throws {
        let others = Self.others.replacing(part, with: wrong)
        #expect(others != Self.others)
        let findings = try Self.findings(of: others)
        #expect(findings.contains { $0.contains(finding) }, "\(findings)")
        #expect(findings.allSatisfy { $0.hasPrefix("all.yaml:") })
    }

    /// Holds: 8.2 templates that end.
    @Test func `has a metric without an end in one of several templates`() throws {
        let endless = """
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: endless, namespace: web}
            spec:
              metrics:
              - name: up
                count: 0
                interval: 10s
                provider: {prometheus: {address: "http://p:9090", query: up}}
            ---

            """
        let object = changedCanary {
            let both: JSON = [
                ["templateName": "endless"], ["templateName": "latency", "clusterScope": true],
            ]
            let given: JSON = [["name": "hash", "value": "h"]]
            $0["steps"] = [["analysis": ["templates": both, "args": given]]]
        }
        let findings = try Self.findings(of: Self.others + endless, and: object)
        #expect(findings.count == 1, "\(findings)")
        #expect(
            findings.first?.contains(
                "analysis.templates: Invalid value: \"endless\": AnalysisTemplate endless has "
                    + "metric up which runs indefinitely. Invalid value for count: 0") == true)
    }

    /// Holds: 8.2 templates that fit.
    @Test func `lacks the arguments of its background analysis`() throws {
        let object = rollout {
            $0["spec"]?["strategy"]?["canary"]?["analysis"]?["args"] = .none
        }
        let findings = try Self.findings(of: Self.others, and: object)
        #expect(findings.count == 1, "\(findings)")
        #expect(
            findings.first?.contains(
                "canary.analysis.templates: Invalid value: \"errors\": "
                    + "missing analysis arguments in rollout spec") == true)
    }

    /// Holds: 8.2 Ingress.
    @Test(arguments: [
        (
            "shpo", "shop-stable",
            ": Invalid value: \"shpo\": ingress.networking.k8s.io \"shpo\" not found"
        ),
        (
            "shop", "root",
            ": Invalid value: \"shop\": ingress `shop` has no rules using service root backend"
        ),
        ("shop", "", nil),
    ])
    func `has its load balancer's Ingress looked at`(
        ingress: String, root: String, finding: String?
    ) throws {
        let routing: JSON = [
            "alb": [
                "ingress": .string(ingress), "servicePort": 80, "rootService": .string(root),
            ]
        ]
        #expect(
            try routed("", routing)
                == (finding.map { ["spec.strategy.canary.trafficRouting.alb.ingress\($0)"] } ?? []))
    }

    /// Holds: 8.0 condition.
    @Test func `refuses the condition in Argo's words, first things first`() {
        var found = parsed(rollout())
        found.note(found.findings(in: ReferencedResources(), document: rollout()))
        #expect(
            found.invalidSpecMessage == "The Rollout \"shop\" is invalid: "
                + "spec.strategy.canary.stableService: Invalid value: \"shop-stable\": "
                + "service \"shop-stable\" not found")
    }
}
