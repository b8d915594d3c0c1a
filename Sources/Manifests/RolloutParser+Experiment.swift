import Analysis
import Documents
import KubernetesObjects
import Rollouts
import Traffic

/// What an experiment measures: which template, with which arguments. Nothing is resolved yet.
package struct ExperimentAnalysis: Hashable, Sendable {
    package var name: String
    package var reference: AnalysisReference
    /// The experiment is over when all that are required have succeeded.
    package var isRequired: Bool
}

extension ExperimentAnalysis {
    /// Reads an entry of `analyses`; rules for metrics and metadata are those of the whole
    /// experiment.
    init(_ reader: Reader, of experiment: Reader) {
        reader.allowOnly(
            ["name", "templateName", "clusterScope", "args", "requiredForCompletion"])
        name = reader["name"].requiredString()
        if !name.isEmpty, let problem = Naming.subdomainProblem(name) {
            reader["name"].invalid(problem, remedy: "rename the analysis")
        }
        isRequired = reader["requiredForCompletion"].bool() ?? false
        let template = TemplateReference(
            name: reader["templateName"].requiredString(),
            isClusterScoped: reader["clusterScope"].bool() ?? false)
        reference = AnalysisReference(
            templates: [template],
            arguments: reader["args"].elements().map(Argument.init(reading:)))
        reference.dryRun = experiment["dryRun"].elements().map {
            $0["metricName"].requiredString()
        }
        reference.retention = experiment["measurementRetention"].elements()
            .map(MeasurementRetention.init(reading:))
        reference.labels = experiment["analysisRunMetadata"]["labels"].strings()
        reference.annotations = experiment["analysisRunMetadata"]["annotations"].strings()
    }

    /// All analyses of a step or of an experiment, each name once.
    static func all(_ experiment: Reader) -> [ExperimentAnalysis] {
        var names: Set<String> = []
        return experiment["analyses"].elements().map { reader in
            let analysis = ExperimentAnalysis(reader, of: experiment)
            if !names.insert(analysis.name).inserted {
                reader["name"].refuse(
                    "Duplicate value: \"\(analysis.name)\"", remedy: "rename one analysis")
            }
            return analysis
        }
    }
}

extension RolloutParser {
    private static let experimentFields: Set = [
        "templates", "duration", "analyses", "dryRun", "analysisRunMetadata",
    ]

    private static let versionFields: Set = [
        "name", "specRef", "replicas", "metadata", "selector", "weight", "service",
    ]

    /// Checks an experiment step (rollout-semantics §1.5, §8.1); what it is made of is read when it
    /// is created.
    func experiment(_ reader: Reader, step: Reader) -> [ExperimentAnalysis] {
        reader.allowOnly(Self.experimentFields)
        let versions = reader["templates"].elements()
        if versions.isEmpty {
            reader["templates"].require(remedy: "name at least one version with its specRef")
        }
        var names: Set<String> = []
        for version in versions {
            self.version(version)
            let name = version["name"].string() ?? ""
            if !names.insert(name).inserted {
                version["name"].refuse(
                    "Duplicate value: \"\(name)\"", remedy: "rename one template")
            }
        }
        checkDuration(reader["duration"])
        let analyses = ExperimentAnalysis.all(reader)
        for (analysis, element) in zip(analyses, reader["analyses"].elements()) {
            checkFields(analysis.reference, element["args"].value, at: step["analyses"])
        }
        return analyses
    }

    /// A length of time; nil where there is none, or none that can be read.
    @discardableResult
    func checkDuration(_ reader: Reader) -> Int? {
        guard let value = reader.value, value != "" else { return nil }
        let seconds = Self.seconds(value)
        if seconds ?? -1 < 0 {
            reader.invalid(
                "must be a duration that is not negative",
                remedy: "write one like \"30s\", \"5m\" or \"1h\"")
        }
        return seconds
    }

    private func version(_ reader: Reader) {
        reader.allowOnly(Self.versionFields)
        let name = reader["name"].requiredString()
        if !name.isEmpty, let problem = Naming.subdomainProblem(name) {
            reader["name"].invalid(problem, remedy: "rename the template")
        }
        _ = reader["replicas"].count()
        reader["service"].allowOnly(["name"])
        if let service = reader["service"]["name"].nonEmptyString(),
            let problem = Naming.serviceProblem(service)
        {
            reader["service"]["name"].invalid(problem, remedy: "rename the Service")
        }
        let source = reader["specRef"].requiredString()
        if !source.isEmpty, !["canary", "stable"].contains(source) {
            reader["specRef"].refuse(
                "Unsupported value: \"\(source)\": supported values: \"canary\", \"stable\"",
                remedy: "write canary or stable")
        }
        weight(reader["weight"])
    }

    /// Only some routers divide traffic between more than two sides.
    private func weight(_ reader: Reader) {
        guard reader.isPresent else { return }
        _ = reader.count()
        let isRouted = root["spec"]["strategy"]["canary"]["trafficRouting"].isPresent
        if isRouted, routers.contains(where: { $0.takesVersions || !$0.isReadable }) { return }
        reader.invalid(
            isRouted
                ? "Experiment template weight is only available for TrafficRouting with SMI, ALB, "
                    + "Istio and Plugins at this time"
                : "Experiment template weight cannot be set unless TrafficRouting is enabled",
            remedy: "remove the weight: the version runs beside the two sides without traffic")
    }

    /// What the versions of an experiment get, by their names. A weight that is refused is none.
    func versionWeights(of experiment: Reader) -> [String: Int] {
        let weights = experiment["templates"].elements().compactMap { version in
            version["weight"].value?.int.flatMap { weight in
                let isCount = (0...Int(Int32.max)).contains(weight)
                return isCount ? (version["name"].value?.string ?? "", weight) : nil
            }
        }
        return Dictionary(weights) { first, _ in first }
    }

    /// The canary and all versions together get no more than there is.
    func checkVersionWeights(_ canary: Canary, _ steps: Reader) {
        let elements = steps.elements()
        for (index, weights) in canary.versionWeights.sorted(by: { $0.key < $1.key }) {
            let sum = weights.values.reduce(canary.weight(at: index)) { $0 + $1 }
            guard sum > canary.totalWeight, elements.indices.contains(index) else { continue }
            elements[index]["experiment"]["templates"].refuse(
                "get \(sum) of \(canary.totalWeight) together with the canary",
                remedy: "lower their weights, or that of the setWeight before")
        }
    }
}

extension ReferenceCheck {
    /// Each analysis of each experiment step with the reader of its document.
    private func experimentAnalyses(_ canary: Reader) -> [(ExperimentAnalysis, Reader)] {
        let steps = canary["steps"].elements()
        return parsed.stepExperiments.sorted { $0.key < $1.key }
            .filter { steps.indices.contains($0.key) }
            .flatMap { index, analyses in
                zip(analyses, steps[index]["experiment"]["analyses"].elements())
            }
    }

    func experimentTemplatesExist(_ canary: Reader) {
        for (analysis, reader) in experimentAnalyses(canary) {
            for template in analysis.reference.templates
            where resources.templates[template] == nil {
                reader["templateName"].noteMissing(template)
            }
        }
    }

    func experiments(_ canary: Reader) {
        for (analysis, reader) in experimentAnalyses(canary)
        where analysis.reference.templates.allSatisfy({ resources.templates[$0] != nil }) {
            // One that is not required may measure until the experiment is over.
            var reference = analysis.reference
            reference.dryRun = []
            reference.retention = []
            self.analysis(
                reference, at: reader["templateName"], isBackground: !analysis.isRequired)
        }
    }
}
