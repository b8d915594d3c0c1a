import Rollouts
import Testing

struct `A canary without a router` {
    /// Holds: 1.5 setWeight, 4.3 no services.
    @Test func `takes its share of the pods, and no more pods than surge allows`() {
        var world = plain([.setWeight(20), .pause(seconds: nil), .setWeight(50)], size: 10)
        world.update(to: "h2")
        world.settle()
        #expect(world.set("h1")?.desired == 8)
        #expect(world.set("h2")?.desired == 2)
        #expect(world.status.currentStepIndex == 1)
        #expect(world.status.weights == nil)
        #expect(world.broken == [])
    }

    /// Holds: 4.3 no services.
    @Test func `serves everything from the new pods at the end`() {
        var world = plain([.setWeight(20)], size: 10)
        world.update(to: "h2")
        world.settle()
        #expect(world.set("h1")?.desired == 0)
        #expect(world.set("h2")?.desired == 10)
        #expect(world.status.phase == .healthy)
        #expect(world.status.stableHash == "h2")
        #expect(world.broken == [])
    }

    /// Holds: 1.4 no steps.
    @Test func `rolls over without any steps`() {
        var world = plain([], size: 4)
        world.update(to: "h2")
        world.settle()
        #expect(world.status.stableHash == "h2")
        #expect(world.set("h1")?.desired == 0)
        #expect(world.broken == [])
    }

    /// Holds: 4.10 without a router.
    @Test func `gives the pods back on abort`() {
        var world = plain([.setWeight(50), .pause(seconds: nil)], size: 4)
        world.update(to: "h2")
        world.settle()
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.set("h1")?.desired == 4)
        #expect(world.set("h2")?.desired == 0)
        #expect(world.status.phase == .degraded)
        #expect(world.broken == [])
    }

    /// Holds: 6.3 I7 referenced stays.
    @Test func `keeps the last stable pod while a service leads to it`() {
        var world = plain([.setWeight(100), .pause(seconds: nil)], size: 3, services: true)
        world.update(to: "h2")
        world.settle()
        #expect(world.set("h1")?.desired == 1)
        #expect(world.set("h2")?.desired == 3)
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.services["stable"]?.hash == "h2")
        #expect(world.set("h1")?.desired == 0)
        #expect(world.broken == [])
    }

    /// Holds: 1.4 maxUnavailable.
    @Test func `moves on although its pods have to make room for each other`() {
        var world = plain([.setWeight(51), .pause(seconds: nil)], size: 1)
        world.rollout.spec.canary.maxSurge = .pods(0)
        world.rollout.spec.canary.maxUnavailable = .pods(1)
        world.update(to: "h2")
        world.settle()
        #expect(world.set("h1")?.desired == 0)
        #expect(world.set("h2")?.desired == 1)
        #expect(world.status.currentStepIndex == 1)
    }

    @Test(arguments: 2...5)
    func `moves its service before the last pod behind it goes, also without surge`(size: Int) {
        var world = plain([.setWeight(50), .setWeight(100)], size: size, services: true)
        world.rollout.spec.canary.maxSurge = .pods(0)
        world.update(to: "h2")
        for _ in 0..<100 {
            world.turn()
            let behind = world.services["stable"]?.hash.flatMap(world.set)
            #expect((behind?.available ?? 0) > 0)
        }
        #expect(world.status.phase == .healthy)
        #expect(world.set("h1")?.desired == 0)
        #expect(world.set("h2")?.desired == size)
        #expect(world.services["stable"]?.hash == "h2")
        #expect(world.broken == [])
    }

    @Test func `takes the place of a single pod without surge`() {
        var world = plain([], size: 1, services: true)
        world.rollout.spec.canary.maxSurge = .pods(0)
        world.update(to: "h2")
        world.settle()
        #expect(world.services["stable"]?.hash == "h2")
        #expect(world.set("h1")?.desired == 0)
    }

    /// Holds: 4.7 third revision.
    @Test func `makes a third revision the canary and lets the second go`() {
        var world = plain([.setWeight(40), .pause(seconds: nil)], size: 10, services: true)
        world.update(to: "h2")
        world.settle()
        world.update(to: "h3")
        world.settle()
        #expect(world.set("h2")?.desired == 0)
        #expect(world.set("h3")?.desired == 4)
        #expect(world.set("h1")?.desired == 6)
        #expect(world.broken == [])
    }

    /// Holds: 4.5 new revision.
    @Test func `is complete when the canary alone is left`() {
        var world = plain([.setWeight(20)], size: 10)
        world.limits["h2"] = 1
        world.update(to: "h2")
        world.settle()
        #expect(world.status.currentStepIndex == 0)
        #expect(world.status.stableHash == "h1")
        #expect(world.broken == [])
    }

    /// Holds: 4.3 never below, 4.3 never above, 9.4 P1, 9.4 P2.
    /// Holds: 4.2 scaling.
    @Test(arguments: 0..<200) func `keeps enough pods whatever happens`(seed: Int) {
        var random = Lehmer(seed)
        let steps = (0..<random.next(0...4)).flatMap { _ -> [Step] in
            [.setWeight(random.next(0...100)), .pause(seconds: random.next(0...20))]
        }
        var world = plain(steps, size: random.next(1...10), services: random.next(0...1) == 1)
        world.rollout.spec.canary.maxSurge = .pods(random.next(0...3))
        world.rollout.spec.canary.maxUnavailable = .pods(random.next(0...3))
        for turn in 0..<60 {
            switch random.next(0...14) {
            case 0: world.update(to: "h\(random.next(1...4))")
            case 1: world.rollout.status.isAborted = true
            case 2: world.rollout.status.isAborted = false
            case 3: world.rollout.status.pauseConditions = []
            case 4: world.rollout.status.promoteFull = true
            case 5: world.limits["h\(random.next(1...4))"] = random.next(0...10)
            case 6: world.limits = [:]
            case 7: world.rollout.spec.replicas = random.next(1...10)
            case 8: world.rollout.spec.isPaused.toggle()
            case 9: world.now = world.now.advanced(bySeconds: 10)
            default: break
            }
            world.turn()
            #expect(world.broken == [], "seed \(seed), turn \(turn)")
        }
    }
}

/// A world without a router in which revision 1 is stable.
private func plain(_ steps: [Step], size: Int, services: Bool = false) -> World {
    var world = World(steps: steps, size: size)
    world.rollout.spec.canary.hasRouter = false
    world.rollout.spec.canary.scaleDownDelaySeconds = 0
    if !services {
        world.rollout.spec.canary.stableService = nil
        world.rollout.spec.canary.canaryService = nil
    }
    world.settle()
    return world
}
