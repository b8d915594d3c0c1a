import Rollouts
import Testing

/// The conditions of rollout-semantics §2.3 along a release.
struct `Conditions` {
    /// Holds: 2.3 NewReplicaSetAvailable, 2.3 Available, 2.3 Completed, 2.3 Healthy.
    @Test func `of a finished rollout say healthy, available and completed`() {
        let world = deployed(fourSteps)
        #expect(world.condition(.progressing) == "True NewReplicaSetAvailable")
        #expect(world.condition(.available) == "True AvailableReason")
        #expect(world.condition(.completed) == "True RolloutCompleted")
        #expect(world.condition(.healthy) == "True RolloutHealthy")
    }

    /// Holds: 2.3 Paused.
    @Test func `of a rollout that never paused say nothing of pauses`() {
        #expect(deployed(fourSteps).status[.paused] == nil)
    }

    /// Holds: 2.3 RolloutPaused, 2.3 Paused, 2.3 Completed, 2.3 Healthy.
    @Test func `of a paused rollout say paused and not completed`() {
        let world = paused(fourSteps)
        #expect(world.condition(.progressing) == "Unknown RolloutPaused")
        #expect(world.condition(.paused) == "True RolloutPaused")
        #expect(world.condition(.completed) == "False RolloutCompleted")
        #expect(world.condition(.healthy) == "False RolloutHealthy")
    }

    /// Holds: 2.3 RolloutResumed.
    @Test func `of a resumed rollout say progress`() {
        var world = paused(fourSteps)
        world.limits["h2"] = 1
        world.rollout.status.pauseConditions = []
        world.turn()
        #expect(world.condition(.progressing) == "Unknown RolloutResumed")
        #expect(world.condition(.paused) == "False RolloutPaused")
    }

