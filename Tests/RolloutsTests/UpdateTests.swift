import Rollouts
import Testing

struct `A first deploy` {
    /// Holds: 4.6 Initial deploy, 1.5 first deploy, 2.1 stableRS.
    @Test func `is promoted at once and serves everything by the stable service`() {
        let world = deployed(fourSteps)
        #expect(world.status.phase == .healthy)
        #expect(world.status.stableHash == "h1")
        #expect(world.status.currentStepIndex == 7)
        #expect(world.services["stable"]?.hash == "h1")
        #expect(world.weight == 0)
        #expect(world.broken == [])
    }

    /// Holds: 4.2 services.
    @Test func `leads the stable service to its pods before the canary's`() {
        var world = World(steps: fourSteps)
        var led: [String] = []
        for _ in 0..<10 {
            for case .bind(let service, _, _) in world.turn().actions { led.append(service) }
        }
        #expect(led == ["stable", "canary"])
    }

    /// Holds: 1.1 replicas, 4.1 default replicas.
    @Test func `of a document without a size writes 1 into it, and nothing else`() {
        var world = World(steps: fourSteps)
        world.rollout.spec.replicas = nil
        #expect(world.turn().actions == [.setRolloutReplicas(1)])
        #expect(world.replicaSets == [])
        world.settle()
        #expect(world.set("h1")?.desired == 1)
    }
}

struct `An update` {
    /// Holds: 6.2 promoted, 6.2 last step, 1.4 steps, 1.5 setWeight.
    @Test func `moves through 10, 30, 50 and 100 and ends at 0 on the new stable service`() {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        for _ in 0..<3 {
            world.settle()
            #expect(world.status.phase == .paused)
            world.rollout.status.pauseConditions = []
        }
        world.settle()
        #expect(world.weights == [0, 10, 30, 50, 100, 0])
        #expect(world.status.stableHash == "h2")
        #expect(world.services["stable"]?.hash == "h2")
        #expect(world.status.phase == .healthy)
        #expect(world.broken == [])
    }

    /// Holds: 6.3 I5 old stable stays, 1.4 scaleDownDelaySeconds.
    @Test func `keeps the old revision for the scale-down delay and then lets it go`() {
        var world = deployed([.setWeight(50)])
        world.update(to: "h2")
        world.settle()
        #expect(world.set("h1")?.desired == 5)
        world.wait(31)
        #expect(world.set("h1")?.desired == 0)
        #expect(world.broken == [])
    }

    /// Holds: 6.2 no pods, 6.3 I3 service to pods, 6.3 I1 pods before weight.
    @Test func `gives no traffic to a canary that never becomes available`() {
        var world = deployed(fourSteps)
        world.limits["h2"] = 0
        world.update(to: "h2")
        world.settle()
        #expect(world.weights == [0])
        #expect(world.services["canary"]?.hash == "h1")
    }

    /// Holds: 4.9 CanaryPauseStep, 1.5 pause duration.
    @Test func `ends a timed pause by the clock`() {
        var world = deployed([.setWeight(10), .pause(seconds: 60), .setWeight(100)])
        world.update(to: "h2")
        world.settle()
        world.wait(59)
        #expect(world.status.phase == .paused)
        world.wait(1)
        #expect(world.status.stableHash == "h2")
    }

    /// Holds: 6.3 I1 pods before weight.
    @Test func `takes the pods' share when the canary loses pods`() {
        var world = deployed(fourSteps, size: 10)
        world.update(to: "h2")
        world.settle()
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.weight == 30)
        world.limits["h2"] = 1
        world.letPodsStart()
        world.settle()
        #expect(world.weight == 10)
        #expect(world.broken == [])
    }

    /// Holds: 4.2 new ReplicaSet.
    @Test func `of minReadySeconds alone changes the ReplicaSet that is there`() {
        var world = deployed(fourSteps)
        world.rollout.spec.minReadySeconds = 20
        world.settle()
        #expect(world.replicaSets.map(\.minReadySeconds) == [20])
        #expect(world.rollout.revision == 1)
        #expect(world.broken == [])
    }

    /// Holds: 4.2 idempotent, 2.1 nothing new.
    @Test func `writes nothing once it has nothing to do`() {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        world.settle()
        let writes = world.writes
        world.turn()
        #expect(world.writes == writes)
    }
}

