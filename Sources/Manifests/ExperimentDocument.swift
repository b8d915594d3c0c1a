import Analysis
import Documents
import KubernetesObjects
import Rollouts

/// An Experiment after the door: the values that `decide` works with, and all that is wrong with
/// the document.
package struct ParsedExperiment: Sendable {
    package var experiment: Experiment
    package var analyses: [ExperimentAnalysis]
    package var findings: [Finding]
    /// The message of the condition InvalidExperimentSpec; nil for a good document.
    package var invalidSpecMessage: String?

    /// The message of the condition, and behind it the other findings, as far as an event has room.
    package var refusalInFull: String? {
        invalidSpecMessage.map { findings.dropFirst().refusal(after: $0) }
    }
}

/// Reads Experiment objects (rollout-semantics §7.1, §8.4).
package enum ExperimentDocument {
    /// Reads an object of the API server. The status is read whatever the spec is like.
    package static func parse(
        _ object: Object, strictness: Strictness = .controller
    ) -> ParsedExperiment {
        let root = Reader(object.json, findings: strictness.findings)
        var parser = ExperimentParser(
            root: root, object: object,
            rules: RolloutParser(root: root, object: object, kinds: []))
        return parser.parse()
    }

    /// Reads a document of a file: the findings carry their places.
    package static func parse(
        _ document: Document, strictness: Strictness = .lint
    ) -> ParsedExperiment {
        var parsed = parse(Object(document.value), strictness: strictness)
        parsed.findings = parsed.findings.placed(in: document)
        return parsed
    }

    /// The merge patch that asks an experiment to stop.
    package static let termination: JSON = ["spec": ["terminate": true]]

    /// ReplicaSets of an experiment, by the name of their template.
    package static func byTemplate(_ sets: [Object]) -> [String: ReplicaSet] {
        let named = sets.map { (template(of: $0), ReplicaSetDocument.parse($0)) }
        return Dictionary(named) { first, _ in first }
    }

    /// The names of its Services, by the name of their template.
    package static func byTemplate(_ services: [Object]) -> [String: String] {
        Dictionary(services.map { (template(of: $0), $0.name) }) { first, _ in first }
    }

    /// The template that something of an experiment was made for.
    private static func template(of object: Object) -> String {
        object.annotations[Keys.experimentTemplate] ?? ""
    }

    /// An experiment as the decision about its rollout sees it.
    ///
    /// - Parameters:
    ///   - replicaSets: those that it controls.
    ///   - services: those that its versions have, by name.
    package static func seen(
        _ object: Object, replicaSets: [Object] = [], services: [String: Object] = [:]
    ) -> StepExperiment {
        let sets: [String: ReplicaSet] = byTemplate(replicaSets)
        let status = status(of: object)
        let isStopping = object.spec?["terminate"]?.bool ?? false
        var experiment = StepExperiment(
            name: object.name, hash: object.labels[Keys.templateHash] ?? "",
            phase: status.phase ?? .pending, message: status.message,
            created: object.creationTimestamp.map { Instant($0) } ?? Instant(milliseconds: 0),
            isTerminating: isStopping || object.deletionTimestamp != nil)
        experiment.versions = status.templates.map { template in
            var version = StepExperiment.Version(
                name: template.name, service: template.serviceName, hash: template.podTemplateHash)
            let target = services[version.service].map(ServiceDocument.parse)
            if let set = sets[template.name], template.phase == .running, set.desired > 0 {
                version.isServing =
                    set.available >= set.desired && target?.hash == version.hash
                    && set.hash == version.hash && !set.isDeleting
            }
            return version
        }
        return experiment
    }

    /// The names of its versions that have a Service, each with that of the Service.
    package static func versionServices(
        _ object: Object
    ) -> [(version: String, service: String)] {
        status(of: object).templates.filter { !$0.serviceName.isEmpty }
            .map { ($0.name, $0.serviceName) }
    }
}

/// One pass over one Experiment.
private struct ExperimentParser {
    let root: Reader
    let object: Object
    /// What a pod template and a duration must be like.
    let rules: RolloutParser
    /// What clients know word for word, without a path before it.
    var sentences: Set<String> = []

    private static let fields: Set = [
        "templates", "duration", "progressDeadlineSeconds", "terminate", "analyses",
        "scaleDownDelaySeconds", "dryRun", "measurementRetention", "analysisRunMetadata",
    ]

