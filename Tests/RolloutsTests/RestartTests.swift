import Rollouts
import Testing

/// `restartAt` (rollout-semantics §4.13, decision 0032).
struct `A restart` {
    /// Settled pods, asked to restart a minute after they came.
    private func asked(_ world: World) -> World {
        var world = world
        world.wait(60)
        world.rollout.spec.restartAt = world.now
        world.rollout.generation += 1
        return world
    }

    private func evictions(_ decision: Decision) -> Int {
        decision.actions.count { if case .evict = $0 { true } else { false } }
    }

    /// Holds: 4.13 eviction, 4.13 done, 2.1 restartedAt, 2.2 restarting, 1.1 restartAt.
    @Test func `takes no more pods at once than may be missing`() {
        var world = asked(deployed(fourSteps, size: 10))
        #expect(evictions(world.turn()) == 2)
        world.limits["h1"] = 8
        world.letPodsStart()
        #expect(evictions(world.turn()) == 0)
        #expect(world.status.phase == .progressing)
        #expect(world.status.message == "rollout is restarting")
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect(world.status.restartedAt == world.rollout.spec.restartAt)
        #expect(world.pods.allSatisfy { $0.created >= world.now })
        #expect(world.status.phase == .healthy)
        #expect(world.broken == [])
    }

    @Test(arguments: [true, false])
    func `of the only pod brings another one first`(hasRouter: Bool) {
        var world = deployed([], size: 1)
        world.rollout.spec.canary.hasRouter = hasRouter
        world.settle()
        world = asked(world)
        var most = 0
        for _ in 0..<10 {
            world.turn()
            most = max(most, world.pods.count)
            #expect(!world.pods.isEmpty)
        }
        #expect(most == 2)
        #expect(world.pods.count == 1)
        #expect(world.status.restartedAt == world.rollout.spec.restartAt)
        #expect(world.broken == [])
    }

    @Test func `of a blue-green rollout of one brings another one first`() {
        var world = World(BlueGreen(activeService: "active"), size: 1)
        world.settle()
        world = asked(world)
        world.settle()
        #expect(world.pods.map(\.created) == [world.now])
        #expect(world.status.phase == .healthy)
        #expect(world.broken == [])
    }

    /// Holds: 1.3 maxUnavailable.
    @Test func `of a blue-green rollout takes as many at once as may be missing`() {
        var plan = BlueGreen(activeService: "active")
        plan.maxUnavailable = .percent(75)
        var world = World(plan, size: 4)
        world.settle()
        world = asked(world)
        #expect(evictions(world.turn()) == 3)
        world.settle()
        #expect(world.status.restartedAt == world.rollout.spec.restartAt)
        #expect(world.broken == [])
    }

    @Test func `takes first what serves nobody`() {
        var world = asked(deployed(fourSteps, size: 4))
        world.limits["h1"] = 3
        world.letPodsStart()
        let unready = world.pods.filter { !$0.isReady }.map(\.name)
        let decision = world.turn()
        #expect(decision.actions == unready.map { .evict(pod: $0) })
    }

    @Test func `reaches both sides of a paused update, and keeps a single canary pod`() {
        var world = deployed([.setWeight(50), .pause(seconds: nil)], size: 8)
        world.update(to: "h2")
        world.settle()
        world = asked(world)
        world.settle()
        #expect(world.status.restartedAt == world.rollout.spec.restartAt)
        #expect(world.status.phase == .paused)
        #expect(world.weight == 50)
        #expect(world.broken == [])
        var small = deployed([.setWeight(10), .pause(seconds: nil)], size: 8)
        small.update(to: "h2")
        small.settle()
        small = asked(small)
        small.settle()
        let old = small.pods.filter { $0.created < small.now }
        #expect(old.map(\.replicaSet) == ["app-h2"])
        #expect(small.broken == [])
    }

    @Test func `waits for its time`() {
        var world = deployed(fourSteps)
        world.rollout.spec.restartAt = world.now.advanced(bySeconds: 300)
        let decision = world.turn()
        #expect(decision.lookAgain == world.rollout.spec.restartAt)
        #expect(decision.status.restartedAt == nil)
        world.wait(300)
        #expect(world.status.restartedAt == world.rollout.spec.restartAt)
    }

