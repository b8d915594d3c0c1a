import Controller
import Documents
import KubernetesObjects
import Manifests
import Rollouts

/// Writes the transcript while a story is played. Used by one thread at a time.
final class Notes: @unchecked Sendable {
    // Everything happens on the simulation's one thread (`OneThread`).
    private var transcript = Transcript()
    private var lastReason: [RolloutKey: String] = [:]
    private var lastTrouble: ClusterError?
    /// A line that only counts if nothing else happens at its instant.
    private var waiting: (line: Transcript.Line, key: RolloutKey)?
    var seconds: Int64 = 0 {
        didSet { if seconds != oldValue { flush() } }
    }
    /// What the next line follows from.
    private var cause = ""

    func add(cause: String, act: String, reason: String) {
        flush()
        transcript.add(at: seconds, cause: cause, act: act, reason: reason)
    }

    /// Something came from outside. It stands on the line of the decision that follows from it.
    func came(_ text: String) {
        flush()
        cause = cause.isEmpty ? text : "\(cause), \(text)"
    }

    /// The world changed, which decisions may only follow much later.
    func happened(_ text: String) {
        flush()
        transcript.addHappening(text, at: seconds)
    }

    func told(_ event: Rollouts.Event, about rollout: Object) {
        transcript.events.append(
            Transcript.Told(
                reason: event.reason, message: event.message,
                revision: rollout.number(Keys.revision)))
    }

    /// What could not be written. A conflict is observed again and says nothing; the rest is told
    /// once.
    func stumbled(_ trouble: ClusterError) {
        if case .conflict = trouble { return }
        guard trouble != lastTrouble else { return }
        lastTrouble = trouble
        add(cause: "", act: "failed", reason: trouble.description)
    }

    /// A line for each decision that does something or has another reason than the one before. Of
    /// several reasons to wait at one instant only the last is told.
    func decided(_ decision: Decision, _ seen: Snapshot, _ key: RolloutKey) {
        transcript.broken +=
            brokenInvariants(of: decision, seen) + untoldChanges(by: decision, seen)
        for case .route(let split) in decision.actions { transcript.weights.append(split.canary) }
        let act = decision.acts(seen)
        let reason = decision.reason.sentence
        guard !act.isEmpty || !cause.isEmpty || lastReason[key] != reason else { return }
        let line = Transcript.Line(
            milliseconds: seconds, cause: cause, act: act, reason: reason)
        if act.isEmpty, cause.isEmpty, decision.reason.isPassing {
            waiting = (line, key)
            return
        }
        waiting = nil
        write(line, key)
    }

    /// A line for each experiment that comes to another phase, and for what becomes of its pods.
    func decided(_ decision: ExperimentDecision, _ scene: ExperimentTurn.Scene) {
        let acts = decision.actions.compactMap { action in
            switch action {
            case .scale(let name, let from, let to): "\(name) \(from) → \(to) pods"
            case .createService(let name, _): "create service \(name)"
            case .deleteService(let name): "delete service \(name)"
            case .createReplicaSet, .delayScaleDown, .cancelScaleDown, .startRun, .terminateRun:
                nil
            }
        }
        let before = scene.parsed.experiment.status.phase
        guard !acts.isEmpty || decision.status.phase != before else { return }
        let phase = decision.status.phase?.rawValue ?? "refused"
        let why = decision.status.phase?.isCompleted == true ? "" : ", \(decision.reason.sentence)"
        add(
            cause: "", act: acts.joined(separator: ", "),
            reason: "experiment \(scene.object.name): \(phase)" + why)
    }

    /// A line for each Service that is let go.
    func decided(_ decision: BindingDecision?, on service: String) {
        guard decision == .letGo else { return }
        add(cause: "", act: "service \(service) let go", reason: "no revision is bound to it")
    }

    /// Nothing more happens at this instant.
    func flush() {
        guard let (line, key) = waiting else { return }
        waiting = nil
        if lastReason[key] != line.reason { write(line, key) }
    }

    private func write(_ line: Transcript.Line, _ key: RolloutKey) {
        cause = ""
        lastReason[key] = line.reason
        transcript.add(
            at: line.milliseconds, cause: line.cause, act: line.act, reason: line.reason)
    }

    func transcript(of cluster: SimulatedCluster) async -> Transcript {
        flush()
        if !cause.isEmpty { add(cause: cause, act: "", reason: "nothing changes") }
        var result = transcript
        result.writes = await cluster.writes
        result.emptyWrites = await cluster.emptyWrites
        result.samples = await cluster.samples
        result.shown = await cluster.shown
        result.placed = await cluster.placed
        result.podLabels = await cluster.runningPods.map(\.labels)
        let sets = await cluster.all(.replicaSets)
        for document in await cluster.rollouts {
            let rollout = document.resolved(by: await cluster.workload(of: document))
            let own = sets.filter { $0.controllerOwner?.uid == rollout.uid }
            result.ends["\(rollout.namespace)/\(rollout.name)"] = Transcript.End(rollout, own)
        }
        return result
    }
}