struct `An abort` {
    func paused() -> World {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        world.settle()
        return world
    }

    /// Holds: 4.10 by a person, 6.2 aborted, 6.2 written order, 2.1 abort.
    /// Holds: 4.2 status.
    @Test func `gives everything back in the same turn`() {
        var world = paused()
        world.rollout.status.isAborted = true
        let decision = world.turn()
        #expect(decision.order == .together)
        #expect(world.weight == 0)
        #expect(world.status.message == "RolloutAborted: Rollout aborted update to revision 2")
        world.settle()
        #expect(world.services["canary"]?.hash == "h1")
        world.wait(31)
        #expect(world.set("h2")?.desired == 0)
        #expect(world.broken == [])
    }

    /// Holds: 4.10 cause background, 5.8 Failed or Error, 4.10 by analysis.
    @Test func `follows a failed background analysis and names it`() {
        var world = deployed(fourSteps)
        world.rollout.spec.canary.backgroundAnalysisFrom = 0
        world.update(to: "h2")
        world.settle()
        world.end(.failed, message: "Metric \"errors\" assessed Failed") {
            $0.purpose == .background
        }
        world.turn()
        #expect(world.weight == 0)
        #expect(
            world.status.message
                == "RolloutAborted: Rollout aborted update to revision 2: "
                + "Background analysis phase error/failed: Metric \"errors\" assessed Failed")
    }

    /// Holds: 6.3 I2 stable carries.
    @Test func `keeps on the canary only what stable cannot carry`() {
        var world = paused()
        world.limits["h1"] = 4
        world.letPodsStart()
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.weight == 10)
        world.limits["h1"] = nil
        world.letPodsStart()
        world.settle()
        #expect(world.weight == 0)
        #expect(world.broken == [])
    }

    /// Holds: 4.10 effects, 4.6 aborted index, 2.1 stableRS, 5.2 ended.
    @Test func `ends pauses and runs, and leaves the document as it is`() {
        var world = deployed([.setWeight(10), .pause(seconds: nil)])
        world.rollout.spec.canary.backgroundAnalysisFrom = 0
        world.update(to: "h2")
        world.settle()
        let spec = world.rollout.spec
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.status.currentStepIndex == 0)
        #expect(world.status.pauseConditions == [] && !world.status.controllerPause)
        #expect(world.runs.map(\.isTerminating) == [true])
        #expect([world.services["canary"]?.hash, world.status.stableHash] == ["h1", "h1"])
        #expect(world.weight == 0)
        #expect(world.rollout.spec == spec)
    }

    /// Holds: 4.10 on a healthy rollout.
    @Test func `changes nothing on a finished rollout`() {
        var world = deployed(fourSteps)
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.status.phase == .healthy)
        #expect(world.status.isAborted == false)
    }

    /// Holds: 4.11 canary, 5.2 step, 1.5 analysis.
    @Test func `followed by a retry walks the steps again with new analysis runs`() {
        var world = deployed([.setWeight(10), .analysis, .setWeight(100)])
        world.update(to: "h2")
        world.settle()
        world.end(.failed) { _ in true }
        world.settle()
        #expect(world.status.phase == .degraded)
        world.rollout.status.isAborted = false
        world.settle()
        #expect(world.weight == 10)
        #expect(world.runs.map(\.name) == ["app-h2-2-1", "app-h2-2-1.1"])
        world.end(.successful) { $0.name == "app-h2-2-1.1" }
        world.settle()
        #expect(world.status.stableHash == "h2")
        #expect(world.broken == [])
    }
}

struct `A command` {
    /// Holds: 4.12 full, 6.2 promoteFull, 4.3b full promotion.
    @Test func `to promote everything needs all pods first`() {
        var world = deployed(fourSteps)
        world.limits["h2"] = 3
        world.update(to: "h2")
        world.settle()
        world.rollout.status.promoteFull = true
        world.settle()
        #expect(world.status.stableHash == "h1")
        world.limits["h2"] = nil
        world.letPodsStart()
        world.settle()
        #expect(world.status.stableHash == "h2")
        #expect(world.weights == [0, 10, 0])
        #expect(world.broken == [])
    }

