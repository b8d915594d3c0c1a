import Rollouts
import Testing

/// Pauses and the protocol by which people end them (rollout-semantics §4.9, §7.6).
struct `A pause` {
    func paused(_ steps: [Step] = fourSteps) -> World {
        var world = deployed(steps)
        world.update(to: "h2")
        world.settle()
        return world
    }

    /// Holds: 4.9 CanaryPauseStep, 2.1 pauseConditions, 2.1 controllerPause, 2.1 currentStepIndex.
    /// Holds: 4.2 pause.
    @Test func `begins in the same write as its step`() {
        let world = paused()
        #expect(world.status.currentStepIndex == 1)
        #expect(world.status.controllerPause)
        #expect(world.status.pauseConditions.map(\.reason) == [.canaryPauseStep])
        #expect(world.status.pauseConditions.first?.startTime == world.now)
    }

    /// Holds: 4.12 pause, 2.1 pauseConditions, 2.1 controllerPause, 1.5 pause.
    @Test func `ends when its condition is taken away, and the signal with it`() {
        var world = paused([.setWeight(10), .pause(seconds: nil), .setWeight(20)])
        world.limits["h2"] = 0
        world.rollout.status.pauseConditions = []
        world.turn()
        #expect(world.status.currentStepIndex == 2)
        #expect(!world.status.controllerPause)
        #expect(world.status.pauseConditions == [])
    }

    /// Holds: 4.12 pause.
    @Test func `ends once for a promotion that is seen twice`() {
        var world = paused([.pause(seconds: nil), .pause(seconds: nil), .pause(seconds: nil)])
        world.rollout.status.pauseConditions = []
        world.settle()
        world.settle()
        #expect(world.status.currentStepIndex == 1)
        #expect(world.status.phase == .paused)
    }

    /// Holds: 4.9 startTime.
    @Test func `keeps its start time over turns and restarts`() {
        var world = paused([.setWeight(10), .pause(seconds: 60), .setWeight(20)])
        let start = world.status.pauseConditions.first?.startTime
        world.wait(30)
        world.memory = Memory()
        world.wait(10)
        #expect(world.status.pauseConditions.first?.startTime == start)
        world.wait(20)
        #expect(world.status.phase != .paused)
    }

    /// Holds: 1.5 pause 0.
    @Test func `of no seconds is a pause that ends at once`() {
        var world = deployed([.setWeight(10), .pause(seconds: 0), .setWeight(20)])
        world.update(to: "h2")
        world.settle()
        #expect(world.status.stableHash == "h2")
    }

    /// Holds: 4.9 skipped by index, 4.12 index.
    @Test func `that was skipped by its index is over, and the next one is not`() {
        var world = paused([.pause(seconds: nil), .setWeight(10), .pause(seconds: nil)])
        world.rollout.status.currentStepIndex = 1
        world.settle()
        #expect(world.status.currentStepIndex == 2)
        #expect(world.status.pauseConditions.count == 1)
    }

    /// Holds: 4.9 spec.paused, 1.1 paused.
    @Test func `of the user's own holds timed pauses and weights`() {
        var world = paused([.setWeight(10), .pause(seconds: 5), .setWeight(60)])
        world.rollout.spec.isPaused = true
        world.wait(60)
        #expect(world.weight == 10)
        #expect(world.status.message == "manually paused")
        world.rollout.spec.isPaused = false
        world.settle()
        #expect(world.status.stableHash == "h2")
    }

    /// Holds: 4.2 while paused, 6.3 I1 pods before weight.
    @Test func `of the user's own gives back what lost pods cannot carry, and takes it again`() {
        var world = paused([.setWeight(50), .pause(seconds: nil)])
        world.rollout.spec.isPaused = true
        world.settle()
        world.limits["h2"] = 1
        world.letPodsStart()
        world.settle()
        #expect(world.weight == 16)
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect(world.weight == 50)
        #expect(world.broken == [])
    }

    /// Holds: 4.9 spec.paused, 4.1 scaling event.
    /// Holds: 9.3 paused and scaled.
    @Test func `of the user's own scales with the rollout and not with the steps`() {
        var world = paused([.setWeight(50), .pause(seconds: nil), .setWeight(75)])
        world.rollout.spec.isPaused = true
        world.rollout.status.pauseConditions = []
        world.rollout.status.currentStepIndex = 2
        world.settle()
        #expect(world.set("h2")?.desired == 3)
        #expect(world.weight == 50)
        world.rollout.spec.replicas = 10
        world.settle()
        #expect(world.set("h2")?.desired == 6)
        #expect(world.set("h1")?.desired == 10)
    }

    /// Holds: 4.9 spec.paused, 4.12 pause, 2.1 controllerPause.
    @Test func `that a person has ended is over also where the user's own came right after`() {
        var world = paused(
            [.setWeight(10), .pause(seconds: nil), .setWeight(20), .pause(seconds: nil)])
        world.rollout.status.pauseConditions = []
        world.rollout.spec.isPaused = true
        world.settle()
        #expect(world.status.currentStepIndex == 1)
        #expect(world.status.message == "manually paused")
        world.rollout.spec.isPaused = false
        world.settle()
        #expect(world.status.currentStepIndex == 3)
        #expect(world.weight == 20)
        #expect(world.broken == [])
    }

    /// Holds: 4.12 index.
    @Test func `that was skipped under the user's own takes its end with it`() {
        var world = paused([.pause(seconds: nil), .pause(seconds: nil), .setWeight(20)])
        world.rollout.status.pauseConditions = []
        world.rollout.spec.isPaused = true
        world.settle()
        world.rollout.status.currentStepIndex = 1
        world.settle()
        world.rollout.spec.isPaused = false
        world.settle()
        #expect(world.status.currentStepIndex == 1)
        #expect(world.status.phase == .paused)
        #expect(world.broken == [])
    }

    @Test func `of the user's own after the last step scales with the rollout too`() {
        var world = deployed([.setWeight(50)])
        world.limits["h2"] = 3
        world.update(to: "h2")
        world.settle()
        world.rollout.spec.isPaused = true
        world.settle()
        world.limits = [:]
        world.rollout.spec.replicas = 8
        world.settle()
        #expect(world.set("h1")?.desired == 8)
        #expect(world.set("h2")?.desired == 8)
        #expect(world.weight == 50)
        #expect(world.status.stableHash == "h1")
        #expect(world.broken == [])
    }

    /// Holds: 4.9 InconclusiveAnalysisRun, 5.2 anew, 5.8 Inconclusive, 4.2 runs.
    @Test func `for an inconclusive analysis is asked anew by a resume`() {
        var world = paused([.setWeight(10), .analysis, .setWeight(20)])
        world.end(.inconclusive) { _ in true }
        world.settle()
        #expect(world.status.pauseConditions.map(\.reason) == [.inconclusiveAnalysisRun])
        #expect(world.status.currentStepIndex == 1)
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.runs.map(\.name) == ["app-h2-2-1", "app-h2-2-1.1"])
        #expect(world.status.phase == .progressing)
    }

    @Test func `for an inconclusive analysis is passed by a promote`() {
        var world = paused([.setWeight(10), .analysis, .setWeight(20), .pause(seconds: nil)])
        world.end(.inconclusive) { _ in true }
        world.settle()
        world.rollout.status.pauseConditions = []
        world.rollout.status.controllerPause = false
        world.rollout.status.currentStepIndex = 2
        world.settle()
        #expect(world.weight == 20)
        #expect(world.status.currentStepIndex == 3)
        #expect(world.runs.count == 1)
    }
}
