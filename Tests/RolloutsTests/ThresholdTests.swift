import Rollouts
import Testing

/// `replicaProgressThreshold` (rollout-semantics §4.5, decision 0032).
struct `A canary for which fewer pods suffice` {
    private static let steps: [Step] = [.setWeight(50), .pause(seconds: nil)]

    /// Ten pods, of which `limit` of the new ones become available.
    private func updated(_ threshold: Allowance?, limit: Int, steps: [Step] = steps) -> World {
        var world = deployed(steps, size: 10)
        world.rollout.spec.canary.progressThreshold = threshold
        world.limits["h2"] = limit
        world.update(to: "h2")
        world.settle()
        return world
    }

    /// Holds: 4.5 threshold, 1.4 replicaProgressThreshold.
    @Test(arguments: [
        (Allowance.percent(80), 4), (.percent(60), 3), (.pods(4), 4), (.pods(50), 5), (.pods(0), 1),
        (.percent(0), 1), (.percent(400), 5),
    ])
    func `goes on with them, and with one pod fewer it does not`(
        threshold: Allowance, enough: Int
    ) {
        let going = updated(threshold, limit: enough)
        #expect(going.status.currentStepIndex == 1)
        #expect(going.weight == 10 * enough)
        let waiting = updated(threshold, limit: enough - 1)
        #expect(waiting.status.currentStepIndex == 0)
        #expect(waiting.weight == 0)
        #expect(going.broken + waiting.broken == [])
    }

    @Test func `waits for all of them where the document says nothing`() {
        #expect(updated(nil, limit: 4).status.currentStepIndex == 0)
    }

    @Test func `gets the rest of its weight with the rest of its pods`() {
        var world = updated(.percent(80), limit: 4)
        #expect(world.weight == 40)
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect(world.weight == 50)
        #expect(world.broken == [])
    }

    @Test func `is promoted with as many missing as may be missing at any time`() {
        var world = updated(.percent(80), limit: 8)
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.status.stableHash == "h2")
        #expect(world.services["stable"]?.hash == "h2")
        // Whoever is left over waits with the pods that could take everything back.
        #expect(world.set("h1")?.desired == 10)
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        world.wait(31)
        #expect(world.weight == 0)
        #expect(world.set("h1")?.desired == 0)
        #expect(world.broken == [])
    }

    @Test func `does not take everything with one pod, however many may be missing`() {
        var world = deployed([.setWeight(10)], size: 10)
        world.rollout.spec.canary.progressThreshold = .pods(1)
        world.rollout.spec.canary.maxUnavailable = .percent(95)
        world.limits["h2"] = 1
        world.update(to: "h2")
        world.settle()
        #expect(world.services["stable"]?.hash == "h1")
        #expect(world.weight == 10)
        #expect(world.set("h1")?.desired == 10)
        #expect(world.broken == [])
    }

    @Test(arguments: [[.setWeight(10)], []] as [[Step]])
    func `is not promoted with one pod of ten, whatever suffices`(steps: [Step]) {
        var world = updated(.pods(1), limit: 1, steps: steps)
        world.wait(60)
        #expect(world.status.stableHash == "h1")
        #expect(world.weight == 10)
        world.rollout.status.promoteFull = true
        world.settle()
        #expect(world.status.stableHash == "h1")
        #expect(world.weight == 10)
        #expect(world.broken == [])
    }
}

struct `A canary without a router for which fewer pods suffice` {
    @Test func `goes on, and never asks for more or serves with fewer pods than allowed`() {
        var world = deployed([.setWeight(50), .pause(seconds: nil)], size: 10)
        world.rollout.spec.canary.hasRouter = false
        world.rollout.spec.canary.progressThreshold = .percent(80)
        world.settle()
        world.limits["h2"] = 3
        world.update(to: "h2")
        world.settle()
        #expect(world.status.currentStepIndex == 0)
        world.limits["h2"] = 4
        world.letPodsStart()
        world.settle()
        #expect(world.status.currentStepIndex == 1)
        world.limits["h2"] = 8
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.status.stableHash == "h2")
        #expect(world.set("h1")?.desired == 0)
        #expect(world.broken == [])
    }

    @Test func `moves the stable service to as many pods as may serve at any time`() {
        var world = deployed([.setWeight(50)], size: 10)
        world.rollout.spec.canary.hasRouter = false
        world.rollout.spec.canary.progressThreshold = .percent(50)
        world.limits["h2"] = 8
        world.update(to: "h2")
        for _ in 0..<100 where world.status.stableHash != "h2" { world.turn() }
        #expect(world.services["stable"]?.hash == "h1")
        world.limits["h2"] = 7
        world.letPodsStart()
        world.settle()
        #expect(world.services["stable"]?.hash == "h1")
        #expect((world.set("h1")?.available ?? 0) > 0)
        world.limits["h2"] = 8
        world.letPodsStart()
        world.settle()
        #expect(world.services["stable"]?.hash == "h2")
        #expect(world.set("h1")?.desired == 0)
        #expect(world.broken == [])
    }
}