    /// Holds: 4.12 full, 2.2 ProgressDeadlineExceeded.
    @Test func `to promote everything passes all steps, and its deadline with them`() {
        var world = deployed(fourSteps)
        world.limits["h2"] = 1
        world.update(to: "h2")
        world.settle()
        world.rollout.status.promoteFull = true
        world.settle()
        #expect([world.status.currentStepIndex, world.set("h2")?.desired] == [fourSteps.count, 5])
        #expect(world.status.phase == .progressing)
        world.wait(601)
        #expect(world.status.message.hasPrefix("ProgressDeadlineExceeded: "))
        world.limits["h2"] = nil
        world.letPodsStart()
        world.settle()
        #expect([world.status.stableHash, world.status.message] == ["h2", ""])
        #expect(world.broken == [])
    }

    /// Holds: 4.10 by a person.
    @Test func `to abort what was to be promoted begins at the first step`() {
        var world = deployed(fourSteps)
        world.limits["h2"] = 1
        world.update(to: "h2")
        world.settle()
        world.rollout.status.promoteFull = true
        world.settle()
        (world.rollout.status.promoteFull, world.rollout.status.isAborted) = (false, true)
        world.settle()
        #expect([world.status.currentStepIndex, world.weight] == [0, 0])
        #expect(world.broken == [])
    }

    /// Holds: 4.12 index.
    @Test func `that skips a step by its index does not skip the pause after it`() {
        var world = deployed([.setWeight(10), .pause(seconds: nil), .pause(seconds: nil)])
        world.update(to: "h2")
        world.settle()
        #expect(world.status.currentStepIndex == 1)
        world.rollout.status.pauseConditions = []
        world.rollout.status.currentStepIndex = 2
        world.settle()
        #expect(world.status.currentStepIndex == 2)
        #expect(world.status.phase == .paused)
    }

    /// Holds: 4.11 canary.
    @Test func `to retry begins at the first step though somebody promoted what was aborted`() {
        var world = deployed([.pause(seconds: nil), .pause(seconds: nil), .setWeight(10)])
        world.update(to: "h2")
        world.settle()
        world.rollout.status.isAborted = true
        world.settle()
        world.rollout.status.currentStepIndex = 1
        world.rollout.status.isAborted = false
        world.settle()
        #expect(world.status.currentStepIndex == 0)
        #expect(world.status.phase == .paused)
    }

    /// Holds: 4.8 to stable.
    @Test func `to go back to the stable template needs no steps`() {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        world.settle()
        world.update(to: "h1")
        world.settle()
        #expect(world.status.phase == .healthy)
        #expect(world.weights == [0, 10, 0])
        #expect(world.set("h1")?.revision == 3)
        #expect(world.broken == [])
    }

    /// Holds: 4.7 third revision, 6.3 I4 weight before hash.
    @Test func `that brings a third version sends nothing to the second any more`() {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        world.settle()
        world.update(to: "h3")
        world.settle()
        #expect(world.weights == [0, 10, 0, 10])
        #expect(world.services["canary"]?.hash == "h3")
        #expect(world.set("h2")?.desired == 0)
        #expect(world.broken == [])
    }

    /// Holds: 4.7 third revision weight, 6.3 I4 weight before hash.
    @Test func `that brings a third version leaves it no more traffic than its pods carry`() {
        var world = deployed([.setWeight(60), .pause(seconds: nil)])
        world.update(to: "h2")
        world.settle()
        // Stable cannot take everything back, so that half of the traffic stays on the second.
        world.limits = ["h1": 2, "h3": 1]
        world.letPodsStart()
        world.update(to: "h3")
        world.settle()
        #expect(world.weight == 60)
        #expect(world.services["canary"]?.hash == "h2")
        #expect(world.set("h2")?.available == 3)
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect(world.services["canary"]?.hash == "h3")
        #expect(world.broken == [])
    }

    /// Holds: 4.9 spec.paused.
    @Test func `by spec.paused holds the step where it is`() {
        var world = deployed([.setWeight(10), .setWeight(100)])
        world.rollout.spec.isPaused = true
        world.update(to: "h2")
        world.settle()
        #expect(world.status.message == "manually paused")
        #expect(world.set("h2")?.desired == 0)
        world.rollout.spec.isPaused = false
        world.settle()
        #expect(world.status.stableHash == "h2")
    }
}