extension Transcript.End {
    fileprivate init(_ rollout: Object, _ sets: [Object]) {
        let status = rollout.status
        phase = status?["phase"]?.string ?? ""
        message = status?["message"]?.string ?? ""
        stable = status?["stableRS"]?.string ?? ""
        current = status?["currentPodHash"]?.string ?? ""
        revision = rollout.number(Keys.revision) ?? 0
        let active = status?["blueGreen"]?["activeSelector"]?.string
        self.active = active.map { hash in
            sets.first { $0.labels[Keys.templateHash] == hash }
                .flatMap { $0.number(Keys.revision) } ?? 0
        }
        weight = status?["canary"]?["weights"]?["canary"]?["weight"]?.int ?? 0
        step = status?["currentStepIndex"]?.int
        isAborted = status?["abort"]?.bool ?? false
        isPaused = status?["pauseConditions"]?.array?.isEmpty == false
        pods = [:]
        for set in sets {
            let desired = set.spec?["replicas"]?.int ?? 0
            guard desired > 0, let revision = set.number(Keys.revision)
            else { continue }
            pods[revision] = Transcript.Pods(
                desired: desired, available: set.status?["availableReplicas"]?.int ?? 0)
        }
        let containers = rollout.spec?["template"]?["spec"]?["containers"]?.array ?? []
        images = containers.compactMap { $0["image"]?.string }
    }
}

extension Decision {
    /// What the decision does to traffic and pods, in the words of a transcript.
    fileprivate func acts(_ seen: Snapshot) -> String {
        actions.compactMap { action in
            switch action {
            case .route(let split):
                (["set \(split.canary)"] + split.versions.map { "\($0.service) \($0.weight)" })
                    .joined(separator: ", ")
            case .setRoutes(let routes):
                routes.isEmpty
                    ? "no routes" : "route \(routes.map(\.name).joined(separator: ", "))"
            case .scale(let name, let from, let to) where from != to:
                "\(seen.side(of: name)) \(from) → \(to) pods"
            case .scaleWorkload(let from, let to, _) where from != to:
                "workload \(from) → \(to) pods"
            case .bind(let service, _, let hash): seen.moving(service, to: hash)
            case .deleteReplicaSet(let name): "delete \(name)"
            case .setPodMetadata(let name, _): "\(seen.side(of: name)) pods are marked anew"
            case .separate(let name, let separation):
                "\(seen.side(of: name)) pods \(separation == nil ? "anywhere" : "keep away")"
            case .evict(let pod): "evict a \(seen.side(ofPod: pod)) pod"
            default: nil
            }
        }.joined(separator: ", ")
    }
}

extension Snapshot {
    /// The word for a ReplicaSet as this decision saw it.
    fileprivate func side(of name: String) -> String {
        if stable?.name == name { return "stable" }
        if new?.name == name {
            if rollout.status.stableHash.isEmpty { return "stable" }
            return rollout.spec.blueGreen == nil ? "canary" : "new"
        }
        return "old"
    }

    /// The same for the ReplicaSet of a pod.
    fileprivate func side(ofPod name: String) -> String {
        pods?.first { $0.name == name }.map { side(of: $0.replicaSet) } ?? "old"
    }

    /// What moves traffic in a blue-green rollout; nil for others, where a router does.
    fileprivate func moving(_ service: String, to hash: String) -> String? {
        guard let plan = rollout.spec.blueGreen else { return nil }
        let set = replicaSets.first { $0.hash == hash }
        let revision = set.map { $0.name == new?.name ? self.revision(of: $0) : $0.revision } ?? 0
        let side =
            service == plan.activeService
            ? "active" : service == plan.previewService ? "preview" : "service \(service)"
        return "\(side) → revision \(revision)"
    }
}

extension Reason {
    /// Whether the reason says no more than that something is under way.
    fileprivate var isPassing: Bool {
        switch self {
        case .waitingForCanaryPods, .waitingForNewPods, .waitingForStablePods, .waitingForRouter,
            .movingTraffic,
            .weightLimited, .analysisStarted, .analysisRunning, .experimentStarted,
            .experimentRunning, .extensionRunning, .extensionEnding, .settling,
            .creatingReplicaSet,
            .nameTaken, .takingOver, .restarting, .writingDefaultReplicas, .scalingDownOld,
            .healthy, .paused,
            .timedOut:
            true
        case .refused, .cannotCreate, .revisionChanged, .stepsChanged, .stepCompleted,
            .stableCannotCarry, .routerUnreadable, .sharesGoingBack, .pausedByUser,
            .waitingForPerson,
            .waitingForFreshMeasurement, .aborted, .retrying, .resumed, .promoted,
            .rollingBackToStable, .previewStarts, .returning, .switchingActive, .newPodsLost,
            .stableCannotServe, .retryingPreview, .extensionFailing:
            false
        }
    }
}
