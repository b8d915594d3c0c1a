/// Versions that run side by side for a while, and what is measured of them (rollout-semantics
/// §7.1). Pod templates are opaque here as well: a template is its name and its hash.
package struct Experiment: Hashable, Sendable {
    package var name: String
    package var templates: [Template]
    package var analyses: [AnalysisPlan] = []
    /// How long it lasts once all versions run; nil until it is stopped, or until the analyses that
    /// it requires are done.
    package var durationSeconds: Int?
    /// How long a version may be without all of its pods.
    package var progressDeadlineSeconds = 600
    /// How long pods stay after the end.
    package var scaleDownDelaySeconds = 30
    /// Somebody asked it to stop.
    package var isTerminated = false
    package var status: ExperimentStatus

    package init(name: String, templates: [Template], status: ExperimentStatus) {
        self.name = name
        self.templates = templates
        self.status = status
    }

    /// One version.
    package struct Template: Hashable, Sendable {
        package var name: String
        package var replicas = 1
        /// The name of its Service, where it has one; "" for that of its ReplicaSet.
        package var service: String?

        package init(name: String) { self.name = name }
    }

    /// What is measured of the versions.
    package struct AnalysisPlan: Hashable, Sendable {
        package var name: String
        /// The experiment is over when all that are required have succeeded.
        package var isRequired = false

        package init(name: String) { self.name = name }
    }
}

/// The status of an experiment as clients read it, and all that is remembered of it.
package struct ExperimentStatus: Hashable, Sendable {
    /// Nil before the first turn, and after a person asked for all of it anew.
    package var phase: RunPhase?
    package var message = ""
    package var templates: [TemplateStatus] = []
    /// When all versions ran for the first time: the duration and the analyses begin there.
    package var availableAt: Instant?
    package var analyses: [AnalysisStatus] = []
    package var conditions: [Condition] = []

    package init() {}

    /// Of one version.
    package struct TemplateStatus: Hashable, Sendable {
        package var name: String
        package var replicas = 0
        package var updatedReplicas = 0
        package var readyReplicas = 0
        package var availableReplicas = 0
        package var collisionCount: Int?
        package var phase: TemplatePhase?
        package var message = ""
        package var lastTransition: Instant?
        package var serviceName = ""
        package var podTemplateHash = ""

        package init(name: String) { self.name = name }
    }

    /// Of one analysis that was started.
    package struct AnalysisStatus: Hashable, Sendable {
        package var name: String
        /// The name of its AnalysisRun.
        package var run: String
        package var phase: RunPhase
        package var message = ""

        package init(name: String, run: String, phase: RunPhase, message: String = "") {
            self.name = name
            self.run = run
            self.phase = phase
            self.message = message
        }
    }
}

/// How one version of an experiment stands.
package enum TemplatePhase: String, Hashable, Sendable, CaseIterable {
    case progressing = "Progressing"
    case running = "Running"
    case successful = "Successful"
    case failed = "Failed"
    case error = "Error"

    package var isCompleted: Bool {
        switch self {
        case .progressing, .running: false
        case .successful, .failed, .error: true
        }
    }
}

/// Everything that was seen of one experiment at one moment.
package struct ExperimentSnapshot: Hashable, Sendable {
    package var experiment: Experiment
    /// Those that the experiment controls, by the name of their template. It may be one that the
    /// document does not have any more.
    package var replicaSets: [String: ReplicaSet] = [:]
    /// The names of the Services that the experiment controls, by the name of their template.
    package var services: [String: String] = [:]
    package var runs: [ExperimentRun] = []
    /// Names that objects of somebody else have.
    package var taken = TakenNames()
    /// Why no run can be made of an analysis, by the name of the analysis.
    package var problems: [String: String] = [:]
    /// What the server said for good to what a template needs, by the name of the template.
    package var obstacles: [String: String] = [:]
    /// The templates whose pods a rollout's routers may lead to.
    package var routed: Set<String> = []
    /// Why the document cannot be followed; nil for a valid one.
    package var refusal: String?
    /// The same with everything else that is wrong, as an event tells it; nil where that is all.
    package var refusalInFull: String?
    /// The refusal that this process told last.
    package var toldRefusal: String?
    package var now: Instant

    package init(_ experiment: Experiment, now: Instant) {
        self.experiment = experiment
        self.now = now
    }
}

/// An analysis run that an experiment controls.
package struct ExperimentRun: Hashable, Sendable {
    package var name: String
    package var phase: RunPhase
    package var message: String
    package var isTerminating: Bool

    package init(name: String, phase: RunPhase, message: String = "", isTerminating: Bool = false) {
        self.name = name
        self.phase = phase
        self.message = message
        self.isTerminating = isTerminating
    }
}
