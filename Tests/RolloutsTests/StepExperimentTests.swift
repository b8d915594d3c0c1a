import Rollouts
import Testing

/// The experiment step of a canary (rollout-semantics §1.5, §7.1 rows "from a rollout step" and
/// "result in rollout", §4.9, §4.10).
struct `An experiment step` {
    private func trying(_ steps: [Step] = [.setWeight(20), .experiment, .pause(seconds: nil)])
        -> World
    {
        var world = deployed(steps)
        world.update(to: "h2")
        world.settle()
        return world
    }

    /// Holds: 7.1 step, 2.1 currentExperiment.
    /// Holds: 7.5 ExperimentCreated.
    @Test func `names its experiment in the status before it creates it`() {
        var world = deployed([.experiment])
        world.update(to: "h2")
        world.turn()
        let decision = world.turn()
        #expect(decision.status.currentExperiment == "app-h2-2-0")
        #expect(decision.actions.contains(.startExperiment(name: "app-h2-2-0", step: 0)))
        #expect(decision.events.contains { $0.reason == "ExperimentCreated" })
    }

    @Test func `creates it under the same name after a crash in between`() {
        var world = trying()
        world.experiments = []
        let decision = world.turn()
        #expect(decision.actions.contains(.startExperiment(name: "app-h2-2-1", step: 1)))
    }

    @Test func `takes another name where somebody else has it`() {
        var world = deployed([.experiment])
        world.taken.experiments = ["app-h2-2-0", "app-h2-2-0-1"]
        world.update(to: "h2")
        world.settle()
        #expect(world.status.currentExperiment == "app-h2-2-0-2")
        #expect(world.experiments.map(\.name) == ["app-h2-2-0-2"])
    }

    /// Holds: 7.1 result, 1.5 experiment.
    @Test func `is over when its experiment has succeeded`() {
        var world = trying()
        #expect(world.status.currentStepIndex == 1)
        world.endExperiment(.successful)
        world.settle()
        #expect(world.status.currentStepIndex == 2 && world.status.currentExperiment == "")
        #expect(
            world.events.contains { $0.message == "Rollout step 2/3 completed (experiment)" })
    }

    /// Holds: 7.1 result, 4.10 by experiment, 4.10 cause experiment.
    @Test(arguments: [RunPhase.failed, .error])
    func `takes the update with it when it ends badly`(_ phase: RunPhase) {
        var world = trying()
        world.endExperiment(phase, message: "too many errors")
        let decision = world.turn()
        #expect(
            decision.status.isAborted && decision.actions.first == .route(Split(canary: 0, of: 100))
        )
        #expect(
            decision.events.contains {
                $0.message.hasSuffix("Experiment analysis phase is error/failed: too many errors")
            })
    }

    /// Holds: 7.1 result, 4.9 InconclusiveExperiment.
    @Test func `asks a person when it was inconclusive, and stays where it is`() {
        var world = trying()
        world.endExperiment(.inconclusive)
        world.settle()
        #expect(world.status.pauseConditions.map(\.reason) == [.inconclusiveExperiment])
        #expect(world.status.phase == .paused && world.weight == 20)
        #expect(world.status.currentStepIndex == 1)
        // Autoscalers go on, unlike with an analysis run that was inconclusive.
        world.rollout.spec.replicas = 20
        world.settle()
        #expect(world.set("h1")?.desired == 20 && world.set("h2")?.desired == 4)
    }

    @Test func `begins another experiment when a person resumes`() {
        var world = trying()
        world.endExperiment(.inconclusive)
        world.settle()
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.status.currentExperiment == "app-h2-2-1-1")
        #expect(world.status.pauseConditions.isEmpty && world.status.currentStepIndex == 1)
    }

    /// Holds: 4.2 experiments.
    @Test func `can be skipped, and ends its experiment then`() {
        var world = trying()
        world.rollout.status.currentStepIndex = 2
        world.settle()
        #expect(world.status.currentExperiment == "")
        #expect(world.experiments.allSatisfy { $0.isTerminating })
    }

    @Test func `ends its experiment with an abort`() {
        var world = trying()
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.experiments.allSatisfy { $0.isTerminating })
        world.rollout.status.isAborted = false
        world.settle()
        #expect(world.status.currentExperiment == "app-h2-2-1-1")
    }

    @Test func `ends its experiment with a full promotion`() {
        var world = trying()
        world.rollout.status.promoteFull = true
        world.settle()
        #expect(world.status.stableHash == "h2" && world.status.currentExperiment == "")
        #expect(world.experiments.allSatisfy { $0.isTerminating })
    }

    /// Holds: 4.2 experiments.
    @Test func `ends its experiment with another template`() {
        var world = trying()
        world.update(to: "h3")
        world.settle()
        #expect(world.experiments.filter(\.isTerminating).map(\.name) == ["app-h2-2-1"])
        #expect(world.status.currentExperiment == "app-h3-3-1")
    }

    @Test func `does not let the progress deadline run`() {
        var world = trying()
        world.rollout.spec.progressDeadlineAbort = true
        world.wait(10_000)
        #expect(!world.status.isAborted)
    }

    /// Holds: 7.1 gone with.
    @Test func `leaves no more experiments than runs are kept`() {
        var world = trying()
        world.rollout.spec.successfulRunHistoryLimit = 1
        for number in 1...3 {
            world.experiments.append(
                StepExperiment(
                    name: "old-\(number)", hash: "h1", phase: .successful,
                    created: Instant(milliseconds: Int64(number))))
        }
        world.settle()
        #expect(world.experiments.map(\.name) == ["app-h2-2-1", "old-3"])
    }

    /// Holds: 7.1 gone with.
    @Test func `keeps no experiment of a ReplicaSet that goes`() {
        var world = deployed([.experiment])
        world.rollout.spec.revisionHistoryLimit = 0
        for hash in ["h2", "h3"] {
            world.update(to: hash)
            world.settle()
            world.endExperiment(.successful)
            world.settle()
            world.wait(60)
        }
        world.settle()
        #expect(world.replicaSets.map(\.hash) == ["h3"])
        #expect(world.experiments.map(\.hash) == ["h3"])
    }
}
