import Analysis
import Documents
import History
import Rollouts
import Serving
import StatusPage

// Rollouts in the situations that pages must tell apart. All of them are seen at `present`.

let present = Timestamp(seconds: 1_773_480_600)  // 2026-03-14T09:30:00Z

/// The moment so many seconds before `present`.
func ago(_ seconds: Int) -> Instant {
    Instant(milliseconds: present.advanced(bySeconds: -seconds).milliseconds)
}

func stamp(_ seconds: Int) -> Timestamp { present.advanced(bySeconds: -seconds) }

/// A rollout with steps 10, 30, 50, each judged, whose stable revision is 6.
struct Situation: Sendable {
    var name = "model-api"
    var namespace = "default"
    var steps: [Step] = [
        .setWeight(10), .analysis, .setWeight(30), .pause(seconds: nil), .setWeight(50), .analysis,
    ]
    var status = Status()
    var replicaSets: [ReplicaSet] = []
    var routers: [RouterSeen] = []
    var runs: [RunView] = []
    var findings: [String] = []
    var reason: Reason? = .healthy
    var lookAgain: Instant?
    var images: [String: [String]] = [:]
    var hasRouter = true
    var blueGreen: BlueGreen?

    private var strategy: Strategy {
        if let blueGreen { return .blueGreen(blueGreen) }
        var canary = Canary(steps: steps, stableService: name, canaryService: "\(name)-canary")
        canary.hasRouter = hasRouter
        return .canary(canary)
    }

    var view: RolloutView {
        let spec = Spec(
            replicas: 10, templateHash: replicaSets.first?.hash ?? "", stepsHash: "s",
            strategy: strategy)
        let rollout = Rollout(
            namespace: namespace, name: name, generation: 3,
            revision: replicaSets.first?.revision, spec: spec, status: status)
        let services = [
            name: ServiceBinding(hash: status.stableHash, managedBy: name),
            spec.services[1]: ServiceBinding(hash: replicaSets.first?.hash, managedBy: name),
        ]
        let snapshot = Snapshot(
            rollout: rollout, replicaSets: replicaSets, services: services, routers: routers,
            now: ago(2))
        return RolloutView(
            snapshot: snapshot,
            decision: reason.map { Decision(status: status, lookAgain: lookAgain, reason: $0) },
            images: images, runs: runs, findings: findings)
    }

    mutating func add(revision: Int, hash: String, desired: Int, available: Int, image: String) {
        let name = "\(name)-\(hash)"
        replicaSets.append(
            ReplicaSet(
                name: name, hash: hash, revision: revision, created: ago(9_000 - revision),
                desired: desired, replicas: desired, ready: available, available: available,
                matchesTemplate: replicaSets.isEmpty))
        images[name] = [image]
    }

    mutating func route(asked: Int, carried: Int, verification: Verification = .cannot) {
        status.weights = Weights(
            canary: WeightDestination(weight: asked, serviceName: "\(name)-canary"),
            stable: WeightDestination(weight: 100 - asked, serviceName: name))
        routers = [
            RouterSeen(
                kind: "Nginx", reading: .split(Split(canary: carried, of: 100)),
                verification: verification)
        ]
    }

    mutating func note(
        _ type: Rollouts.Condition.Kind, _ truth: Rollouts.Condition.Truth, _ reason: String,
        _ message: String, secondsAgo: Int
    ) {
        status.conditions.append(
            Rollouts.Condition(
                type: type, truth: truth, reason: reason, message: message,
                lastUpdate: ago(secondsAgo), lastTransition: ago(secondsAgo)))
    }
}

extension Situation {
    static let named: [String: Situation] = [
        "healthy": .healthy, "paused": .paused, "aborted": .aborted, "inconclusive": .inconclusive,
        "first-deploy": .firstDeploy, "refused": .refused,
        "moving": .judged, "blue-green": .previewed,
    ]

    /// A preview that waits for a person.
    static var previewed: Situation {
        var situation = moving("basket")
        var plan = BlueGreen(activeService: "basket", previewService: "basket-preview")
        plan.promotion = .byHand
        situation.blueGreen = plan
        situation.status.phase = .paused
        situation.status.message = "BlueGreenPause"
        situation.status.currentStepIndex = nil
        situation.status.weights = nil
        situation.status.pauseConditions = [
            PauseCondition(reason: .blueGreenPause, startTime: ago(240))
        ]
        situation.routers = []
        situation.reason = .paused(until: nil)
        return situation
    }

    static var healthy: Situation {
        var situation = Situation()
        situation.status.stableHash = "7d9f5c6b4d"
        situation.status.phase = .healthy
        situation.status.currentStepIndex = 6
        situation.add(
            revision: 6, hash: "7d9f5c6b4d", desired: 10, available: 10,
            image: "registry.example/model-api:1.8.0")
        situation.add(
            revision: 5, hash: "5b8c7f9d66", desired: 0, available: 0,
            image: "registry.example/model-api:1.7.2")
        situation.route(asked: 0, carried: 0)
        situation.note(
            .progressing, .yes, "NewReplicaSetAvailable",
            "ReplicaSet \"model-api-7d9f5c6b4d\" has successfully progressed.", secondsAgo: 5_400)
        situation.note(
            .available, .yes, "AvailableReason", "Rollout has minimum availability",
            secondsAgo: 200_000)
        situation.runs = [.passed(step: 1, startedAgo: 6_000), .passed(step: 5, startedAgo: 5_600)]
        return situation
    }

