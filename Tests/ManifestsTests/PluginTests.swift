import Analysis
import Documents
import KubernetesObjects
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
