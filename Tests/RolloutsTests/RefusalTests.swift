import Rollouts
import Testing

/// The document broke while a release was on its way.
struct `A release under a refused document` {
    func half() -> World {
        var world = deployed([.setWeight(50), .analysis, .setWeight(60)], size: 10)
        world.update(to: "h2")
        world.settle()
        world.refusal = "no good"
        return world
    }

    /// The condition has the first error only, and an event all of them.
    /// Holds: 8.0 all errors.
    @Test func `is told of with everything that is wrong, once for each text`() {
        var world = half()
        _ = world.told()
        var seen = world.seen
        seen.refusalInFull = "no good\nno good either"
        let told = Event("InvalidSpec", "no good\nno good either", isWarning: true)
        #expect(decide(seen).events == [told])
        world.settle()
        world.wait(60)
        #expect(world.told() == ["InvalidSpec"])
        world.refusal = "still no good"
        world.settle()
        #expect(world.told() == ["InvalidSpec"])
    }

    /// An autoscaler changes the size every few seconds, and somebody mends the second error first.
    @Test func `is told of again where another error changes, and nothing else`() {
        var world = half()
        world.settle()
        _ = world.told()
        world.rollout.generation += 1
        world.settle()
        #expect(world.told() == [])
        var seen = world.seen
        seen.refusalInFull = "no good\nnor that"
        seen.memory.toldRefusal = "no good\nno good either"
        #expect(decide(seen).events.map(\.message) == ["no good\nnor that"])
        seen.memory.toldRefusal = seen.refusalInFull
        #expect(decide(seen).events == [])
    }

    /// Holds: 4.1 refused document.
    @Test func `keeps its traffic`() {
        var world = half()
        #expect(world.turn().actions == [])
        #expect(world.weight == 50)
    }

    /// Holds: 4.1 refused document.
    @Test func `gives it back on a bad verdict, once, and stays given up`() {
        var world = half()
        world.end(.failed) { _ in true }
        let decision = world.turn()
        #expect(decision.order == .together)
        #expect(decision.actions == [.route(Split(canary: 0, of: 100))])
        #expect(world.status.isAborted)
        #expect(world.status.phase == .degraded)
        #expect(world.status.message == "InvalidSpec: no good")
        let writes = world.writes
        world.wait(20)
        #expect(world.writes == writes)
        world.refusal = nil
        world.settle()
        #expect(world.weight == 0)
        #expect(world.services["canary"]?.hash == "h1")
        #expect(world.broken == [])
    }

    @Test func `makes stable whole again where it had shrunk, and then gives everything back`() {
        var world = deployed([.setWeight(50), .analysis, .setWeight(60)], size: 10)
        world.rollout.spec.canary.dynamicStableScale = true
        world.update(to: "h2")
        world.settle()
        #expect(world.set("h1")?.desired == 5)
        world.refusal = "no good"
        world.end(.failed) { _ in true }
        #expect(world.turn().reason.sentence.contains("50 stays on the canary"))
        world.settle()
        #expect(world.set("h1")?.available == 10)
        #expect(world.weight == 0)
        #expect(world.broken == [])
    }

    @Test func `counts stable's pods where the document says no size any more`() {
        var world = half()
        world.rollout.spec.replicas = nil
        world.change("app-h1") { $0.desired = 6 }
        world.letPodsStart()
        world.rollout.status.isAborted = true
        world.turn()
        #expect(world.weight == 40)
        #expect(world.set("h1")?.desired == 10)
        world.settle()
        #expect(world.weight == 0)
    }

    @Test func `without a router gives its pods' share back`() {
        var world = World(steps: [.setWeight(50), .pause(seconds: nil)], size: 10)
        world.rollout.spec.canary.hasRouter = false
        world.settle()
        world.update(to: "h2")
        world.settle()
        #expect(world.set("h2")?.desired == 5)
        world.refusal = "no good"
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.set("h1")?.available == 10)
        #expect(world.set("h2")?.desired == 0)
        #expect(world.broken == [])
    }

    @Test func `keeps on the canary what stable cannot carry`() {
        var world = half()
        world.limits["h1"] = 7
        world.letPodsStart()
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.weight == 30)
        #expect(world.broken == [])
    }
}

/// The image after it is there, and its ReplicaSet cannot be made: a quota, an admission rule.
struct `A release before a revision that the server refuses` {
    func half() -> World {
        var world = deployed([.setWeight(50), .analysis, .setWeight(60)], size: 10)
        world.update(to: "h2")
        world.settle()
        world.forbidden = ["h3"]
        world.update(to: "h3")
        for _ in 0..<3 { world.turn() }
        return world
    }

    @Test func `gives its traffic back on a bad verdict`() {
        var world = half()
        #expect(world.weight == 50)
        world.end(.failed) { _ in true }
        let decision = world.turn()
        #expect(decision.order == .together)
        #expect(decision.actions == [.route(Split(canary: 0, of: 100))])
        #expect(decision.status.isAborted)
        #expect(world.weight == 0)
        for _ in 0..<4 { world.turn() }
        #expect(world.status[.progressing]?.reason == "ReplicaSetCreateError")
        world.forbidden = []
        world.settle()
        #expect(world.status.currentPodHash == "h3")
        #expect(world.weight == 50)
        #expect(world.broken == [])
    }

    /// One that nobody had seen before the next image came stays in force for that (decision 0010).
    @Test func `gives it back when somebody says abort, and the next one starts aborted`() {
        var world = half()
        world.rollout.status.isAborted = true
        for _ in 0..<3 { world.turn() }
        #expect(world.weight == 0)
        world.forbidden = []
        world.settle()
        #expect(world.status.currentPodHash == "h3")
        #expect(world.status.isAborted)
        #expect(world.weight == 0)
        #expect(world.broken == [])
    }
}

struct `A release that is paused behind its last step` {
    @Test func `keeps the last step's weight`() {
        var world = deployed([.setWeight(50), .pause(seconds: nil)], size: 10)
        world.update(to: "h2")
        world.settle()
        world.rollout.spec.isPaused = true
        world.rollout.status.pauseConditions = []
        world.rollout.status.currentStepIndex = 2
        world.settle()
        #expect(world.weight == 50)
        #expect(world.broken == [])
    }
}
