import Rollouts
import Testing

/// Half a release whose second step tries a version beside the two sides.
private func trying(
    _ steps: [Step] = [.setWeight(20), .experiment, .pause(seconds: nil)], weight: Int = 5,
    isServing: Bool = true
) -> World {
    var world = deployed(steps)
    let index = steps.firstIndex(of: .experiment) ?? 0
    world.rollout.spec.canary.versionWeights = [index: ["trial": weight]]
    world.versions = []
    world.update(to: "h2")
    world.settle()
    world.serve(isServing)
    world.settle()
    return world
}

extension World {
    fileprivate mutating func serve(_ isServing: Bool) {
        for index in experiments.indices {
            experiments[index].versions = [
                .init(name: "trial", service: "app-trial", hash: "t", isServing: isServing)
            ]
        }
    }
}

private let share = [VersionWeight(service: "app-trial", weight: 5)]

/// Weights of versions of an experiment (rollout-semantics §6.1, §7.1).
struct `A version of an experiment with a weight` {
    /// Holds: 7.1 weight.
    @Test func `gets traffic once it has its pods, and stable the rest`() {
        var world = trying(isServing: false)
        #expect(world.status.currentStepIndex == 1 && world.versions == [])
        world.serve(true)
        world.settle()
        #expect(world.versions == share && world.weight == 20)
        #expect(world.status.weights?.stable.weight == 75)
        #expect(
            world.status.weights?.additional == [
                WeightDestination(weight: 5, serviceName: "app-trial", podTemplateHash: "t")
            ])
        #expect(
            world.events.contains {
                $0.message == "Traffic weight updated to 20, additional: app-trial 5"
            })
        #expect(world.broken == [])
    }

    @Test func `loses it with its pods, and gets it again`() {
        var world = trying()
        world.serve(false)
        world.settle()
        #expect(world.versions == [] && world.status.weights?.stable.weight == 80)
        world.serve(true)
        world.settle()
        #expect(world.versions == share)
        #expect(world.broken == [])
    }

    @Test(arguments: ["over", "abort", "template", "full", "gone", "terminated"])
    func `loses it when the step ends`(how: String) {
        var world = trying()
        switch how {
        case "over": world.endExperiment(.successful)
        case "abort": world.rollout.status.isAborted = true
        case "template": world.update(to: "h3")
        case "gone": world.experiments = []
        case "terminated": world.experiments[0].isTerminating = true
        default: world.rollout.status.promoteFull = true
        }
        world.settle()
        #expect(world.versions == [])
        #expect(world.status.weights?.additional ?? [] == [])
        #expect(world.broken == [])
    }

    /// Nothing of the canary moves, and yet something is given back.
    @Test(arguments: [RunPhase.failed, .error, .inconclusive])
    func `loses it with a bad verdict while the canary has nothing`(_ phase: RunPhase) {
        var world = trying([.experiment, .setWeight(20)])
        #expect(world.versions == share && world.weight == 0)
        world.endExperiment(phase)
        let seen = world.seen
        let decision = decide(seen)
        let back = Action.route(Split(canary: 0, of: 100))
        #expect(decision.order == .together)
        #expect(decision.actions.first == back && back.givesBack(in: seen))
        #expect(decision.status.weights?.additional.map(\.weight) == [0])
    }

    @Test func `loses it under a document that was broken meanwhile`() {
        var world = trying([.experiment, .setWeight(20)])
        world.refusal = "spec.steps: wrong"
        world.turn()
        #expect(world.versions == share)
        world.endExperiment(.failed)
        world.turn()
        #expect(world.versions == [] && world.status.isAborted)
    }

    @Test func `stands in the status until no router leads to it any more`() {
        var world = trying()
        world.endExperiment(.successful)
        let decision = decide(world.seen)
        #expect(decision.actions.contains(.route(Split(canary: 20, of: 100))))
        #expect(decision.status.weights?.additional.map(\.weight) == [0])
        #expect(decision.status.weights?.stable.weight == 80)
    }

    @Test func `gets nothing that is not there`() {
        let world = trying(weight: 81)
        #expect(world.versions == [] && world.weight == 20)
    }

    @Test func `gets nothing by a router that cannot`() {
        var world = trying()
        world.versions = nil
        world.settle()
        #expect(world.weight == 20 && world.broken == [])
        #expect(decide(world.seen).actions == [])
    }

    @Test func `gets nothing by a router that cannot be read`() {
        var world = trying(isServing: false)
        world.reading = .unreadable("no right")
        world.serve(true)
        let decision = decide(world.seen)
        #expect(!decision.actions.contains { $0.raises(in: world.seen) })
        world.reading = nil
        world.settle()
        #expect(world.versions == share)
    }

    /// The step after it, with its own weight, waits for one write.
    @Test func `is left before the canary gets more`() {
        var world = trying([.experiment, .setWeight(40), .pause(seconds: nil)])
        world.endExperiment(.successful)
        var splits: [Split] = []
        for _ in 0..<10 {
            for case .route(let split) in world.turn().actions { splits.append(split) }
        }
        #expect(splits == [Split(canary: 0, of: 100), Split(canary: 40, of: 100)])
        #expect(world.broken == [])
    }

    /// A process that died in between does not know why the weight is gone.
    @Test func `waits after a crash for a good measurement`() {
        var world = trying([.setWeight(20), .experiment, .analysis])
        world.rollout.status.backgroundRun = RunMirror(name: "back", phase: .running, message: "")
        world.runs = [
            Run(
                name: "back", purpose: .background, hash: "h2", revision: 2, phase: .running,
                created: world.now)
        ]
        world.versions = []
        world.memory = Memory()
        world.look()
        let decision = decide(world.seen)
        #expect(!decision.actions.contains { $0.raises(in: world.seen) })
        #expect(decision.reason == .waitingForFreshMeasurement("back"))
        #expect(decision.status.weights?.additional.map(\.weight) == [5])
    }

    /// What cannot be followed for a version must not keep the canary where it is.
    @Test func `goes with the canary where that loses all of its pods`() {
        var world = trying()
        world.limits["h2"] = 0
        world.letPodsStart()
        let decision = decide(world.seen)
        #expect(decision.actions.first == .route(Split(canary: 0, of: 100)))
        world.settle()
        #expect(world.versions == share && world.weight == 0 && world.broken == [])
    }
}

