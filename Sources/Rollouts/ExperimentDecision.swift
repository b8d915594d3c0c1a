/// What is to be done about an experiment, when to look again, and why. The status is stored before
/// the actions are done: what they make is named there.
package struct ExperimentDecision: Hashable, Sendable {
    package var status: ExperimentStatus
    package var actions: [ExperimentAction] = []
    /// When to look again even if nothing happens; nil to wait for an event.
    package var lookAgain: Instant?
    package var reason: ExperimentReason
    package var events: [Event] = []

    package init(status: ExperimentStatus, reason: ExperimentReason) {
        self.status = status
        self.reason = reason
    }
}

/// One absolute act.
package enum ExperimentAction: Hashable, Sendable {
    case createReplicaSet(name: String, template: String)
    case scale(replicaSet: String, from: Int, to: Int)
    case delayScaleDown(replicaSet: String, until: Instant)
    case cancelScaleDown(replicaSet: String)
    /// With the labels of the template's ReplicaSet as its selector.
    case createService(name: String, template: String)
    case deleteService(name: String)
    case startRun(name: String, analysis: String)
    case terminateRun(name: String)
}

/// Why a decision about an experiment is what it is.
package enum ExperimentReason: Hashable, Sendable {
    case refused(String)
    case waitingForPods(String, available: Int, of: Int)
    case running(until: Instant?)
    case waitingForAnalysis(String)
    case scalingDown(RunPhase, String, at: Instant)
    case over(RunPhase, String)

    /// The sentence that people read.
    package var sentence: String {
        switch self {
        case .refused(let text): text
        case .waitingForPods(let template, let available, let wanted):
            "waiting for pods of \(template): \(available) of \(wanted) available"
        case .running(nil): "running until it is stopped"
        case .running(let end?): "running until \(end.clockText)"
        case .waitingForAnalysis(let name): "waiting for analysis \(name)"
        case .scalingDown(let phase, let message, let end):
            Self.ending(phase, message) + "; its pods go at \(end.clockText)"
        case .over(let phase, let message): Self.ending(phase, message)
        }
    }

    private static func ending(_ phase: RunPhase, _ message: String) -> String {
        "over: \(phase.rawValue)" + (message.isEmpty ? "" : ", \(message)")
    }
}
