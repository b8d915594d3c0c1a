import Analysis
import Documents
import KubernetesObjects

/// AnalysisTemplates and ClusterAnalysisTemplates on the wire.
package enum TemplateDocument {
    /// What the template says, and what is wrong with it.
    package static func parse(
        _ object: Object, plugins: Plugins = .none
    ) -> (spec: TemplateSpec, findings: [Finding]) {
        let findings = Reader.Findings()
        let reader = Reader(object.spec, at: Path.root.appending("spec"), findings: findings)
        let spec = TemplateSpec(reading: reader)
        plugins.check(spec.metrics, reader["metrics"])
        return (spec, findings.all)
    }
}