struct `An experiment whose version has had traffic` {
    /// The router does not lead there any more, and the status, stored before that, still says so:
    /// what is read may be older than what users meet.
    @Test func `stays as long as the status names its version`() {
        var world = trying([.setWeight(20), .experiment, .setWeight(40), .pause(seconds: nil)])
        world.rollout.spec.successfulRunHistoryLimit = 0
        world.endExperiment(.successful)
        world.versions = []
        let name = world.experiments[0].name
        let decision = decide(world.seen)
        #expect(decision.status.currentExperiment == "")
        #expect(!decision.actions.contains(.deleteExperiment(name: name)))
        world.settle()
        #expect(world.experiments == [] && world.broken == [])
    }
}

struct `A router that leads to a version` {
    @Test func `is noted before it does`() {
        var world = deployed([.experiment, .setWeight(20)])
        world.rollout.spec.canary.versionWeights = [0: ["trial": 5]]
        world.versions = []
        world.notes.areNeeded = true
        world.update(to: "h2")
        world.settle()
        world.serve(true)
        #expect(!world.notes.havePresent)
        let seen = world.seen
        var decision = decide(seen)
        let fed = Action.route(Split(canary: 0, of: 100, versions: share))
        #expect(decision.actions == [.noteRouters(present: true), fed])
        #expect(fed.raises(in: seen) && !fed.givesBack(in: seen) && decision.order == .statusFirst)
        decision.actions.removeFirst()
        #expect(
            brokenInvariants(of: decision, seen) == ["I15: traffic by a router that no note names"])
    }

    @Test func `loses it also where the document names it no more`() {
        var world = trying()
        world.reading = .former(Split(canary: 20, of: 100, versions: share))
        world.endExperiment(.successful)
        let decision = decide(world.seen)
        #expect(decision.actions.contains(.route(Split(canary: 20, of: 100))))
        #expect(decision.status.weights?.additional.map(\.serviceName) == ["app-trial"])
    }

    @Test func `keeps its version in the status where the document has no router any more`() {
        var world = trying()
        world.reading = .former(Split(canary: 20, of: 100, versions: share))
        var seen = world.seen
        seen.rollout.spec.strategy = .canary(world.rollout.spec.canary.withoutRouter)
        #expect(decide(seen).status.weights?.additional.map(\.podTemplateHash) == ["t"])
        seen.routers = []
        #expect(decide(seen).status.weights == nil)
    }

    /// Its pods would go with it at once.
    @Test func `keeps the experiment`() {
        var world = trying()
        world.rollout.spec.successfulRunHistoryLimit = 0
        world.endExperiment(.successful)
        world.reading = .split(Split(canary: 20, of: 100, versions: share))
        for _ in 0..<3 { world.turn() }
        #expect(world.experiments.count == 1 && world.status.currentStepIndex == 2)
        let seen = world.seen
        var decision = decide(seen)
        decision.actions.append(.deleteExperiment(name: world.experiments[0].name))
        #expect(brokenInvariants(of: decision, seen).contains { $0.hasPrefix("I16: ") })
        world.reading = nil
        world.settle()
        #expect(world.experiments == [] && world.broken == [])
    }
}

