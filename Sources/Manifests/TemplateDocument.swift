import Analysis
import Documents
import KubernetesObjects

/// AnalysisTemplates and ClusterAnalysisTemplates on the wire.
package enum TemplateDocument {
    /// What the template says, and what is wrong with it. A rollout that names it is refused by
    /// what the spec itself carries; whom its metrics may ask, the rollout's door knows.
    package static func parse(
        _ object: Object, plugins: Plugins = .none, strictness: Strictness = .lint
    ) -> (spec: TemplateSpec, findings: [Finding]) {
        let findings = strictness.findings
        let reader = Reader(object.spec, at: Path.root.appending("spec"), findings: findings)
        var spec = TemplateSpec(reading: reader)
        spec.unreadable = findings.all
        plugins.check(spec.metrics, reader["metrics"])
        return (spec, findings.all)
    }
}
