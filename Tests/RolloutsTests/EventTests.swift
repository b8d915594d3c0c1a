import Rollouts
import Testing

/// The reference order of rollout-semantics §7.5, for what a decision itself tells.
struct `Events` {
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

    @Test func `of an abort are warnings`() {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        world.settle()
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.events.filter(\.isWarning).map(\.reason) == ["RolloutAborted"])
    }
}

extension World {
    /// The reasons of the events since the last call; traffic and services are told in their own
    /// suites.
    fileprivate mutating func told() -> [String] {
        let reasons = events.map(\.reason)
        events = []
        return reasons.filter { $0 != "TrafficWeightUpdated" && $0 != "SwitchService" }
    }
}