extension Canary {
    fileprivate var withoutRouter: Canary {
        var canary = self
        canary.hasRouter = false
        return canary
    }
}

struct `The pods of a version` {
    @Test func `stay while requests may come to them`() {
        var world = ExperimentWorld()
        world.settle()
        world.routed = ["canary"]
        world.experiment.isTerminated = true
        world.settle()
        world.now = world.now.advanced(bySeconds: 60)
        world.settle()
        #expect(world.pods == [0, 1])
        world.routed = []
        world.settle()
        world.now = world.now.advanced(bySeconds: 60)
        world.settle()
        #expect(world.pods == [0, 0])
    }
}

/// Whatever happens in whatever order: the invariants are checked at each turn.
struct `Versions under random events` {
    @Test(arguments: 0..<200) func `never get what they cannot serve, and end with nothing`(
        seed: Int
    ) {
        var random = Lehmer(seed)
        var world = deployed(
            [.experiment, .setWeight(random.next(0...60)), .experiment, .pause(seconds: nil)],
            size: random.next(1...5))
        world.rollout.spec.canary.versionWeights = [
            0: ["trial": random.next(0...40)], 2: ["trial": random.next(0...40)],
        ]
        world.rollout.spec.canary.dynamicStableScale = seed % 3 == 2
        world.versions = []
        world.update(to: "h2")
        for _ in 0..<40 {
            disturb(&world, &random)
            for _ in 0..<random.next(0...3) { world.turn() }
        }
        world.reading = nil
        world.limits = [:]
        world.settle()
        let before = world.writes
        world.turn()
        #expect(world.writes == before, "seed \(seed)")
        world.rollout.status.isAborted = true
        for _ in 0..<4 { world.wait(60) }
        #expect(world.broken == [], "seed \(seed)")
        #expect(world.weight == 0 && world.versions == [], "seed \(seed)")
        #expect(world.status.weights?.additional ?? [] == [], "seed \(seed)")
    }

    private func disturb(_ world: inout World, _ random: inout Lehmer) {
        switch random.next(0...11) {
        case 0: world.update(to: "h\(random.next(1...4))")
        case 1: world.limits["h\(random.next(1...4))"] = random.next(0...3)
        case 2: world.limits = [:]
        case 3: world.rollout.status.isAborted = true
        case 4: world.rollout.status.isAborted = false
        case 5: world.rollout.status.promoteFull = true
        case 6: world.endExperiment([.successful, .failed, .inconclusive][random.next(0...2)])
        case 7: world.rollout.status.pauseConditions = []
        case 8: world.reading = random.next(0...1) == 0 ? .unreadable("no right") : nil
        case 9: world.versions = []
        default: world.serve(random.next(0...2) > 0)
        }
        world.memory = random.next(0...3) == 0 ? Memory() : world.memory
        world.letPodsStart()
    }
}
