import Analysis
import Documents

/// The analysis that a step or the whole rollout asks for (rollout-semantics §1.7): which
/// templates, with which arguments. Nothing is resolved yet.
package struct AnalysisReference: Hashable, Sendable {
    package var templates: [TemplateReference]
    package var arguments: [Argument] = []
    /// Regular expressions over the names of metrics that only look on.
    package var dryRun: [String] = []
    package var retention: [MeasurementRetention] = []
    /// For the metadata of the run.
    package var labels: [String: String] = [:]
    package var annotations: [String: String] = [:]

    package init(templates: [TemplateReference], arguments: [Argument] = []) {
        self.templates = templates
        self.arguments = arguments
    }
}

extension AnalysisReference {
    private static let fields: Set = [
        "templates", "args", "dryRun", "measurementRetention", "analysisRunMetadata",
    ]

    /// Reads a RolloutAnalysis; what is wrong with it is noted in the reader's findings.
    init(_ reader: Reader, alsoKnown: Set<String> = []) {
        reader.allowOnly(Self.fields.union(alsoKnown))
        templates = reader["templates"].elements().map(TemplateReference.init(reading:))
        if templates.isEmpty {
            reader["templates"].require(
                "no analysis templates specified", remedy: "name at least one template")
        }
        arguments = reader["args"].elements().map(Argument.init(reading:))
        dryRun = reader["dryRun"].elements().map { $0["metricName"].requiredString() }
        retention = reader["measurementRetention"].elements()
            .map(MeasurementRetention.init(reading:))
        labels = reader["analysisRunMetadata"]["labels"].strings()
        annotations = reader["analysisRunMetadata"]["annotations"].strings()
    }
}