    /// Holds: 2.3 RolloutAborted, 2.3 Paused.
    @Test func `of an aborted rollout keep what they said of pauses`() {
        var world = paused(fourSteps)
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.condition(.progressing) == "False RolloutAborted")
        #expect(world.condition(.paused) == "True RolloutPaused")
        let message = world.status[.progressing]?.message
        #expect(message == "Rollout aborted update to revision 2")
    }

    /// Holds: 2.3 RolloutRetry, 4.11 abortedAt, 2.1 abortedAt.
    @Test func `of a retried rollout say so first`() {
        var world = paused([.setWeight(10), .setWeight(50), .pause(seconds: nil)])
        world.rollout.status.isAborted = true
        world.settle()
        world.rollout.status.isAborted = false
        world.turn()
        #expect(world.condition(.progressing) == "Unknown RolloutRetry")
        #expect(world.status.abortedAt == nil)
    }

    /// Holds: 2.3 ProgressDeadlineExceeded, 2.3 ReplicaSetUpdated, 1.1 progressDeadlineSeconds.
    @Test func `of a rollout past its deadline say so until there is progress`() {
        var world = deployed([.setWeight(50), .setWeight(100), .pause(seconds: nil)])
        world.limits["h2"] = 1
        world.update(to: "h2")
        world.settle()
        world.wait(601)
        #expect(world.condition(.progressing) == "False ProgressDeadlineExceeded")
        #expect(world.status.phase == .degraded)
        world.limits["h2"] = 2
        world.letPodsStart()
        world.turn()
        #expect(world.condition(.progressing) == "True ReplicaSetUpdated")
        #expect(world.status.phase == .progressing)
    }

    /// Holds: 2.3 no deadline while waiting.
    @Test func `know no deadline in pauses and analyses`() {
        for step in [Step.pause(seconds: nil), .analysis] {
            var world = deployed([.setWeight(10), step])
            world.update(to: "h2")
            world.settle()
            world.wait(10_000)
            #expect(world.status.phase != .degraded, "\(step)")
        }
    }

    /// Holds: 2.3 deadline besides history.
    @Test func `know the deadline of a second update while the first one's pods wait`() {
        var world = deployed([.setWeight(50)])
        world.rollout.spec.canary.scaleDownDelaySeconds = 3600
        world.update(to: "h2")
        world.settle()
        world.limits["h3"] = 0
        world.update(to: "h3")
        world.settle()
        world.wait(601)
        #expect(world.set("h1")?.scaleDownDeadline != nil)
        #expect(world.condition(.progressing) == "False ProgressDeadlineExceeded")
    }

    /// Holds: 2.3 ReplicaSetNotAvailable, 2.3 Available.
    @Test func `speak of lost pods, and forget that`() {
        var world = deployed([])
        world.limits["h1"] = 3
        world.letPodsStart()
        world.settle()
        #expect(world.condition(.progressing) == "True ReplicaSetNotAvailable")
        #expect(world.condition(.available) == "False AvailableReason")
        #expect(world.condition(.healthy) == "False RolloutHealthy")
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect(world.condition(.healthy) == "True RolloutHealthy")
    }

    /// Holds: 2.3 times kept.
    @Test func `that stay the same keep their times`() {
        var world = paused(fourSteps)
        let before = world.status.conditions
        world.wait(3_000)
        #expect(world.status.conditions == before)
    }

    /// Holds: 2.3 InvalidSpec, 8.0 condition, 8.0 again.
    @Test func `of a refused document leave all others`() {
        var world = paused(fourSteps)
        let before = world.rollout.status.conditions
        world.refusal = "no good"
        let decision = world.turn()
        #expect(decision.actions == [])
        #expect(world.status.message == "InvalidSpec: no good")
        #expect(world.status.conditions.filter { $0.type != .invalidSpec } == before)
        world.refusal = nil
        world.turn()
        #expect(world.status[.invalidSpec] == nil)
        #expect(world.status.phase == .paused)
    }

    /// Holds: 2.3 NewReplicaSetCreated.
    @Test func `of a new rollout name its first ReplicaSet`() {
        var world = World(steps: fourSteps)
        world.limits["h1"] = 0
        for _ in 0..<2 { world.turn() }
        #expect(world.condition(.progressing) == "True NewReplicaSetCreated")
        #expect(world.status[.progressing]?.message == "Created new replica set \"app-h1\"")
    }

    /// Holds: 2.3 NewReplicaSetCreated.
    @Test func `of an update name the ReplicaSet that is made for it, and not one that is back`() {
        var world = deployed(fourSteps)
        func reasons(_ hash: String) -> [String] {
            world.update(to: hash)
            world.limits[hash] = 0
            return (0..<4).map { _ in
                world.turn()
                return world.condition(.progressing) ?? ""
            }
        }
        let made = reasons("h2")
        #expect(made.contains("True NewReplicaSetCreated") && made.last == "True ReplicaSetUpdated")
        #expect(reasons("h3").contains("True NewReplicaSetCreated"))
        #expect(!reasons("h2").contains("True NewReplicaSetCreated"))
    }

    /// Holds: 2.3 FoundNewReplicaSet.
    @Test func `of a rollout without a status name the ReplicaSet that it finds`() {
        var world = deployed(fourSteps)
        world.rollout.status = Status()
        world.limits["h1"] = 0
        world.letPodsStart()
        world.turn()
        #expect(world.condition(.progressing) == "True FoundNewReplicaSet")
        #expect(world.status[.progressing]?.message == "Found new replica set \"app-h1\"")
    }

    /// Holds: 2.3 ReplicaFailure.
    @Test func `say what keeps a ReplicaSet from making pods, while it does`() {
        var world = deployed(fourSteps)
        for reason in ["FailedCreate", "FailedDelete"] {
            world.change("app-h1") { $0.failure = Failure(reason: reason, message: "a quota") }
            world.turn()
            #expect(world.condition(.replicaFailure) == "True \(reason)")
            #expect(world.status[.replicaFailure]?.message == "a quota")
        }
        world.change("app-h1") { $0.failure = nil }
        world.turn()
        #expect(world.status[.replicaFailure] == nil)
    }

    func paused(_ steps: [Step]) -> World {
        var world = deployed(steps)
        world.update(to: "h2")
        world.settle()
        return world
    }
}

extension World {
    func condition(_ type: Condition.Kind) -> String? {
        status[type].map { "\($0.truth.rawValue) \($0.reason)" }
    }
}
