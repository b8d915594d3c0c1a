import Rollouts
import Testing

extension World {
    /// A second revision is as far as it gets by itself.
    static func updating(_ steps: [Step], size: Int = 5) -> World {
        var world = deployed(steps, size: size)
        world.update(to: "h2")
        world.settle()
        return world
    }
}

struct `An index that others raised` {
    private static let open = Step.pause(seconds: nil)

    /// As `promote --skip-current-step` does, which leaves the pause conditions as they are.
    private func skipped(_ steps: [Step], _ change: (inout World) -> Void = { _ in }) -> World {
        var world = World.updating(steps)
        change(&world)
        world.rollout.status.currentStepIndex = (world.status.currentStepIndex ?? 0) + 1
        return world
    }

    @Test(arguments: [Step.analysis, .experiment])
    func `ends the pause that it left, and what comes next is not held up by it`(next: Step) {
        var world = skipped([Self.open, next, Self.open])
        world.settle()
        #expect(world.status.phase == .progressing)
        #expect(world.runs.count + world.experiments.count == 1)
        world.end(.successful) { _ in true }
        world.endExperiment(.successful)
        world.settle()
        #expect(world.status.currentStepIndex == 2)
        #expect(world.broken == [])
    }

    @Test func `leaves the pause after it its own time`() {
        var world = skipped([Self.open, .pause(seconds: 60), .setWeight(20)]) { $0.wait(100) }
        world.settle()
        #expect(world.status.currentStepIndex == 1)
        world.wait(59)
        #expect(world.status.currentStepIndex == 1)
        world.wait(1)
        #expect(world.status.stableHash == "h2")
    }

    @Test(arguments: [true, false])
    func `skips an inconclusive experiment and no more`(isKnown: Bool) {
        var world = skipped([.experiment, Self.open, .setWeight(20)]) {
            $0.endExperiment(.inconclusive)
            $0.settle()
        }
        if !isKnown { world.memory = Memory() }
        world.settle()
        #expect(world.status.currentStepIndex == 1)
        #expect(world.status.pauseConditions.map(\.reason) == [.canaryPauseStep])
    }

    @Test(arguments: [true, false])
    func `skips an inconclusive analysis and no more`(isKnown: Bool) {
        var world = skipped([.analysis, Self.open, .setWeight(20)]) {
            $0.end(.inconclusive) { _ in true }
            $0.settle()
        }
        if !isKnown { world.memory = Memory() }
        world.settle()
        #expect(world.status.currentStepIndex == 1)
        #expect(world.status.pauseConditions.map(\.reason) == [.canaryPauseStep])
    }

    @Test func `while the document cannot be followed skips one step afterwards, too`() {
        var world = World.updating([Self.open, Self.open, .setWeight(20)])
        world.refusal = "bad"
        world.rollout.status.pauseConditions = []
        world.rollout.status.currentStepIndex = 1
        world.settle()
        world.refusal = nil
        world.settle()
        #expect(world.status.currentStepIndex == 1)
        #expect(world.status.phase == .paused)
    }
}

extension World {
    /// Asks for everything at once, and gives it up so many turns later; then all pods come.
    fileprivate mutating func promoteFully(abortedAfter turns: Int) {
        rollout.status.promoteFull = true
        for _ in 0..<turns { turn() }
        rollout.status.isAborted = true
        settle()
        limits = [:]
        letPodsStart()
        settle()
    }
}

struct `A full promotion` {
    @Test(arguments: [0, 1, 2, 3]) func `is ended by an abort`(turns: Int) {
        var world = World.updating(fourSteps)
        world.limits["h2"] = 3
        world.promoteFully(abortedAfter: turns)
        #expect([world.status.stableHash, world.status.phase?.rawValue] == ["h1", "Degraded"])
        #expect(world.weight == 0)
        #expect(!world.status.promoteFull)
        #expect(world.broken == [])
    }

    @Test(arguments: [true, false]) func `waits while the user's own pause holds`(routed: Bool) {
        var world = deployed(fourSteps, size: 10)
        world.rollout.spec.canary.hasRouter = routed
        world.update(to: "h2")
        world.settle()
        let sizes = world.sizes
        world.rollout.spec.isPaused = true
        world.rollout.status.promoteFull = true
        world.settle()
        #expect(world.status.stableHash == "h1")
        #expect(world.status.message == "manually paused")
        #expect(world.sizes == sizes)
        #expect(world.weight == (routed ? 10 : 0))
        world.rollout.spec.isPaused = false
        world.settle()
        #expect(world.status.stableHash == "h2")
        #expect(world.broken == [])
    }

    @Test func `of a former revision is none of the next`() {
        var world = World.updating(fourSteps)
        world.rollout.status.promoteFull = true
        world.update(to: "h3")
        world.settle()
        #expect([world.status.stableHash, world.status.currentPodHash] == ["h1", "h3"])
        #expect(world.status.phase == .paused)
    }
}

struct `A command and a change at once` {
    @Test func `restart the pods, where only steps change`() {
        var world = deployed(fourSteps, size: 4)
        world.wait(60)
        world.rollout.spec.restartAt = world.now
        world.turn()
        world.rollout.spec.stepsHash = "s2"
        world.settle()
        #expect(world.pods.allSatisfy { $0.created >= world.now })
        #expect(world.status.restartedAt == world.rollout.spec.restartAt)
    }

