import Documents
import Testing
import Traffic

@testable import Manifests

/// What the API has and this program has not yet. What is done leaves this table, claim and all.
struct `A field that is not done yet` {
    /// Refuses: 5.13 plugin.
    @Test func `of a metric is refused by its name`() throws {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: a}
            spec: {metrics: [{name: m, provider: {plugin: {}}}]}
            """
        let findings = Lint.findings(
            in: try YAML.documents(in: Array(text.utf8), file: "a.yaml"), routers: RouterKind.all)
        #expect(!findings.isEmpty)
        #expect(findings.allSatisfy { $0.path.description.contains("provider.plugin") })
    }
}
