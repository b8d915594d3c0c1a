import Documents

/// The analysis that a step or the whole rollout asks for (rollout-semantics §1.7): which
/// templates, with which arguments. Nothing is resolved yet.
package struct AnalysisReference: Hashable, Sendable {
    package struct Template: Hashable, Sendable {
        package var name: String
        package var isClusterScoped: Bool

        package init(name: String, isClusterScoped: Bool = false) {
            self.name = name
            self.isClusterScoped = isClusterScoped
        }
    }

    package struct Argument: Hashable, Sendable {
        package var name: String
        package var source: Source

        package init(name: String, source: Source) {
            self.name = name
            self.source = source
        }
    }

    package enum Source: Hashable, Sendable {
        case value(String)
        case stableHash
        /// The hash of the new ReplicaSet.
        case latestHash
        /// A field of the rollout, like `metadata.labels['region']` or `spec.replicas`.
        case field(path: String)
        /// Only a name: the template must bring the value.
        case none
    }

    package struct Retention: Hashable, Sendable {
        /// A regular expression over the names of metrics.
        package var metric: String
        package var limit: Int
    }

    package var templates: [Template]
    package var arguments: [Argument] = []
    /// Regular expressions over the names of metrics that only look on.
    package var dryRun: [String] = []
    package var retention: [Retention] = []
    /// For the metadata of the run.
    package var labels: [String: String] = [:]
    package var annotations: [String: String] = [:]

    package init(templates: [Template], arguments: [Argument] = []) {
        self.templates = templates
        self.arguments = arguments
    }
}

extension AnalysisReference {
    static let fields: Set = [
        "templates", "args", "dryRun", "measurementRetention", "analysisRunMetadata",
    ]

    /// Reads a RolloutAnalysis; what is wrong with it is noted in the reader's findings.
    init(_ reader: Reader, strictness: Strictness, alsoKnown: Set<String> = []) {
        reader.allowOnly(Self.fields.union(alsoKnown), strictness)
        templates = reader["templates"].elements().map { element in
            element.allowOnly(["templateName", "clusterScope"], strictness)
            return Template(
                name: element["templateName"].requiredString(),
                isClusterScoped: element["clusterScope"].bool() ?? false)
        }
        if templates.isEmpty {
            reader["templates"].require(
                "no analysis templates specified", remedy: "name at least one template")
        }
        arguments = reader["args"].elements().map { Self.argument($0, strictness) }
        dryRun = reader["dryRun"].elements().map { $0["metricName"].requiredString() }
        retention = reader["measurementRetention"].elements().map {
            Retention(metric: $0["metricName"].requiredString(), limit: $0["limit"].int() ?? 0)
        }
        labels = reader["analysisRunMetadata"]["labels"].strings()
        annotations = reader["analysisRunMetadata"]["annotations"].strings()
    }

    private static func argument(_ reader: Reader, _ strictness: Strictness) -> Argument {
        reader.allowOnly(["name", "value", "valueFrom"], strictness)
        let name = reader["name"].requiredString()
        if let value = reader["value"].string() {
            return Argument(name: name, source: .value(value))
        }
        let from = reader["valueFrom"]
        from.allowOnly(["podTemplateHashValue", "fieldRef"], strictness)
        if let hash = from["podTemplateHashValue"].string() {
            switch hash {
            case "Stable": return Argument(name: name, source: .stableHash)
            case "Latest": return Argument(name: name, source: .latestHash)
            default:
                from["podTemplateHashValue"].refuse(
                    "Unsupported value: \"\(hash)\": supported values: \"Latest\", \"Stable\"",
                    remedy: "write Stable or Latest")
            }
        }
        if from["fieldRef"].isPresent {
            let path = from["fieldRef"]["fieldPath"].requiredString()
            return Argument(name: name, source: .field(path: path))
        }
        return Argument(name: name, source: .none)
    }
}