    @Test func `restart the pods of the revision that is gone back to`() {
        var world = World.updating(fourSteps, size: 4)
        world.wait(60)
        world.rollout.spec.restartAt = world.now
        world.update(to: "h1")
        world.settle()
        #expect(world.pods.allSatisfy { $0.created >= world.now })
    }

    @Test func `resume nothing of another revision`() {
        var world = World.updating([.pause(seconds: nil), .pause(seconds: nil)])
        world.rollout.status.pauseConditions = []
        world.update(to: "h3")
        world.settle()
        #expect(world.status.currentStepIndex == 0)
        #expect(world.status.phase == .paused)
    }

    @Test func `resume nothing of other steps`() {
        var world = World.updating([.pause(seconds: nil), .pause(seconds: nil)])
        world.rollout.status.pauseConditions = []
        world.rollout.spec.stepsHash = "s2"
        world.settle()
        #expect(world.status.currentStepIndex == 0)
        #expect(world.status.phase == .paused)
    }

    @Test func `tell extensions of an abort that is over already`() {
        let plugin = Step.plugin(PluginStep(name: "acme/check"))
        var world = World.updating([plugin, plugin, .pause(seconds: nil)])
        for _ in 0..<2 {
            world.memory.talk?.answer = PluginAnswer(.successful)
            world.settle()
        }
        world.rollout.status.isAborted = true
        world.turn()
        world.rollout.status.isAborted = false
        world.update(to: "h3")
        for _ in 0..<6 {
            world.wait(60)
            if world.memory.talk?.answer == nil {
                world.memory.talk?.answer = PluginAnswer(.successful)
            }
        }
        let ended = world.asked.filter { $0.operation == .abort }.map(\.index)
        #expect(Set(ended) == [0, 1])
    }
}

struct `A retry` {
    @Test func `under the user's own pause begins when that ends`() {
        var world = World.updating([.setWeight(10), .pause(seconds: nil), .setWeight(20)])
        world.rollout.status.isAborted = true
        world.settle()
        world.rollout.spec.isPaused = true
        world.rollout.status.isAborted = false
        world.settle()
        #expect([world.status.currentStepIndex, world.weight] == [0, 0])
        world.rollout.spec.isPaused = false
        world.settle()
        #expect([world.status.currentStepIndex, world.weight] == [1, 10])
        #expect(world.status.phase == .paused)
        #expect(world.broken == [])
    }
}

struct `A command to a blue-green rollout` {
    private static let byHand = twoServices { $0.promotion = .byHand }
    private static let judged = twoServices {
        $0.promotion = .byHand
        $0.judgesPreview = true
        $0.judgesActive = true
    }

    private func previewed(_ plan: BlueGreen = byHand) -> World {
        var world = deployed(plan)
        world.update(to: "h2")
        world.settle()
        return world
    }

    @Test(arguments: [0, 1, 2]) func `to abort ends a full promotion`(turns: Int) {
        var world = previewed(Self.judged)
        world.limits["h2"] = 3
        world.letPodsStart()
        world.promoteFully(abortedAfter: turns)
        #expect([world.active, world.status.stableHash] == ["h1", "h1"])
        #expect(world.status.phase == .degraded)
        #expect(world.broken == [])
    }

    @Test func `to resume is kept under the user's own pause`() {
        var world = previewed()
        world.rollout.spec.isPaused = true
        world.rollout.status.pauseConditions = []
        world.settle()
        world.memory = Memory()
        world.settle()
        #expect(world.active == "h1")
        world.rollout.spec.isPaused = false
        world.settle()
        #expect([world.active, world.status.stableHash] == ["h2", "h2"])
        #expect(world.broken == [])
    }

    @Test func `to resume is about no other revision`() {
        var world = previewed()
        world.rollout.status.pauseConditions = []
        world.update(to: "h3")
        world.settle()
        #expect(world.active == "h1")
        #expect(world.status.phase == .paused)
    }

    @Test(arguments: [Run.Purpose.prePromotion, .postPromotion])
    func `to judge anew is kept under the user's own pause`(purpose: Run.Purpose) {
        var world = previewed(Self.judged)
        if purpose == .postPromotion {
            world.end(.successful) { _ in true }
            world.settle()
            world.resume()
            #expect(world.active == "h2")
        }
        world.end(.inconclusive) { $0.purpose == purpose }
        world.settle()
        world.rollout.spec.isPaused = true
        world.rollout.status.pauseConditions = []
        world.settle()
        let active = world.active
        world.rollout.spec.isPaused = false
        world.settle()
        #expect(world.runs.count { $0.purpose == purpose } == 2)
        #expect(world.active == active)
        #expect(world.status.stableHash == "h1")
        #expect(world.broken == [])
    }

    @Test func `to promote everything waits under the user's own pause`() {
        var world = previewed(Self.judged)
        world.rollout.spec.isPaused = true
        world.rollout.status.promoteFull = true
        world.settle()
        #expect(world.active == "h1")
        world.rollout.spec.isPaused = false
        world.settle()
        #expect([world.active, world.status.stableHash] == ["h2", "h2"])
    }

    @Test func `to retry is kept under the user's own pause`() {
        var world = previewed(Self.judged)
        world.rollout.status.isAborted = true
        world.settle()
        world.rollout.spec.isPaused = true
        world.rollout.status.isAborted = false
        world.settle()
        world.memory = Memory()
        world.rollout.spec.isPaused = false
        world.settle()
        #expect(world.active == "h1")
        #expect(world.runs.map(\.name) == ["app-h2-2-pre", "app-h2-2-pre.1"])
        #expect(world.broken == [])
    }
}
