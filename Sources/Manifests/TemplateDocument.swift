import Analysis
import Documents
import KubernetesObjects

/// AnalysisTemplates and ClusterAnalysisTemplates on the wire.
package enum TemplateDocument {
    /// What the template says, and what is wrong with it.
    package static func parse(_ object: Object) -> (spec: TemplateSpec, findings: [Finding]) {
        let findings = Reader.Findings()
        let spec = TemplateSpec(
            reading: Reader(object.spec, at: Path.root.appending("spec"), findings: findings))
        return (spec, findings.all)
    }
}
