import Rollouts
import Testing

/// What a process remembers so that traffic which was given back stays there.
struct `Traffic that was given back` {
    /// Half of the traffic is on the canary and an analysis is running; `decide` sees what `change`
    /// makes of it.
    func seen(_ change: (inout World) -> Void) -> (World, Decision) {
        var world = deployed([.setWeight(50), .analysis, .setWeight(60)])
        world.update(to: "h2")
        world.settle()
        change(&world)
        let seen = world.seen
        let decision = decide(seen)
        #expect(brokenInvariants(of: decision, seen) == [])
        return (world, decision)
    }

    @Test func `stays there while the abort cannot be stored`() {
        let (world, decision) = seen { world in
            world.weight = 0
            world.memory.latch = Latch(
                cause: "Step-based analysis phase error/failed: errors", hash: "h2")
        }
        #expect(decision.status.isAborted)
        #expect(!decision.actions.contains { $0.raises(in: world.seen) })
        #expect(
            decision.status[.progressing]?.message
                == "Rollout aborted update to revision 2: "
                + "Step-based analysis phase error/failed: errors")
    }

    /// What one image was judged for says nothing of the next.
    @Test func `is not held against another revision`() {
        let (_, decision) = seen { world in
            world.memory.latch = Latch(cause: "errors", hash: "h1")
        }
        #expect(!decision.status.isAborted)
    }

    /// A conflict, an admission rule that did not answer: at weight 0 nothing can be measured.
    @Test func `is raised again without one where this process itself could not raise it`() {
        let (world, decision) = seen { world in
            world.weight = 0
            world.memory.lowWeightSince = world.now
            world.memory.knowsWhyLow = true
        }
        #expect(decision.actions.contains { $0.raises(in: world.seen) })
    }

    @Test func `waits after a crash for a good measurement`() {
        let (world, decision) = seen { world in
            world.weight = 0
            world.memory = Memory()
            world.memory.lowWeightSince = world.now
        }
        #expect(!decision.actions.contains { $0.raises(in: world.seen) })
        #expect(decision.reason == .waitingForFreshMeasurement("app-h2-2-1"))
        // What was decided before the crash stays written down.
        #expect(decision.status.weights?.canary.weight == 50)
    }

    @Test func `waits as long as it takes, turn after turn`() {
        var (world, _) = seen { world in
            world.weight = 0
            world.memory = Memory()
        }
        for _ in 0..<5 {
            world.look()
            world.turn()
        }
        #expect(world.weight == 0)
        world.now = world.now.advanced(bySeconds: 5)
        world.runs[0].lastGoodMeasurement = world.now
        world.look()
        world.turn()
        #expect(world.weight == 50 && world.broken == [])
    }

    /// Nothing is measured where there are no pods.
    @Test func `is forgotten where there is nothing to send it to`() {
        var (world, _) = seen { world in
            world.weight = 0
            world.memory = Memory()
        }
        world.rollout.spec.replicas = 0
        world.look()
        world.turn()
        #expect(world.status.weights?.canary.weight == 0)
        #expect(world.broken == [])
    }

    @Test func `is raised again after a good measurement, and not after an old one`() {
        for (seconds, raises) in [(-10, false), (0, false), (1, true)] {
            let (_, decision) = seen { world in
                world.weight = 0
                world.memory.lowWeightSince = world.now
                world.runs[0].lastGoodMeasurement = world.now.advanced(bySeconds: seconds)
            }
            #expect(decision.actions.contains(.route(Split(canary: 50, of: 100))) == raises)
        }
    }

    /// Holds: 6.2 written order, 4.10 by analysis.
    /// Holds: 4.2 status.
    @Test func `falls with the abort, and both writes go together`() {
        let (_, decision) = seen { $0.end(.failed) { _ in true } }
        #expect(decision.order == .together)
        #expect(decision.actions.first == .route(Split(canary: 0, of: 100)))
        #expect(decision.status.isAborted)
    }

    @Test func `is explained by the numbers`() {
        let (_, decision) = seen { world in
            world.end(.failed) { _ in true }
            world.runs[0].evidence = "errors 0.08 fails result[0] <= 0.01"
        }
        #expect(
            decision.reason.sentence == "everything goes back to stable: "
                + "errors 0.08 fails result[0] <= 0.01 (analysis run app-h2-2-1)")
        #expect(!(decision.status[.progressing]?.message.contains("0.08") ?? true))
    }
}

/// A stable that shrank while the canary grew needs its pods back before it can take everything.
struct `An abort with a shrunken stable` {
    /// Ten pods: eight of the canary with 80 % of the traffic, two of stable. The pods that stable
    /// asks for come when the test says so.
    func aborted(delay: Int? = 0) -> World {
        var world = deployed(
            [.setWeight(20), .setWeight(40), .setWeight(80), .pause(seconds: nil)], size: 10)
        world.rollout.spec.canary.dynamicStableScale = true
        world.rollout.spec.canary.abortScaleDownDelaySeconds = delay
        world.update(to: "h2")
        world.settle()
        world.weights = []
        world.limits["h1"] = 4
        world.change("app-h1") { $0.available = 4 }
        world.rollout.status.isAborted = true
        return world
    }

    /// Holds: 4.3b dynamic abort, 6.3 I2 stable carries.
    @Test func `gives back at once what stable carries, and asks for all its pods`() {
        var world = aborted()
        let decision = world.turn()
        #expect(decision.order == .together)
        #expect(world.weights == [60])
        #expect(world.set("h1")?.desired == 10)
        #expect(world.broken == [])
    }

    /// Holds: 4.3b dynamic abort, 1.4 dynamicStableScale.
    @Test func `follows stable's pods to the end and not its own steps`() {
        var world = aborted()
        for count in [4, 6, 7, 9, 10] {
            world.limits["h1"] = count
            world.letPodsStart()
            world.settle()
        }
        #expect(world.weights == [60, 40, 30, 10, 0])
        #expect(world.set("h2")?.desired == 0)
        #expect(world.broken == [])
    }

    @Test func `keeps of the canary what its traffic needs`() {
        var world = aborted()
        world.settle()
        #expect(world.set("h2")?.desired == 6)
    }

    @Test func `keeps the canary for the delay that the document asks for`() {
        var world = aborted(delay: 30)
        world.settle()
        #expect(world.set("h2")?.desired == 8)
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        world.wait(29)
        #expect(world.weight == 0)
        #expect(world.set("h2")?.desired == 8)
        world.wait(1)
        #expect(world.set("h2")?.desired == 0)
        #expect(world.broken == [])
    }

    @Test func `keeps the canary for ever where the document says never`() {
        var world = aborted(delay: nil)
        world.limits = [:]
        for _ in 0..<3 { world.wait(600) }
        #expect(world.weight == 0)
        #expect(world.set("h2")?.desired == 8)
    }
}

/// A rollout of size 0 has been switched off.
struct `A rollout scaled to 0` {
    /// Holds: 1.1 replicas 0.
    @Test func `sends nothing anywhere and comes back where it was`() {
        var world = deployed([.setWeight(50), .pause(seconds: nil)], size: 4)
        world.update(to: "h2")
        world.settle()
        world.rollout.spec.replicas = 0
        world.settle()
        #expect(world.weight == 0)
        #expect(world.replicaSets.allSatisfy { $0.desired == 0 })
        world.rollout.spec.replicas = 4
        world.settle()
        #expect(world.weight == 50)
        #expect(world.broken == [])
    }
}