    /// Revision 7 is on its way with 30 % of the traffic.
    private static func moving(_ name: String) -> Situation {
        var situation = Situation()
        situation.name = name
        situation.status.stableHash = "7d9f5c6b4d"
        situation.add(
            revision: 7, hash: "6c4b8d7f59", desired: 3, available: 3,
            image: "registry.example/\(name):1.9.0")
        situation.add(
            revision: 6, hash: "7d9f5c6b4d", desired: 10, available: 10,
            image: "registry.example/\(name):1.8.0")
        return situation
    }

    static var paused: Situation {
        var situation = moving("checkout")
        situation.namespace = "shop"
        situation.status.phase = .paused
        situation.status.message = "CanaryPauseStep"
        situation.status.currentStepIndex = 3
        situation.status.pauseConditions = [
            PauseCondition(reason: .canaryPauseStep, startTime: ago(240))
        ]
        situation.reason = .paused(until: nil)
        situation.route(asked: 30, carried: 30, verification: .yes)
        situation.note(
            .progressing, .unknown, "RolloutPaused", "Rollout is paused", secondsAgo: 240)
        situation.note(.paused, .yes, "RolloutPaused", "Rollout is paused", secondsAgo: 240)
        situation.runs = [.passed(step: 1, startedAgo: 420)]
        return situation
    }

    static var aborted: Situation {
        var situation = moving("search")
        situation.namespace = "shop"
        situation.status.phase = .degraded
        situation.status.isAborted = true
        situation.status.abortedAt = ago(12)
        situation.status.message =
            "RolloutAborted: Rollout aborted update to revision 7: "
            + "Step-based analysis phase error/failed: "
            + "Metric \"error-rate\" assessed Failed due to failed (1) > failureLimit (0)"
        situation.status.currentStepIndex = 0
        situation.reason = .aborted(
            "Metric \"error-rate\" assessed Failed due to failed (1) > failureLimit (0)")
        situation.lookAgain = ago(-18)
        situation.replicaSets[0].scaleDownDeadline = ago(-18)
        situation.route(asked: 0, carried: 0)
        situation.note(
            .progressing, .no, "RolloutAborted", situation.status.message, secondsAgo: 12)
        situation.runs = [.failed]
        return situation
    }

    /// The routers carry less than asked, a run is under way, others are past.
    static var judged: Situation {
        var situation = moving("embed")
        situation.namespace = "shop"
        situation.status.phase = .progressing
        situation.status.message = "more replicas need to be updated"
        situation.status.currentStepIndex = 5
        situation.replicaSets[0].desired = 5
        situation.reason = .weightLimited(asked: 50, carried: 30)
        situation.lookAgain = ago(-10)
        situation.route(asked: 50, carried: 30, verification: .no("2 of 3 proxies still say 10 %"))
        situation.runs =
            [.running]
            + [2_000, 1_000, 600, 300].map { .passed(step: 1, startedAgo: $0) }
        return situation
    }

    static var inconclusive: Situation {
        var situation = moving("recommend")
        situation.namespace = "shop"
        situation.status.phase = .paused
        situation.status.message = "InconclusiveAnalysisRun"
        situation.status.currentStepIndex = 1
        situation.status.pauseConditions = [
            PauseCondition(reason: .inconclusiveAnalysisRun, startTime: ago(75))
        ]
        situation.reason = .waitingForPerson(
            "analysis run recommend-6c4b8d7f59-7-1 was inconclusive")
        situation.route(asked: 10, carried: 10)
        situation.runs = [.inconclusive]
        return situation
    }

    static var firstDeploy: Situation {
        var situation = Situation()
        situation.name = "gateway"
        situation.status.phase = .progressing
        situation.status.message = "more replicas need to be updated"
        situation.reason = .waitingForStablePods(available: 4, of: 10)
        situation.add(
            revision: 1, hash: "84d5f6c7b9", desired: 10, available: 4,
            image: "registry.example/gateway:0.1.0")
        return situation
    }

    /// Without a router, on a document that says something twice.
    static var refused: Situation {
        var situation = moving("worker")
        situation.steps = []
        situation.hasRouter = false
        situation.status.phase = .degraded
        situation.status.message =
            "InvalidSpec: The Rollout \"worker\" is invalid: "
            + "spec.strategy.canary.steps[0].setWeight: Invalid value: 130: "
            + "SetWeight needs to be between 0 and 100"
        situation.reason = .refused(
            "spec.strategy.canary.steps[0].setWeight is 130, more than all traffic: use 0 to 100")
        situation.findings = [
            "worker.yaml:31:24: spec.strategy.canary.steps[0].setWeight is 130; use 0 to 100"
        ]
        return situation
    }
}

extension PageSource {
    /// The given rollouts, each with the same records.
    static func made(
        of views: [RolloutView], records: [Record] = [], problems: [String] = [],
        redact: @escaping @Sendable (String) -> String = { $0 }
    ) -> PageSource {
        PageSource(
            rollouts: { views },
            rollout: { namespace, name in
                views.first {
                    $0.snapshot.rollout.namespace == namespace && $0.snapshot.rollout.name == name
                }
            },
            records: { _, _ in records }, problems: { problems }, redact: redact)
    }
}

/// What the page of `source` at `target` answers.
func answer(
    _ source: PageSource, _ target: String, method: String = "GET", headers: Headers = Headers()
) async throws -> Response {
    try await Pages(source: source, now: { present })
        .respond(to: Request(method: method, target: target, headers: headers))
}

extension Response {
    var text: String {
        if case .bytes(let bytes) = body { String(decoding: bytes, as: UTF8.self) } else { "" }
    }
}
