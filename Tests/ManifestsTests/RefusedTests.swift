import Documents
import KubernetesObjects
import Testing
import Traffic

@testable import Manifests

/// What the API has and this program has not yet. What is done leaves this table, claim and all.
struct `A field that is not done yet` {
    typealias Case = `A wrong rollout document`.Case

    private static func step(_ name: String, _ value: JSON) -> Case {
        Case("steps[0].\(name)") { $0["steps"] = [.object(JSONObject([(name, value)]))] }
    }

    private static func router(_ name: String, _ value: JSON) -> Case {
        Case("trafficRouting.\(name)") {
            $0["trafficRouting"] = .object(JSONObject([(name, value)]))
        }
    }

    static let canary: [Case] = [
        /// Refuses: 1.4 antiAffinity, 8.1 antiAffinity.
        Case("antiAffinity") {
            $0["antiAffinity"] = ["requiredDuringSchedulingIgnoredDuringExecution": [:]]
        },
        /// Refuses: 1.4 canaryMetadata, 4.14 applied, 4.14 promotion, 4.14 hash.
        Case("canaryMetadata") { $0["canaryMetadata"] = ["labels": ["role": "canary"]] },
        /// Refuses: 1.4 stableMetadata, 4.14 applied, 4.14 promotion, 4.14 hash.
        Case("stableMetadata") { $0["stableMetadata"] = ["labels": ["role": "stable"]] },
        /// Refuses: 1.4 pingPong, 2.1 stablePingPong, 6.8 sides, 8.1 pingPong.
        Case("pingPong") { $0["pingPong"] = ["pingService": "a", "pongService": "b"] },
        /// Refuses: 1.4 replicaProgressThreshold, 4.5 threshold.
        Case("replicaProgressThreshold") {
            $0["replicaProgressThreshold"] = ["type": "Percent", "value": 90]
        },
        /// Refuses: 1.5 experiment, 4.9 InconclusiveExperiment, 4.10 by experiment.
        /// Refuses: 4.10 cause experiment, 8.1 experiment weight, 2.1 currentExperiment.
        step("experiment", ["templates": [["name": "a", "specRef": "stable"]]]),
        /// Refuses: 1.5 setHeaderRoute, 1.5 routes persist, 6.4 headers, 8.1 setHeaderRoute.
        /// Refuses: 6.1 remove, 1.6 managedRoutes, 8.1 managedRoutes.
        step("setHeaderRoute", ["name": "a"]),
        /// Refuses: 1.5 setMirrorRoute, 8.1 setMirrorRoute, 6.4 headers.
        step("setMirrorRoute", ["name": "a"]),
        /// Refuses: 1.5 plugin, 2.1 stepPluginStatuses.
        step("plugin", ["name": "a/b"]),
        /// Refuses: 1.6 istio, 6.5 host split, 6.5 subset split, 6.5 routes, 6.5 tls and tcp.
        /// Refuses: 6.5 header route, 6.5 mirror route, 6.5 DestinationRule, 6.5 missing.
        /// Refuses: 8.1 istio, 8.2 VirtualService.
        router("istio", ["virtualService": ["name": "a"]]),
        /// Refuses: 1.6 alb, 6.7 alb, 8.1 alb, 2.1 load balancers.
        router("alb", ["ingress": "a", "servicePort": 80]),
        /// Refuses: 1.6 smi, 6.7 smi.
        router("smi", [:]),
        /// Refuses: 1.6 ambassador, 6.7 ambassador, 8.2 Mapping.
        router("ambassador", ["mappings": ["a"]]),
        /// Refuses: 1.6 appMesh, 6.7 appMesh, 8.2 AppMesh.
        router("appMesh", ["virtualService": ["name": "a"]]),
        /// Refuses: 1.6 traefik, 6.7 traefik.
        router("traefik", ["weightedTraefikServiceName": "a"]),
        /// Refuses: 1.6 apisix, 6.7 apisix.
        router("apisix", ["route": ["name": "a"]]),
        /// Refuses: 1.6 gatewayAPI, 6.6 weights, 6.6 foreign rules, 6.6 header route, 6.6 missing.
        router("plugins", ["argoproj-labs/gatewayAPI": ["httpRoute": "a"]]),
    ]

    /// Where it is done, it says nothing or what is wrong with this very field.
    @Test(arguments: canary) func `of a canary is refused by its name`(_ field: Case) {
        let message = parsed(changedCanary(field.change)).invalidSpecMessage
        #expect(message?.contains("spec.strategy.canary.\(field.message)") != false)
    }

    static let blueGreen: [Case] = [
        /// Refuses: 1.3 antiAffinity, 8.1 antiAffinity.
        Case("antiAffinity") {
            $0["antiAffinity"] = ["requiredDuringSchedulingIgnoredDuringExecution": [:]]
        },
        /// Refuses: 1.3 previewMetadata.
        Case("previewMetadata") { $0["previewMetadata"] = ["labels": ["role": "preview"]] },
        /// Refuses: 1.3 activeMetadata.
        Case("activeMetadata") { $0["activeMetadata"] = ["labels": ["role": "active"]] },
    ]

    @Test(arguments: blueGreen) func `of a blue-green strategy is refused by its name`(
        _ field: Case
    ) {
        let object = rollout { json in
            var strategy: JSON = ["activeService": "shop", "previewService": "preview"]
            field.change(&strategy)
            json["spec"]?["strategy"] = ["blueGreen": strategy]
        }
        let message = parsed(object).invalidSpecMessage
        #expect(message?.contains("spec.strategy.blueGreen.\(field.message)") != false)
    }

    /// Refuses: 1.1 restartAt, 2.1 restartedAt, 2.2 restarting, 1.3 maxUnavailable, 7.6 restart.
    /// Refuses: 4.13 eviction, 4.13 disruption budget, 4.13 done.
    @Test func `of the rollout is refused by its name`() {
        let object = rollout { $0["spec"]?["restartAt"] = "2026-01-01T00:00:00Z" }
        #expect(parsed(object).invalidSpecMessage?.contains("spec.restartAt") != false)
    }

    /// Refuses: 5.12 job, 5.12 metadata, 5.12 end, 5.13 wavefront, 5.13 kayenta, 5.13 plugin.
    @Test(arguments: ["job", "wavefront", "kayenta", "plugin"])
    func `of a metric is refused by its name`(provider: String) throws {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: a}
            spec: {metrics: [{name: m, provider: {\(provider): {}}}]}
            """
        let findings = Lint.findings(
            in: try YAML.documents(in: Array(text.utf8), file: "a.yaml"), routers: RouterKind.all)
        #expect(!findings.isEmpty)
        #expect(findings.allSatisfy { $0.path.description.contains("provider.\(provider)") })
    }
}
