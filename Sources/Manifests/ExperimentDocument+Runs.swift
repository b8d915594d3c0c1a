import Analysis
import Documents
import KubernetesObjects
import Rollouts

/// The analysis runs of experiments (rollout-semantics §5.4, §7.1).
extension ExperimentDocument {
    /// A new run of an analysis: templates merged, and what the arguments ask of the experiment
    /// written into them.
    ///
    /// - Parameter replicaSets: by the name of their template.
    /// - Throws: `RunError` for a template that `find` does not know, for templates that contradict
    ///   each other, and for arguments without a value.
    package static func run(
        _ name: String, of analysis: ExperimentAnalysis, for experiment: Object,
        _ parsed: Experiment, replicaSets: [String: ReplicaSet],
        find: (TemplateReference) -> TemplateSpec?
    ) throws(RunError) -> Object {
        let templates = try TemplateSpec.collected(analysis.reference.templates, find: find)
        let facts = facts(of: parsed, replicaSets)
        var given: [Argument] = []
        for argument in analysis.reference.arguments {
            var argument = argument
            if let value = argument.value {
                argument.value = try resolved(value) { facts[$0] }
            }
            given.append(argument)
        }
        let names = templates.flatMap(\.metrics).map(\.name)
        let spec = try RunSpec(
            merging: templates, given: given,
            dryRun: try rules(analysis.reference.dryRun, for: names),
            measurementRetention: try retention(analysis.reference.retention, for: names),
            sources: ArgumentSources(stableHash: "", latestHash: "") {
                FieldPath.text(of: $0, in: experiment)
            })
        var labels = analysis.reference.labels
        labels[Keys.instanceID] = experiment.labels[Keys.instanceID]
        var annotations = analysis.reference.annotations
        annotations[Keys.revision] = experiment.annotations[Keys.revision]
        annotations[Keys.experimentName] = experiment.name
        return .owned(
            by: experiment, of: .experiments, resource: .analysisRuns, name: name, labels: labels,
            annotations: annotations, spec: spec.json)
    }

    /// A run as the decision about its experiment sees it.
    package static func run(_ object: Object) -> ExperimentRun {
        let status = RunDocument.status(of: object)
        return ExperimentRun(
            name: object.name, phase: status.phase.decided, message: status.message,
            isTerminating: object.spec?["terminate"]?.bool ?? false)
    }

    /// What arguments may ask for. Before the versions run there are words in the place of what
    /// will be known then: only whether it resolves matters so early.
    private static func facts(
        of experiment: Experiment, _ replicaSets: [String: ReplicaSet]
    ) -> [String: String] {
        var facts: [String: String] = [:]
        for template in experiment.templates {
            let set = replicaSets[template.name]
            facts["templates.\(template.name).podTemplateHash"] = set?.hash ?? "unknown"
            facts["templates.\(template.name).replicaset.name"] = set?.name ?? "unknown"
        }
        let start = experiment.status.availableAt
        facts["experiment.availableAt"] = start?.wireText ?? "unknown"
        if let seconds = experiment.durationSeconds {
            facts["experiment.finishedAt"] =
                start?.advanced(bySeconds: seconds).wireText ?? "unknown"
        }
        return facts
    }

    /// The rules are written for all analyses of an experiment: those for others are no mistake.
    private static func rules(
        _ rules: [String], for metrics: [String]
    ) throws(RunError) -> [String] {
        var kept: [String] = []
        for rule in rules where try matches(rule, metrics) { kept.append(rule) }
        return kept
    }

    private static func retention(
        _ rules: [MeasurementRetention], for metrics: [String]
    ) throws(RunError) -> [MeasurementRetention] {
        var kept: [MeasurementRetention] = []
        for rule in rules where try matches(rule.metricName, metrics) { kept.append(rule) }
        return kept
    }

    private static func matches(_ rule: String, _ metrics: [String]) throws(RunError) -> Bool {
        do {
            let pattern = try Pattern(rule)
            return metrics.contains { pattern.matches($0) }
        } catch {
            throw RunError("\(rule): \(error)")
        }
    }
}
