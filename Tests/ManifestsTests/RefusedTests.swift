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
        /// Refuses: 1.6 appMesh, 6.7 appMesh, 8.2 AppMesh.
        router("appMesh", ["virtualService": ["name": "a"]])
    ]

    @Test(arguments: canary) func `of a canary is refused by its name`(_ field: Case) {
        let message = parsed(changedCanary(field.change)).invalidSpecMessage
        #expect(message?.contains("spec.strategy.canary.\(field.message)") == true)
    }

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
