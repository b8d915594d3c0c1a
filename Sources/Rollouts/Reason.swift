/// Why a decision is what it is. Every decision has one, also the decision to wait.
package enum Reason: Hashable, Sendable {
    case refused(String)
    case writingDefaultReplicas(Int)
    case creatingReplicaSet(revision: Int)
    /// Another object has the name of the new ReplicaSet.
    case nameTaken(String)
    /// The message that clients read.
    case cannotCreate(String)
    case revisionChanged(revision: Int)
    case stepsChanged
    /// Blue-green has no steps.
    case previewStarts(revision: Int)
    case returning(revision: Int)
    /// With the numbers that an analysis step rests on.
    case stepCompleted(Int, of: Int, Step, evidence: String = "")
    case waitingForCanaryPods(available: Int, of: Int)
    case waitingForStablePods(available: Int, of: Int)
    /// Blue-green: there is no canary.
    case waitingForNewPods(available: Int, of: Int)
    case switchingActive(revision: Int)
    /// After the switch, and while stable still has pods.
    case newPodsLost
    /// Too few of stable's pods are there to take everything back at once.
    case stableCannotServe(available: Int, of: Int, because: String)
    case waitingForRouter(String)
    /// `step` names the step that asks for it; empty where none does.
    case movingTraffic(from: Int, to: Int, step: String = "")
    /// The canary's pods carry less than the step asks for.
    case weightLimited(asked: Int, carried: Int)
    /// Stable's pods cannot take all traffic back yet.
    case stableCannotCarry(weight: Int, because: String)
    /// A router that cannot be read may go on sending traffic to an aborted canary.
    case routerUnreadable(weight: Int, String, because: String)
    /// Without a router: the canary's pods go as stable's come.
    case sharesGoingBack(available: Int, of: Int, because: String)
    case paused(until: Instant?)
    case pausedByUser
    case waitingForPerson(String)
    case analysisStarted(String)
    case analysisRunning(String)
    case experimentStarted(String)
    case experimentRunning(String)
    /// What an extension says of itself.
    case extensionRunning(String, String)
    case extensionFailing(String, String)
    case extensionEnding(String)
    /// After a restart in the middle of giving traffic back.
    case waitingForFreshMeasurement(String)
    /// The message that clients read, and the numbers it rests on where an analysis ended the
    /// update.
    case aborted(String, evidence: String = "")
    case retrying
    case retryingPreview
    case resumed
    case promoted(String)
    case rollingBackToStable
    /// Past its progress deadline, and nothing more than said (`progressDeadlineAbort` is off).
    case timedOut(String, available: Int, of: Int)
    case settling(String)
    case scalingDownOld(at: Instant)
    /// Pods of the workload that the rollout refers to.
    case takingOver(pods: Int)
    /// Pods that are older than `restartAt`.
    case restarting(left: Int)
    case healthy
}

extension Reason {
    /// The sentence that CLI, page, log and history show.
    package var sentence: String {
        switch self {
        case .refused(let text): text
        case .writingDefaultReplicas(let count): "spec.replicas is absent: writing \(count)"
        case .creatingReplicaSet(let revision): "creating the ReplicaSet of revision \(revision)"
        case .nameTaken(let name):
            "ReplicaSet \(name) belongs to somebody else: taking another name"
        case .cannotCreate(let message): message
        case .revisionChanged(let revision): "revision \(revision) starts at the first step"
        case .previewStarts(let revision):
            "revision \(revision) is tried beside the stable one"
        case .returning(let revision):
            "revision \(revision) was stable not long ago: it takes everything back untried"
        case .waitingForNewPods(let available, let wanted):
            "waiting for pods of the new revision: \(available) of \(wanted) available"
        case .switchingActive(let revision): "all traffic moves to revision \(revision)"
        case .newPodsLost: "the new revision has no available pod: all traffic goes back to stable"
        case .stableCannotServe(let available, let wanted, let cause):
            "\(cause); only \(available) of \(wanted) stable pods are available, traffic goes back "
                + "when they are, or shortly with those that are"
        case .stepsChanged: "the steps were edited: starting again at the first"
        case .stepCompleted(let index, let count, let step, let evidence):
            "step \(index) of \(count) completed (\(step.description))"
                + (evidence.isEmpty ? "" : ": \(evidence)")
        case .waitingForCanaryPods(let available, let wanted):
            "waiting for canary pods: \(available) of \(wanted) available"
        case .waitingForStablePods(let available, let wanted):
            "waiting for stable pods: \(available) of \(wanted) available"
        case .waitingForRouter(let why): "waiting for the router: \(why)"
        case .movingTraffic(let from, let to, let step):
            (step.isEmpty ? "" : "\(step): ") + "moving the canary's traffic from \(from) to \(to)"
        case .weightLimited(let asked, let carried):
            "the canary's available pods carry \(carried), not the \(asked) of the step"
        case .stableCannotCarry(let weight, let cause):
            "\(cause); stable's available pods cannot take everything back yet: \(weight) stays on "
                + "the canary"
        case .routerUnreadable(let weight, let why, let cause):
            "\(cause); \(why): \(weight) may stay on the canary"
        case .sharesGoingBack(let available, let wanted, let cause):
            "\(cause); \(available) of \(wanted) stable pods are available, the canary's pods go "
                + "as they come"
        case .paused(nil): "paused until somebody promotes or aborts"
        case .paused(let until?): "paused until \(until.clockText)"
        case .pausedByUser: "paused by spec.paused"
        case .waitingForPerson(let why): "waiting for a person: \(why)"
        case .analysisStarted(let name): "starting analysis run \(name)"
        case .analysisRunning(let name): "analysis run \(name) is running"
        case .experimentStarted(let name): "starting experiment \(name)"
        case .experimentRunning(let name): "experiment \(name) is running"
        case .extensionRunning(let name, let said):
            "extension \(name) is at work" + (said.isEmpty ? "" : ": \(said)")
        case .extensionFailing(let name, let why): "extension \(name) failed: \(why)"
        case .extensionEnding(let name):
            "extension \(name) has yet to end what it did for this step before"
        case .waitingForFreshMeasurement(let name):
            "traffic was given back: analysis run \(name) must measure good before it is raised "
                + "again"
        case .aborted(let message, ""): message
        case .aborted(_, let evidence): "everything goes back to stable: \(evidence)"
        case .retrying: "retrying after an abort: starting at the first step"
        case .retryingPreview: "retrying after an abort: the new revision is tried again"
        case .resumed: "resumed"
        case .promoted(let why): "promoted: \(why)"
        case .rollingBackToStable: "the template is stable's again: no steps are needed"
        case .timedOut(let message, let available, let wanted):
            "\(message) \(available) of \(wanted) pods are available"
        case .settling(let what): what
        case .scalingDownOld(let at): "the old ReplicaSet is scaled down at \(at.clockText)"
        case .takingOver(let pods):
            "taking over from the referenced workload: \(pods) of its pods are left"
        case .restarting(let pods): "restarting; older pods left: \(pods)"
        case .healthy: "all traffic is on the current revision"
        }
    }
}

extension Instant {
    /// The UTC time of day, as sentences show it.
    var clockText: String {
        let seconds = Int(milliseconds / 1000) % 86_400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)) UTC"
    }
}
