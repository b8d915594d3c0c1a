import Rollouts
import Testing

/// The reference order of rollout-semantics §7.5, for what a decision itself tells.
struct `Events` {
    /// Holds: 7.5 reference order, 4.9 events, 7.5 RolloutResumed.
    /// Holds: 9.1 events and metrics.
    @Test func `of an abort and a retry come in the reference order`() {
        var world = World(steps: [.setWeight(50), .pause(seconds: 3)], size: 1)
        world.settle()
        #expect(
            world.told() == [
                "RolloutUpdated", "NewReplicaSetCreated", "RolloutNotCompleted",
                "ScalingReplicaSet", "RolloutCompleted",
            ])
        world.update(to: "h2")
        world.settle()
        #expect(
            world.told() == [
                "RolloutUpdated", "NewReplicaSetCreated", "RolloutNotCompleted",
                "ScalingReplicaSet", "RolloutStepCompleted", "RolloutPaused",
            ])
        world.rollout.status.isAborted = true
        world.settle()
        world.wait(31)
        #expect(Set(world.told()) == ["RolloutAborted", "ScalingReplicaSet"])
        world.rollout.status.isAborted = false
        world.settle()
        #expect(
            world.told() == ["ScalingReplicaSet", "RolloutStepCompleted", "RolloutPaused"])
        world.wait(3)
        world.wait(31)
        #expect(
            world.told() == [
                "RolloutStepCompleted", "RolloutResumed", "RolloutCompleted", "ScalingReplicaSet",
            ])
    }

    /// Holds: 7.5 RolloutUpdated, 7.5 NewReplicaSetCreated, 7.5 RolloutNotCompleted.
    /// Holds: 7.5 ScalingReplicaSet, 7.5 TrafficWeightUpdated, 7.5 RolloutStepCompleted.
    /// Holds: 7.5 RolloutCompleted, 7.5 SwitchService, 4.6 advance, 4.6 Completed all steps.
    /// Holds: 6.2 event.
    /// Holds: 9.1 events and metrics.
    @Test func `say revisions, sizes and reasons in the field's words`() {
        var world = deployed([.setWeight(50)])
        world.events = []
        world.update(to: "h2")
        world.settle()
        let messages = Set(world.events.map(\.message))
        #expect(messages.contains("Rollout updated to revision 2"))
        #expect(messages.contains("Created ReplicaSet app-h2 (revision 2)"))
        #expect(messages.contains("Rollout not completed, started update to revision 2 (h2)"))
        #expect(messages.contains("Scaled up ReplicaSet app-h2 (revision 2) from 0 to 3"))
        #expect(messages.contains("Traffic weight updated from 0 to 50"))
        #expect(messages.contains("Rollout step 1/1 completed (setWeight: 50)"))
        #expect(
            messages.contains(
                "Rollout completed update to revision 2 (h2): Completed all 1 canary steps"))
        #expect(
            messages.contains("Switched selector for service 'stable' from 'h1' to 'h2'"))
    }

    /// Holds: 7.5 RolloutAborted.
    @Test func `of an abort are warnings`() {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        world.settle()
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.events.filter(\.isWarning).map(\.reason) == ["RolloutAborted"])
    }
}

struct `An event` {
    /// Holds: 7.5 RolloutPaused, 4.9 events.
    @Test func `of a pause names the reason`() {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        world.settle()
        world.rollout.status.pauseConditions = []
        world.settle()
        let told = world.events.filter { $0.reason == "RolloutPaused" }.map(\.message)
        #expect(Set(told) == ["Rollout is paused (CanaryPauseStep)"])
        #expect(world.events.contains { $0.message == "Rollout is resumed" })
    }

    /// Holds: 7.5 AnalysisRun, 5.8 mirror, 5.8 events.
    @Test func `of an analysis run names kind, run and both phases`() {
        var world = deployed([.setWeight(10), .analysis])
        world.events = []
        world.update(to: "h2")
        world.settle()
        world.end(.failed, message: "errors") { _ in true }
        world.settle()
        let told = world.events.filter { $0.reason.hasPrefix("AnalysisRun") }
        #expect(told.map(\.reason) == ["AnalysisRunRunning", "AnalysisRunFailed"])
        #expect(
            told.last?.message == "Step Analysis Run 'app-h2-2-1' Status New: 'Failed' "
                + "Previous: 'Running'")
        #expect(told.map(\.isWarning) == [false, true])
    }

    /// Holds: 4.6 step names, 7.5 RolloutStepCompleted.
    @Test func `of a pause say its time as the document does`() {
        var world = World(steps: [.pause(seconds: 300), .pause(seconds: 300)], size: 1)
        world.rollout.spec.canary.pauseTexts = [0: "5m"]
        world.settle()
        world.update(to: "h2")
        world.settle()
        world.wait(300)
        world.wait(300)
        let told = world.events.filter { $0.reason == "RolloutStepCompleted" }
        #expect(
            told.map(\.message) == [
                "Rollout step 1/2 completed (pause: 5m)",
                "Rollout step 2/2 completed (pause: 300s)",
            ])
        #expect(told.map(\.completedStep) == [0, 1])
    }

    @Test(arguments: [
        ("RolloutStepCompleted", "Rollout step x/4 completed"), ("RolloutStepCompleted", "Rollout"),
        ("RolloutStepCompleted", ""), ("RolloutStepCompleted", "Rollout step 0/4 completed"),
        ("RolloutPaused", "Rollout step 1/4 completed"),
    ])
    func `of anything else complete no step`(reason: String, message: String) {
        #expect(Event(reason, message).completedStep == nil)
    }

    /// Holds: 7.5 TrafficRoutingError.
    @Test func `of traffic that nobody can take back is a warning`() {
        var world = deployed([.setWeight(50), .pause(seconds: nil)])
        world.update(to: "h2")
        world.settle()
        world.limits["h1"] = 0
        world.letPodsStart()
        world.rollout.status.isAborted = true
        world.settle()
        let told = world.events.filter { $0.reason == "TrafficRoutingError" }
        #expect(told.map(\.isWarning) == [true])
        #expect(
            told.first?.message == "Stable has no available pod: 50 of 100 stays on the canary")
    }
}

extension World {
    /// The reasons of the events since the last call; traffic and services are told in their own
    /// suites.
    mutating func told() -> [String] {
        let reasons = events.map(\.reason)
        events = []
        return reasons.filter { $0 != "TrafficWeightUpdated" && $0 != "SwitchService" }
    }
}
