import Documents

/// What an AnalysisRun is asked to do (rollout semantics, section 5.1): a snapshot of its
/// templates, taken when the run was created. Texts may still hold `{{args.x}}`.
package struct RunSpec: Hashable, Sendable {
    package var metrics: [MetricSpec]
    package var arguments: [Argument]
    /// Patterns of metric names that are measured but not counted.
    package var dryRun: [String]
    package var measurementRetention: [MeasurementRetention]
    /// A request to stop; what was good so far then ends Successful.
    package var terminate: Bool
    package var ttl: TTLStrategy?

    package init(
        metrics: [MetricSpec], arguments: [Argument] = [], dryRun: [String] = [],
        measurementRetention: [MeasurementRetention] = [], terminate: Bool = false,
        ttl: TTLStrategy? = nil
    ) {
        self.metrics = metrics
        self.arguments = arguments
        self.dryRun = dryRun
        self.measurementRetention = measurementRetention
        self.terminate = terminate
        self.ttl = ttl
    }
}

/// A metric as it was written.
package struct MetricSpec: Hashable, Sendable {
    package var name: String
    /// Go durations; nil where absent.
    package var interval: String?
    package var initialDelay: String?
    package var count: Amount?
    package var successCondition: String?
    package var failureCondition: String?
    package var failureLimit: Amount?
    package var inconclusiveLimit: Amount?
    package var consecutiveErrorLimit: Amount?
    package var consecutiveSuccessLimit: Amount?
    /// The provider's object as it was written, one member for each kind: `{"prometheus": {…}}`.
    package var provider: JSON

    package init(name: String, provider: JSON = .object(JSONObject())) {
        self.name = name
        self.provider = provider
    }

    /// The kinds of provider that are named; exactly one is right.
    package var providerKinds: [String] {
        provider.object?.members.filter { !$0.value.isNull }.map(\.key) ?? []
    }
}

/// Kubernetes' IntOrString: a count or limit, or a text that becomes one (`"{{args.count}}"`).
package enum Amount: Hashable, Sendable {
    case int(Int)
    case text(String)
}

/// A value that templates ask for by name.
package struct Argument: Hashable, Sendable {
    /// Where a value comes from that the document does not give itself.
    package enum Source: Hashable, Sendable {
        /// A key of a Secret in the run's namespace, read anew for each measurement.
        case secret(name: String, key: String)
        /// A field of the Rollout, read when the run is created.
        case field(path: String)
        /// The pod template hash of the stable or the latest replica set, known when the run is
        /// created.
        case podTemplateHash(HashOf)
    }

    /// Which ReplicaSet's hash is meant, in the words of the API.
    package enum HashOf: String, Hashable, Sendable {
        case stable = "Stable"
        case latest = "Latest"
    }

    package var name: String
    package var value: String?
    package var source: Source?

    package init(name: String, value: String? = nil, source: Source? = nil) {
        self.name = name
        self.value = value
        self.source = source
    }
}

/// How many measurements the metrics that match keep.
package struct MeasurementRetention: Hashable, Sendable {
    /// A pattern, not a name.
    package var metricName: String
    package var limit: Int

    package init(metricName: String, limit: Int) {
        self.metricName = metricName
        self.limit = limit
    }
}

/// When a completed run may be deleted, in seconds after its end.
package struct TTLStrategy: Hashable, Sendable {
    package var secondsAfterCompletion: Int?
    package var secondsAfterFailure: Int?
    package var secondsAfterSuccess: Int?

    package init(
        secondsAfterCompletion: Int? = nil, secondsAfterFailure: Int? = nil,
        secondsAfterSuccess: Int? = nil
    ) {
        self.secondsAfterCompletion = secondsAfterCompletion
        self.secondsAfterFailure = secondsAfterFailure
        self.secondsAfterSuccess = secondsAfterSuccess
    }

    /// When the run of `status` may go; nil while it runs or where no rule covers its end. Errors
    /// and inconclusive ends only know `secondsAfterCompletion` (section 5.9).
    package func due(for status: RunStatus) -> Timestamp? {
        guard let completedAt = status.completedAt else { return nil }
        let seconds: Int? =
            switch status.phase {
            case .successful: secondsAfterSuccess ?? secondsAfterCompletion
            case .failed: secondsAfterFailure ?? secondsAfterCompletion
            case .error, .inconclusive: secondsAfterCompletion
            case .pending, .running, nil: nil
            }
        return seconds.map { completedAt.advanced(bySeconds: $0) }
    }
}

/// What an AnalysisTemplate or ClusterAnalysisTemplate says.
package struct TemplateSpec: Hashable, Sendable {
    package var metrics: [MetricSpec]
    package var arguments: [Argument]
    package var dryRun: [String]
    package var measurementRetention: [MeasurementRetention]
    /// Further templates whose metrics belong to this one.
    package var templates: [TemplateReference]
    /// What is written in it and cannot be followed.
    package var unreadable: [Finding] = []

    package init(
        metrics: [MetricSpec] = [], arguments: [Argument] = [], dryRun: [String] = [],
        measurementRetention: [MeasurementRetention] = [], templates: [TemplateReference] = []
    ) {
        self.metrics = metrics
        self.arguments = arguments
        self.dryRun = dryRun
        self.measurementRetention = measurementRetention
        self.templates = templates
    }
}

/// The name of a template.
package struct TemplateReference: Hashable, Sendable {
    package var name: String
    /// A ClusterAnalysisTemplate instead of one of the same namespace.
    package var isClusterScoped: Bool

    package init(name: String, isClusterScoped: Bool = false) {
        self.name = name
        self.isClusterScoped = isClusterScoped
    }
}
