import Rollouts
import Testing

/// Revision 1 is stable, and its Services have been let go.
private func lettingGo(_ world: World) -> World {
    var world = world
    world.rollout.letsGo = true
    for name in world.services.keys {
        world.services[name] = ServiceBinding(hash: nil, managedBy: nil)
    }
    world.settle()
    return world
}

struct `A rollout that lets its Services go` {
    static let worlds = [deployed(fourSteps, size: 4), deployed(twoServices)]

    /// Holds: 1.2 way back.
    @Test(arguments: worlds) func `leaves them as they are, and is healthy`(before: World) {
        var world = lettingGo(before)
        world.wait(3600)
        #expect(world.services.values.allSatisfy { $0.hash == nil })
        #expect(world.status.phase == .healthy)
        #expect(world.status[.healthy]?.truth == .yes)
        #expect(decide(world.seen).actions == [])
        #expect(decide(world.seen).reason.sentence.hasPrefix("its services are let go: "))
        #expect(world.broken == [])
    }

    @Test(arguments: worlds) func `takes production's back before a release`(before: World) {
        var world = lettingGo(before)
        let name = world.rollout.spec.services[0]
        world.update(to: "h2")
        let decision = world.turn()
        #expect(decision.actions == [.bind(service: name, from: nil, to: "h1")])
        #expect(decision.events.map(\.reason) == ["SwitchService"])
        #expect(world.set("h2") == nil)
        world.settle()
        #expect(world.set("h2") != nil && world.services.values.allSatisfy { $0.hash != nil })
        #expect(world.broken == [])
    }

    @Test(arguments: worlds) func `releases nothing before stable can serve alone`(before: World) {
        var world = lettingGo(before)
        world.limits["h1"] = 3
        world.letPodsStart()
        world.update(to: "h2")
        world.settle()
        #expect(world.set("h2") == nil && world.broken == [])
        #expect(decide(world.seen).reason == .waitingForStablePods(available: 3, of: 4))
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect(world.set("h2") != nil)
    }

    /// Nobody decides on a Service and on its rollout at once: the release has begun already.
    @Test(arguments: worlds)
    func `keeps new pods away from what was let go a moment too late`(before: World) {
        var world = before
        world.rollout.letsGo = true
        world.limits = ["h1": 3, "h2": 0]
        world.letPodsStart()
        world.update(to: "h2")
        for _ in 0..<10 where world.set("h2")?.desired ?? 0 == 0 { world.turn() }
        #expect(world.set("h2")?.desired ?? 0 > 0 && world.status.currentPodHash == "h2")
        for name in world.services.keys {
            world.services[name] = ServiceBinding(hash: nil, managedBy: nil)
        }
        world.turn()
        world.limits["h2"] = nil
        world.settle()
        #expect(world.set("h2")?.available == 0)
        #expect(decide(world.seen).reason == .waitingForStablePods(available: 3, of: 4))
        world.limits = [:]
        world.letPodsStart()
        let name = world.rollout.spec.services[0]
        #expect(world.turn().actions == [.bind(service: name, from: nil, to: "h1")])
        world.settle()
        #expect(world.set("h2")?.available ?? 0 > 0 && world.services[name]?.hash != nil)
        #expect(world.broken == [])
    }

    @Test(arguments: worlds) func `waits for no pods that it never had`(before: World) {
        var world = lettingGo(before)
        world.rollout.spec.replicas = 6
        world.update(to: "h2")
        world.settle()
        #expect(world.set("h2") != nil && world.broken == [])
    }

    @Test(arguments: worlds) func `binds them again when it is no longer asked to`(before: World) {
        var world = lettingGo(before)
        world.rollout.letsGo = false
        world.settle()
        #expect(world.services.values.allSatisfy { $0.hash == "h1" })
        #expect(world.broken == [])
    }

    /// Holds: 1.2 way back.
    @Test func `takes no pods from its workload`() {
        var world = World(steps: fourSteps)
        world.workload = Workload(generation: 1)
        world.workload?.scaleDown = .onSuccess
        world.workload?.desired = 5
        world.rollout.letsGo = true
        world.settle()
        world.wait(3600)
        #expect(world.workload?.desired == 5)
        #expect(world.broken == [])
    }
}
