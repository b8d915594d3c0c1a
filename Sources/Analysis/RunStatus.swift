import Documents

/// How an AnalysisRun stands: everything that is remembered of it between two turns.
package struct RunStatus: Hashable, Sendable {
    /// Nil before the first turn.
    package var phase: RunPhase?
    package var message: String
    package var metricResults: [MetricResult]
    package var startedAt: Timestamp?
    package var completedAt: Timestamp?
    package var runSummary: RunSummary
    package var dryRunSummary: RunSummary?

    package init(
        phase: RunPhase? = nil, message: String = "", metricResults: [MetricResult] = [],
        startedAt: Timestamp? = nil, completedAt: Timestamp? = nil,
        runSummary: RunSummary = RunSummary(), dryRunSummary: RunSummary? = nil
    ) {
        self.phase = phase
        self.message = message
        self.metricResults = metricResults
        self.startedAt = startedAt
        self.completedAt = completedAt
        self.runSummary = runSummary
        self.dryRunSummary = dryRunSummary
    }

    /// The result of the metric `name`; setting adds it where it is new.
    package subscript(name: String) -> MetricResult? {
        get { metricResults.first { $0.name == name } }
        set {
            guard let newValue else { return metricResults.removeAll { $0.name == name } }
            if let index = metricResults.firstIndex(where: { $0.name == name }) {
                metricResults[index] = newValue
            } else {
                metricResults.append(newValue)
            }
        }
    }
}

/// What became of one metric so far. The counters outlive the measurements, which are trimmed.
package struct MetricResult: Hashable, Sendable {
    package var name: String
    package var phase: RunPhase
    package var measurements: [Measurement]
    package var message: String
    /// Measurements that count: all but the errors.
    package var count: Int
    package var successful: Int
    package var failed: Int
    package var inconclusive: Int
    package var error: Int
    package var consecutiveError: Int
    package var consecutiveSuccess: Int
    package var isDryRun: Bool
    package var metadata: [String: String]

    package init(name: String, phase: RunPhase = .pending, isDryRun: Bool = false) {
        self.name = name
        self.phase = phase
        measurements = []
        message = ""
        count = 0
        successful = 0
        failed = 0
        inconclusive = 0
        error = 0
        consecutiveError = 0
        consecutiveSuccess = 0
        self.isDryRun = isDryRun
        metadata = [:]
    }
}

/// One measurement: when, what, and how it was judged. It holds no secret: texts were redacted on
/// the way in.
package struct Measurement: Hashable, Sendable {
    package var phase: RunPhase
    package var message: String
    package var value: String
    package var startedAt: Timestamp?
    /// Nil while the measurement is still under way (a Job).
    package var finishedAt: Timestamp?
    /// When to look at an unfinished measurement again.
    package var resumeAt: Timestamp?
    package var metadata: [String: String]

    package init(
        phase: RunPhase, message: String = "", value: String = "", startedAt: Timestamp? = nil,
        finishedAt: Timestamp? = nil, resumeAt: Timestamp? = nil, metadata: [String: String] = [:]
    ) {
        self.phase = phase
        self.message = message
        self.value = value
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.resumeAt = resumeAt
        self.metadata = metadata
    }
}

/// How many metrics there are, and how they ended.
package struct RunSummary: Hashable, Sendable {
    package var count = 0
    package var successful = 0
    package var failed = 0
    package var inconclusive = 0
    package var error = 0

    package init() {}

    mutating func add(_ phase: RunPhase) {
        switch phase {
        case .successful: successful += 1
        case .failed: failed += 1
        case .inconclusive: inconclusive += 1
        case .error: error += 1
        case .pending, .running: break
        }
    }
}