    mutating func parse() -> ParsedExperiment {
        root.allowOnly(["apiVersion", "kind", "metadata", "spec", "status"])
        let spec = root["spec"]
        spec.allowOnly(Self.fields)
        let deadline = spec["progressDeadlineSeconds"].count() ?? 600
        let templates = templates(spec["templates"], deadline: deadline)
        let analyses = ExperimentAnalysis.all(spec)
        var experiment = Experiment(
            name: object.name, templates: templates, status: ExperimentDocument.status(of: object))
        experiment.analyses = analyses.map { analysis in
            var known = Experiment.AnalysisPlan(name: analysis.name)
            known.isRequired = analysis.isRequired
            return known
        }
        experiment.durationSeconds = rules.checkDuration(spec["duration"])
        experiment.progressDeadlineSeconds = deadline
        experiment.scaleDownDelaySeconds = spec["scaleDownDelaySeconds"].count() ?? 30
        experiment.isTerminated = spec["terminate"].bool() ?? false
        let findings = root.findings.all.withoutRepetitions
        return ParsedExperiment(
            experiment: experiment, analyses: analyses, findings: findings,
            invalidSpecMessage: findings.first.map { first in
                sentences.contains(first.message)
                    ? first.message : "\(first.path): \(first.message)"
            })
    }

    private mutating func templates(_ reader: Reader, deadline: Int) -> [Experiment.Template] {
        let elements = reader.elements()
        if elements.isEmpty {
            reader.require(remedy: "write at least one template with name, selector and template")
        }
        var names: Set<String> = []
        return elements.enumerated().map { index, element in
            let template = template(element, index: index, deadline: deadline)
            if !names.insert(template.name).inserted {
                refuse(
                    element["name"],
                    "Experiment \(object.name) has repeated template name '\(template.name)' "
                        + "in templates", remedy: "rename one template")
            }
            return template
        }
    }

    private static let templateFields: Set = [
        "name", "replicas", "minReadySeconds", "selector", "template", "service",
    ]

    private mutating func template(
        _ reader: Reader, index: Int, deadline: Int
    ) -> Experiment.Template {
        reader.allowOnly(Self.templateFields)
        var template = Experiment.Template(name: reader["name"].string() ?? "")
        if template.name.isEmpty {
            refuse(
                reader["name"],
                "Experiment \(object.name) has empty template name at index \(index)",
                remedy: "name the template")
        } else if let problem = Naming.subdomainProblem(template.name) {
            reader["name"].invalid(problem, remedy: "rename the template")
        }
        template.replicas = reader["replicas"].count() ?? 1
        selector(reader["selector"], index: index)
        rules.templateChecks(reader["template"], selector: reader["selector"])
        if reader["minReadySeconds"].count() ?? 0 >= max(deadline, 1) {
            refuse(
                reader["minReadySeconds"],
                "MinReadySeconds cannot be longer than ProgressDeadlineSeconds. "
                    + "Check template index \(index)", remedy: "raise progressDeadlineSeconds")
        }
        if reader["service"].isPresent { template.service = service(reader) }
        return template
    }

    private mutating func selector(_ reader: Reader, index: Int) {
        reader.allowOnly(["matchLabels", "matchExpressions"])
        do {
            let selector = try reader.value.map { try LabelSelector(json: $0) }
            guard selector?.isEverything ?? true else { return }
            refuse(
                reader,
                "This experiment is selecting all pods at index \(index). "
                    + "A non-empty selector is required.",
                remedy: "select the labels of the pod template")
        } catch {
            reader.invalid("invalid label selector", remedy: "\(error)")
        }
    }

    /// A Service must have a name that servers take, and ports.
    private func service(_ template: Reader) -> String {
        let reader = template["service"]
        reader.allowOnly(["name"])
        let given = reader["name"].string() ?? ""
        let name = given.isEmpty ? "\(object.name)-\(template["name"].string() ?? "")" : given
        if let problem = Naming.serviceProblem(name) {
            reader.invalid(
                problem, value: .string(name), remedy: "give the Service another name")
        }
        // One of a rollout has the ports of its canary's Service, too.
        let isAlone = object.controllerOwner?.kind != Resource.rollouts.kind
        if isAlone, ExperimentDocument.ports(of: template["template"].value).isEmpty {
            reader.invalid(
                "a Service needs a port", value: .string(name),
                remedy: "name a containerPort in the template")
        }
        return given
    }

    private mutating func refuse(_ reader: Reader, _ sentence: String, remedy: String) {
        sentences.insert(sentence)
        reader.refuse(sentence, remedy: remedy)
    }
}