    @Test func `is over with a new template, whose pods are younger`() {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        world.rollout.spec.restartAt = world.now
        world.turn()
        let decision = world.turn()
        #expect(decision.status.restartedAt == world.rollout.spec.restartAt)
        #expect(evictions(decision) == 0)
    }

    /// Holds: 4.7 template, 2.1 restartedAt.
    @Test func `is over with a new template, also where its time has not come`() {
        var world = deployed(fourSteps)
        world.rollout.spec.restartAt = world.now.advanced(bySeconds: 300)
        world.settle()
        #expect(world.status.message == "rollout is restarting")
        world.update(to: "h2")
        world.settle()
        #expect(world.status.restartedAt == world.rollout.spec.restartAt)
        #expect(world.status.phase == .paused)
    }

    @Test func `takes nothing while traffic goes back`() {
        var world = deployed(fourSteps, size: 10)
        world.update(to: "h2")
        world.settle()
        world = asked(world)
        world.rollout.status.isAborted = true
        #expect(evictions(world.turn()) == 0)
        world.settle()
        #expect(world.weight == 0)
        #expect(world.broken == [])
    }

    @Test func `does nothing while nobody knows the pods`() {
        var world = asked(deployed(fourSteps))
        var seen = world.seen
        seen.pods = nil
        let decision = decide(seen)
        #expect(decision.actions == [])
        #expect(decision.status.restartedAt == nil)
        #expect(decision.reason == .settling("the pods to restart cannot be listed"))
        world.settle()
        #expect(world.broken == [])
    }

    @Test func `keeps stable's pods while they take traffic back`() {
        var world = deployed([.setWeight(80), .pause(seconds: nil)], size: 10)
        world.update(to: "h2")
        world.settle()
        world.limits["h1"] = 6
        world.letPodsStart()
        world = asked(world)
        world.rollout.status.isAborted = true
        for _ in 0..<6 { #expect(evictions(world.turn()) == 0) }
        #expect(world.weight == 40)
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect(world.weight == 0)
        #expect(world.status.restartedAt == world.rollout.spec.restartAt)
        #expect(world.broken == [])
    }

    @Test(arguments: [(Allowance.pods(1), Allowance.percent(25)), (.pods(1), .pods(0))])
    func `of the only pod ends, also where it may be missing`(
        missing: Allowance, surge: Allowance
    ) {
        var world = deployed([], size: 1)
        world.rollout.spec.canary.maxUnavailable = missing
        world.rollout.spec.canary.maxSurge = surge
        world = asked(world)
        world.settle()
        #expect(world.status.restartedAt == world.rollout.spec.restartAt)
        #expect(world.pods.count == 1)
        #expect(world.broken == [])
    }

    @Test func `does not take all pods that are not ready at once`() {
        var world = asked(deployed(fourSteps, size: 10))
        world.limits["h1"] = 4
        world.letPodsStart()
        #expect(evictions(world.turn()) == 2)
        // Those in their place are not ready either.
        #expect(evictions(world.turn()) == 0)
        #expect(world.broken == [])
    }

    /// Holds: 4.2 restart.
    @Test func `takes nothing in the turn that raises a weight`() {
        var world = deployed([.setWeight(50), .pause(seconds: nil)], size: 8)
        world.update(to: "h2")
        for _ in 0..<2 { world.turn() }
        world = {
            var world = world
            world.now = world.now.advanced(bySeconds: 60)
            world.rollout.spec.restartAt = world.now
            return world
        }()
        for _ in 0..<60 {
            let decision = world.turn()
            let raises = decision.actions.contains { $0.raises(in: world.seen) }
            #expect(!raises || evictions(decision) == 0)
        }
        #expect(world.broken == [])
    }

    /// An availability that is lost meanwhile stops it; its deadline begins with it.
    @Test func `times out by its own clock`() {
        var world = asked(deployed(fourSteps, size: 4))
        world.wait(5_000)
        world.rollout.spec.restartAt = world.now
        world.limits["h1"] = 3
        world.letPodsStart()
        world.settle()
        #expect(world.status.phase == .progressing)
        world.wait(700)
        #expect(world.status.phase == .degraded)
    }
}
