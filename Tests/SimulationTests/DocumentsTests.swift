import Documents
import KubernetesObjects
import Simulation
import Testing

struct `Somebody's own documents` {
    static let rollout = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: shop, namespace: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: shop}}
          template:
            metadata: {labels: {app: shop}}
            spec: {containers: [{name: shop, image: "registry.local:5000/shop:1.0"}]}
          strategy:
            canary:
              stableService: shop
              canaryService: shop-canary
              trafficRouting: {nginx: {stableIngress: shop}}
              steps:
                - setWeight: 20
                - pause: {duration: 2h}
                - analysis: {templates: [{templateName: errors}]}

        """
    static let template = """
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: errors, namespace: web}
        spec:
          metrics:
            - name: error-rate
              successCondition: "result[0] < 0.1"
              provider: {prometheus: {address: "http://localhost:9090", query: up}}

        """

    func player(_ text: String, metrics: [String: Story.Answering] = [:]) throws -> Player {
        let documents = try YAML.documents(in: [UInt8](text.utf8), file: "shop.yaml")
        return try Player(documents: documents, metrics: metrics)
    }

    @Test func `are played with a new image, and what they refer to is made up`() throws {
        let player = try player(Self.rollout + Self.template, metrics: ["error-rate": .value(0.01)])
        let end = try #require(player.play().ends["web/shop"])
        #expect(end.phase == "Healthy")
        #expect(end.images == ["registry.local:5000/shop:next"])
        #expect(end.revision == 2)
        #expect(player.unansweredMetrics == [])
    }

    /// Numbers come as the provider gives them to conditions, and documents as they are.
    @Test(arguments: [
        ("datadog: {query: x}", "result < 0.1", "0.01"),
        ("web: {url: \"http://a\"}", "result < 0.1", "0.01"),
        ("web: {url: \"http://a\"}", "result.ok && result.rate > 0.9", #"{"ok":true,"rate":1}"#),
        ("graphite: {address: \"http://a\", query: target=x}", "result[0] < 0.1", "0.01"),
        (
            "cloudWatch: {metricDataQueries: [{id: a, expression: b}]}",
            "result[0].Values[0] < 0.1",
            "0.01"
        ),
    ])
    func `are judged by what their provider answers`(
        provider: String, condition: String, answer: String
    ) throws {
        let template = Self.template
            .replacing(
                #"prometheus: {address: "http://localhost:9090", query: up}"#, with: provider
            )
            .replacing("result[0] < 0.1", with: condition)
        let answering = try #require(Story.Answering(answer))
        let player = try player(Self.rollout + template, metrics: ["error-rate": answering])
        #expect(player.play().ends["web/shop"]?.phase == "Healthy")
    }

    /// However long they ask to wait, without an `end`.
    @Test(arguments: [
        "experiment: {duration: 3h, templates: [{name: a, specRef: canary}]}",
        "analysis: {templates: [{templateName: errors}]}", "pause: {duration: 3h}",
    ])
    func `are played to the end`(step: String) throws {
        let text =
            Self.rollout.replacing("analysis: {templates: [{templateName: errors}]}", with: step)
            + Self.template.replacing(
                "successCondition: \"result[0] < 0.1\"", with: "count: 7\n      interval: 30m")
        #expect(text.contains("interval: 30m"))
        let player = try player(text, metrics: ["error-rate": .value(0.01)])
        #expect(player.play().ends["web/shop"]?.phase == "Healthy")
    }

    /// As the examples of the Gateway API's plugin are: its configuration names the namespace that
    /// the others leave to the client.
    @Test(arguments: ["Rollout", "HTTPRoute", "Service", nil])
    func `are in one namespace whether they name it or not`(named: String?) throws {
        func document(_ kind: String, _ name: String, _ version: String, _ spec: String) -> String {
            let place = kind == named ? ", namespace: default" : ""
            return "---\n{apiVersion: \(version), kind: \(kind), "
                + "metadata: {name: \(name)\(place)}, spec: \(spec)}\n"
        }
        let rollout = Self.rollout
            .replacing(", namespace: web", with: named == "Rollout" ? ", namespace: default" : "")
            .replacing(
                "nginx: {stableIngress: shop}",
                with: "plugins: {argoproj-labs/gatewayAPI: {httpRoute: shop, namespace: default}}"
            )
            .replacing("- analysis: {templates: [{templateName: errors}]}", with: "- setWeight: 50")
        let text =
            rollout + document("Service", "shop", "v1", "{selector: {app: shop}}")
            + document("Service", "shop-canary", "v1", "{selector: {app: shop}}")
            + document(
                "HTTPRoute", "shop", "gateway.networking.k8s.io/v1",
                "{rules: [{backendRefs: [{name: shop}, {name: shop-canary}]}]}")
        #expect(try player(text).play().ends["default/shop"]?.phase == "Healthy")
    }

    @Test func `are played with the extensions that they name`() throws {
        let text = (Self.rollout + Self.template)
            .replacing("{nginx: {stableIngress: shop}}", with: "{plugins: {acme/mesh: {}}}")
            .replacing("- pause: {duration: 2h}", with: "- plugin: {name: acme/approval}")
            .replacing(
                #"prometheus: {address: "http://localhost:9090", query: up}"#,
                with: "plugin: {acme/errors: {}}")
        let transcript = try player(text, metrics: ["error-rate": .value(0.01)]).play()
        #expect(transcript.ends["web/shop"]?.phase == "Healthy", "\(transcript.text)")
        #expect(transcript.events.contains { $0.message == "Traffic weight updated from 0 to 20" })
    }

    @Test func `may leave the Deployment out that has the template`() throws {
        let text = Self.rollout.replacing(
            #/  template:\n.*\n.*\n/#,
            with: "  workloadRef: {apiVersion: apps/v1, kind: Deployment, name: old}\n")
        let player = try player(text + Self.template, metrics: ["error-rate": .value(0.01)])
        let end = try #require(player.play().ends["web/shop"])
        #expect(end.phase == "Healthy")
        #expect(end.images == ["gateway:next"])
        #expect(end.revision == 2)
    }

    @Test func `say which metrics have no answer`() throws {
        let player = try player(Self.rollout + Self.template)
        #expect(player.unansweredMetrics == ["error-rate"])
        #expect(player.play().ends["web/shop"]?.phase == "Degraded")
    }

    @Test func `may hold kinds that play no part`() throws {
        let other = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: shop}\n"
        let player = try player(Self.rollout + Self.template + other)
        #expect(!player.objects.contains { $0.kind == "ServiceAccount" })
    }

    @Test func `that have services must have those of the rollout`() throws {
        let other = "---\napiVersion: v1\nkind: Service\nmetadata: {name: other, namespace: web}\n"
        #expect {
            try player(Self.rollout + Self.template + other)
        } throws: { error in
            "\(error)".contains("service \"shop\" not found; create the Service shop")
                && "\(error)".contains("shop.yaml:12:22")
        }
    }

    @Test func `need the templates that the steps name`() throws {
        #expect { try player(Self.rollout) } throws: { error in
            "\(error)".contains("AnalysisTemplate 'errors' not found")
        }
    }

    @Test func `without a rollout are no play`() throws {
        #expect { try player(String(Self.template.dropFirst(4))) } throws: { error in
            "\(error)".contains("no Rollout")
        }
    }

    @Test func `may be moved by route policies of a gateway that is made up too`() throws {
        let policy =
            "plugins: {sluice/route-policy: {configMap: gateway, model: shop,"
            + " primary: shop, canary: shop-canary, deployment: gateway}}"
        let text =
            Self.rollout.replacing("nginx: {stableIngress: shop}", with: policy)
            + Self.template
        let player = try player(text, metrics: ["error-rate": .value(0.01)])
        #expect(player.play().ends["web/shop"]?.phase == "Healthy")
    }

    @Test func `of the first example end with the new version`() throws {
        let player = try Player(
            documents: try example("model-api"),
            metrics: ["error-rate": .value(0.001), "latency-p95-seconds": .value(0.08)])
        let transcript = player.play()
        #expect(transcript.end?.phase == "Healthy", "\(transcript.text)")
        #expect(transcript.broken == [])
        #expect(transcript.servedWeights == [0, 10, 30, 50, 100, 0])
    }
}
