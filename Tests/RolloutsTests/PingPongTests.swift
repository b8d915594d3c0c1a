import Rollouts
import Testing

/// A world in which the document's services follow from the status, as the parser has them do.
private func turn(_ world: inout World) {
    let isPing = world.status.stablePingPong == .ping
    world.rollout.spec.canary.stableService = isPing ? "ping" : "pong"
    world.rollout.spec.canary.canaryService = isPing ? "pong" : "ping"
    let before = (world.status.stablePingPong, world.weight)
    world.turn()
    // The objects name services, not sides: what was the canary's is stable's now.
    if before.0 != world.status.stablePingPong, before.0 != nil, let weight = world.weight {
        world.weight = 100 - weight
    }
}

private func settle(_ world: inout World) {
    for _ in 0..<60 { turn(&world) }
}

struct `Two services that take turns` {
    private func world() -> World {
        var world = World(steps: [.setWeight(20), .pause(seconds: nil)])
        world.rollout.spec.canary.hasPingPong = true
        world.services = [
            "ping": ServiceBinding(hash: nil, managedBy: nil),
            "pong": ServiceBinding(hash: nil, managedBy: nil),
        ]
        settle(&world)
        return world
    }

    /// Holds: 1.4 pingPong, 6.8 sides, 2.1 stablePingPong.
    @Test func `change places with a promotion, and no selector with traffic moves`() {
        var world = world()
        #expect(world.status.stablePingPong == .ping)
        world.update(to: "h2")
        settle(&world)
        #expect(world.services["ping"]?.hash == "h1" && world.services["pong"]?.hash == "h2")
        #expect(world.weight == 20)
        world.rollout.status.pauseConditions = []
        var moved: [String] = []
        for _ in 0..<60 {
            let before = world.services
            let stable = world.status.stablePingPong == .ping ? "ping" : "pong"
            turn(&world)
            if before[stable] != world.services[stable] { moved.append(stable) }
        }
        #expect(world.status.stablePingPong == .pong)
        #expect(world.status.stableHash == "h2")
        #expect(world.weight == 0)
        #expect(moved == [])
        #expect(world.services["ping"]?.hash == "h2" && world.services["pong"]?.hash == "h2")
        #expect(world.broken == [])
    }

    @Test func `keep their places where the release is given up`() {
        var world = world()
        world.update(to: "h2")
        settle(&world)
        world.rollout.status.isAborted = true
        settle(&world)
        #expect(world.status.stablePingPong == .ping)
        #expect(world.services["ping"]?.hash == "h1" && world.services["pong"]?.hash == "h1")
        #expect(world.weight == 0)
        #expect(world.broken == [])
    }

    /// Holds: 4.2 ping-pong service, 9.3 ping-pong.
    @Test func `take a canary only once it has pods`() {
        var world = world()
        world.limits["h2"] = 0
        world.update(to: "h2")
        settle(&world)
        #expect(world.services["pong"]?.hash == "h1")
        #expect(world.weight ?? 0 == 0)
        #expect(world.broken == [])
    }
}
