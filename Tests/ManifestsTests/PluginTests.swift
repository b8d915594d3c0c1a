import Analysis
import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

@testable import Manifests

struct `A document that names an extension` {
    private let template = """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: judge}
        spec:
          metrics:
          - name: slow
            provider: {plugin: {acme/latency: {service: shop}}}
        """

    private func lint(_ text: String, plugins: Plugins = .none) throws -> [Finding] {
        Lint.findings(
            in: try YAML.documents(in: Array(text.utf8), file: "a.yaml"), routers: RouterKind.all,
            plugins: plugins)
    }

    /// Refuses: 5.13 plugin.
    @Test func `is refused by that name, with what to do`() throws {
        let findings = try lint(template)
        #expect(
            findings.map(\.path.description) == ["spec.metrics[0].provider.plugin.acme/latency"])
        #expect(findings.first?.place?.line == 7)
        #expect(
            findings.first?.message
                == "no extension is registered as \"acme/latency\", and programs of others are not "
                + "loaded")
        #expect(
            findings.first?.remedy
                == "register it with --metric-plugin acme/latency=URL (docs/EXTENDING.md)")
    }

    /// Holds: 5.13 plugin.
    @Test func `is taken where somebody registered it`() throws {
        #expect(try lint(template, plugins: Plugins(metrics: ["acme/latency"])).isEmpty)
    }

    @Test func `is told of where Argo Rollouts would load a program for it`() {
        let map = Object([
            "data": [
                "stepPlugins": """
                - name: acme/approval
                  location: file:///plugins/approval
                - name: acme/known
                """,
                "metricProviderPlugins": "- {name: acme/latency, location: https://a.example}",
                "trafficRouterPlugins": "- name: argoproj-labs/gatewayAPI\n- name: acme/mesh",
            ]
        ])
        let known = Plugins(metrics: ["acme/latency"], disabledSteps: ["acme/known"])
        let told = ForeignPlugins.remedies(in: map, besides: known)
        #expect(
            told.map { $0.split(separator: ";").last ?? "" } == [
                " register it with --step-plugin acme/approval=URL (docs/EXTENDING.md)",
                " register it with --router-plugin acme/mesh=URL (docs/EXTENDING.md)",
            ])
        let torn = Object(["data": ["stepPlugins": "- {name: "]])
        #expect(ForeignPlugins.remedies(in: torn, besides: .none).count == 1)
    }

    /// The controller knows whom it asks, and says so in the status.
    @Test func `is shown as it is, unless the controller refuses it`() {
        var rollout = changedCanary {
            $0["trafficRouting"] = ["plugins": ["acme/mesh": [:]]]
            $0["steps"] = [["setWeight": 20], ["plugin": ["name": "acme/approval"]]]
        }
        let plugins = Plugins.named(by: rollout)
        #expect(
            RolloutDocument.parse(rollout, routers: plugins.kinds, plugins: plugins).findings == [])
        #expect(!RolloutDocument.parse(rollout, routers: RouterKind.all).findings.isEmpty)
        rollout["status", "conditions"] = [
            ["type": "InvalidSpec", "status": "True", "reason": "InvalidSpec", "message": "no"]
        ]
        #expect(Plugins.named(by: rollout) == plugins)
        rollout["status", "conditions"] = [
            [
                "type": "InvalidSpec", "status": "True", "reason": "InvalidSpec",
                "message": .string(unknownPlugin("acme/mesh")),
            ]
        ]
        #expect(Plugins.named(by: rollout) == .none)
    }

    /// Holds: 5.13 plugin.
    @Test func `refuses the rollout that would be judged by it`() throws {
        let template = Object(
            try YAML.documents(in: Array(template.utf8), file: "a.yaml")[0].value)
        let rollout = changedCanary {
            $0["analysis"] = ["templates": [["templateName": "judge"]]]
        }
        let parsed = parsed(rollout)
        var resources = ReferencedResources()
        resources.isComplete = false
        resources.templates[.init(name: "judge")] = TemplateDocument.parse(template).spec
        func messages() -> [String] {
            parsed.findings(in: resources, document: rollout).map(\.message)
        }
        #expect(messages().count == 1)
        #expect(messages().first?.contains("\"acme/latency\"") == true)
        resources.plugins = Plugins(metrics: ["acme/latency"])
        #expect(messages().isEmpty)
    }
}

struct `A step of a plugin` {
    private func parsed(_ plugin: JSON, _ plugins: Plugins) -> ParsedRollout {
        let rollout = changedCanary { $0["steps"] = [["plugin": plugin]] }
        return RolloutDocument.parse(
            rollout, routers: someRouters, plugins: plugins, strictness: .lint)
    }

    /// Refuses: 4.15 refused.
    @Test func `is refused by its name where nobody registered it`() {
        let message = parsed(["name": "acme/check"], .none).invalidSpecMessage
        #expect(
            message
                == "The Rollout \"shop\" is invalid: spec.strategy.canary.steps[0].plugin.name: "
                + "Invalid value: \"acme/check\": no extension is registered as \"acme/check\", "
                + "and programs of others are not loaded")
    }

    /// Holds: 1.5 plugin.
    @Test func `is taken with any configuration where somebody has`() {
        let known = Plugins(steps: ["acme/check"])
        let found = parsed(["name": "acme/check", "config": ["a": [1, "b"]]], known)
        #expect(found.findings.isEmpty)
        #expect(found.rollout.spec.canary.steps == [.plugin(PluginStep(name: "acme/check"))])
        #expect(!parsed(["config": [:]], known).findings.isEmpty)
        #expect(!parsed(["name": "acme/check", "confg": [:]], known).findings.isEmpty)
    }

    /// Holds: 4.15 disabled.
    @Test func `may be switched off`() {
        let found = parsed(["name": "acme/check"], Plugins(disabledSteps: ["acme/check"]))
        #expect(found.findings.isEmpty)
        let step = PluginStep(name: "acme/check", isDisabled: true)
        #expect(found.rollout.spec.canary.steps == [.plugin(step)])
    }
}

struct `A router of a plugin` {
    private func parsed(_ name: String, _ plugins: Plugins) -> ParsedRollout {
        let rollout = changedCanary {
            $0["trafficRouting"] = ["plugins": .object(JSONObject([(name, ["a": 1])]))]
        }
        return RolloutDocument.parse(rollout, routers: plugins.kinds, plugins: plugins)
    }

    /// Refuses: 1.6 plugins.
    @Test func `is refused by its name, and what is built in is named`() {
        let finding = parsed("acme/mesh", .none).findings.first
        #expect(finding?.message.contains("\"acme/mesh\"") == true)
        #expect(finding?.remedy.contains("--router-plugin acme/mesh=URL") == true)
        #expect(finding?.remedy.contains("argoproj-labs/gatewayAPI") == true)
    }

    /// Holds: 1.6 plugins.
    @Test func `is taken where somebody registered it`() {
        let found = parsed("acme/mesh", Plugins(routers: ["acme/mesh"]))
        #expect(found.findings.isEmpty && found.routers.map(\.kind) == ["acme/mesh"])
        #expect(found.routers.first?.remote?.question["config"] == ["a": 1])
    }
}
