import Documents
import KubernetesObjects
import Manifests
import Rollouts
import Traffic

/// What a rollout means to a pipeline that waits for it (rollout-semantics §2.2 and §2.4).
enum Verdict: Hashable, Sendable {
    case healthy
    case degraded(String)
    /// Goes on by itself.
    case underWay(String)
    /// Goes on only when somebody does something: what, and the command for it.
    case waiting(String, remedy: String)

    /// The code to end with. Under way is not over yet, which without watching is as if time had
    /// run out.
    var code: Int32 {
        switch self {
        case .healthy: 0
        case .degraded: 1
        case .underWay: 3
        case .waiting: 4
        }
    }

    var word: String {
        switch self {
        case .healthy: "healthy"
        case .degraded: "degraded"
        case .underWay: "under way"
        case .waiting: "waiting for a person"
        }
    }

    var tone: Palette.Tone {
        switch self {
        case .healthy: .good
        case .degraded: .bad
        case .underWay: .busy
        case .waiting: .waiting
        }
    }

    /// Whether watching on could bring something else by itself.
    var isFinal: Bool {
        if case .underWay = self { false } else { true }
    }

    /// Why; empty for a healthy one.
    var why: String {
        switch self {
        case .healthy: ""
        case .degraded(let text), .underWay(let text), .waiting(let text, _): text
        }
    }
}

extension Verdict {
    /// Reads a Rollout object. What its status says counts only once the controller has seen the
    /// last edit and the last command.
    init(of object: Object) {
        let parsed = RolloutDocument.parse(object, routers: RouterKind.all)
        let status = parsed.rollout.status
        if object.deletionTimestamp != nil {
            self = .degraded("the rollout is being deleted")
        } else if let news = Self.unseen(parsed.rollout, of: object) {
            self = .underWay(news)
        } else {
            switch status.phase {
            case .healthy: self = .healthy
            case .degraded: self = .degraded(status.message)
            case .paused: self = Self.pause(parsed.rollout)
            case .progressing: self = .underWay(status.message)
            case nil: self = .underWay("waiting for the controller to look at the rollout")
            }
        }
    }

    /// What the status does not speak of yet. Commands come through the status and leave the
    /// generation as it is, so each has a sign of its own.
    private static func unseen(_ rollout: Rollout, of object: Object) -> String? {
        let status = rollout.status
        if !isObserved(status, object.generation) {
            return "waiting for rollout spec update to be observed"
        }
        if object.spec?["workloadRef"]?.object != nil, let generation = rollout.workloadGeneration,
            status.workloadObservedGeneration != String(generation)
        {
            return "waiting for rollout spec update to be observed for the reference workload"
        }
        if status[.invalidSpec] != nil { return nil }
        let wasAborted = status.conditions.contains { $0.reason == "RolloutAborted" }
        let isUpdating = status.currentPodHash != status.stableHash
        if status.isAborted && isUpdating && !wasAborted {
            return "waiting for the abort to be observed"
        }
        if !status.isAborted && status.abortedAt != nil {
            return "waiting for the retry to be observed"
        }
        if status.promoteFull && isUpdating && !rollout.spec.isPaused {
            return "promoting without further steps"
        }
        // What was resumed while the user's own pause holds is seen, and waits for its end.
        if status.controllerPause && status.pauseConditions.isEmpty && !rollout.spec.isPaused {
            return "waiting for rollout to unpause"
        }
        return nil
    }

    /// Only a number that is lower than the generation says that the edit is still to be seen:
    /// others come from controllers of old, or from a restored backup. Nothing at all was written
    /// by nobody.
    private static func isObserved(_ status: Status, _ generation: Int) -> Bool {
        if status.observedGeneration.isEmpty { return false }
        guard let observed = Int(status.observedGeneration) else { return true }
        return observed >= generation
    }

    private static func pause(_ rollout: Rollout) -> Verdict {
        let status = rollout.status
        let name = rollout.name
        if rollout.spec.isPaused {
            return .waiting("paused by spec.paused", remedy: "sluice resume \(name)")
        }
        // Whatever else it waits for, a person is what it waits for longest.
        let needingPerson = status.pauseConditions.first { $0.reason != .canaryPauseStep }
        guard let condition = needingPerson ?? status.pauseConditions.first else {
            return .underWay(status.message)
        }
        let remedy = "sluice promote \(name), or sluice abort \(name)"
        if let plan = rollout.spec.blueGreen, condition.reason == .blueGreenPause {
            return preview(plan, since: condition.startTime, remedy)
        }
        guard condition.reason == .canaryPauseStep else {
            return .waiting("paused: \(condition.reason.rawValue)", remedy: remedy)
        }
        let steps = rollout.spec.canary.steps
        guard let index = status.currentStepIndex, steps.indices.contains(index),
            case .pause(let seconds) = steps[index]
        else {
            return .underWay("paused at a step that is no longer there")
        }
        guard let seconds else {
            return .waiting("step \(index + 1) of \(steps.count) is an open pause", remedy: remedy)
        }
        let end = condition.startTime.advanced(bySeconds: seconds)
        return .underWay(
            "step \(index + 1) of \(steps.count) pauses until \(Timestamp(end).rfc3339)")
    }

    private static func preview(
        _ plan: BlueGreen, since start: Instant, _ remedy: String
    ) -> Verdict {
        switch plan.promotion {
        case .byHand: return .waiting("the preview waits for a person", remedy: remedy)
        case .automatic(let seconds):
            let end = start.advanced(bySeconds: seconds)
            return .underWay("the preview lasts until \(Timestamp(end).rfc3339)")
        }
    }
}
