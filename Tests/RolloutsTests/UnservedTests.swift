import Rollouts
import Testing

/// Where no Service of its own tells the sides of a rollout apart: by subsets of a DestinationRule,
/// of which the router says whom they lead to, or by a program of somebody else, which does not.
struct `A rollout without Services` {
    static let emptied: [Step] = [
        .setWeight(60), .pause(seconds: 0), .setCanaryScale(.replicas(0)), .pause(seconds: nil),
    ]

    /// Its second revision has the first step's traffic.
    private func begun(
        _ steps: [Step], dynamic: Bool = false, subsets: Bool = false,
        verification: Verification = .cannot
    ) -> World {
        var world = World(steps: steps, size: 10)
        world.takeServicesAway()
        world.leadsPastServices = subsets
        world.verification = verification
        world.rollout.spec.canary.dynamicStableScale = dynamic
        if dynamic { world.rollout.spec.canary.scaleDownDelaySeconds = 0 }
        world.settle()
        world.update(to: "h2")
        for _ in 0..<50 where (world.weight ?? 0) == 0 { world.turn() }
        return world
    }

    /// Holds: 6.3 I7 referenced stays, 9.4 P3.
    @Test(arguments: [true, false], [true, false])
    func `keeps its canary's pods as long as they have traffic`(dynamic: Bool, subsets: Bool) {
        var world = begun(Self.emptied, dynamic: dynamic, subsets: subsets)
        #expect(world.weight == 60)
        for _ in 0..<30 {
            world.turn()
            #expect(world.weight == 0 || world.set("h2")?.desired == 6)
        }
        #expect(world.weight == 0 && world.set("h2")?.desired == 0)
        #expect(world.set("h1")?.desired == 10)
        #expect(world.broken == [])
    }

    /// As where a webhook refuses the route.
    @Test(arguments: [true, false])
    func `keeps them where the router cannot be written`(subsets: Bool) {
        var world = begun(Self.emptied, subsets: subsets)
        world.reading = .split(Split(canary: 60, of: 100))
        for _ in 0..<10 { world.turn() }
        #expect(world.set("h2")?.desired == 6)
        #expect(
            world.turn().reason.sentence
                == "step 3 of 4 (setCanaryScale{replicas: 0}): moving the canary's traffic from 60"
                + " to 0")
        #expect(world.broken == [])
    }

    @Test func `keeps them until its router has followed`() {
        var world = begun(Self.emptied, verification: .yes)
        for _ in 0..<50 where world.weight != 0 { world.turn() }
        world.verification = .no("extension mesh: its traffic does not follow yet")
        for _ in 0..<5 { world.turn() }
        #expect(world.set("h2")?.desired == 6)
        let decision = world.turn()
        #expect(
            decision.reason.sentence
                == "waiting for the router: extension mesh: its traffic does not follow yet")
        #expect(decision.lookAgain == world.now.advanced(bySeconds: 10))
        world.verification = .yes
        world.settle()
        #expect(world.set("h2")?.desired == 0)
        #expect(world.broken == [])
    }

    /// Nobody else says which of the earlier revisions have the traffic.
    @Test func `keeps the pods of a revision in between while they have traffic`() {
        var world = begun([.setWeight(60), .pause(seconds: nil)])
        world.settle()
        world.update(to: "h3")
        world.reading = .split(Split(canary: 60, of: 100))
        for _ in 0..<10 { world.turn() }
        #expect(world.set("h2")?.desired == 6)
        world.reading = nil
        world.settle()
        #expect(world.set("h2")?.desired == 0)
        #expect(world.broken == [])
    }

    /// What stable cannot carry yet stays on the second revision, and its weight is not raised.
    @Test func `gives a revision in between no more than it has`() {
        var world = begun(
            [.setCanaryScale(.replicas(2)), .setWeight(60), .pause(seconds: nil)], subsets: true)
        world.canaryAim = "h2"
        world.limits["h1"] = 6
        world.letPodsStart()
        world.update(to: "h3")
        for _ in 0..<10 { world.turn() }
        #expect(world.weight == 40)
        #expect(world.set("h2")?.available == 2 && world.set("h3")?.available == 2)
        #expect(
            world.turn().reason.sentence == "waiting for Nginx to lead to the new revision")
        world.canaryAim = nil
        world.settle()
        #expect(world.weight == 60)
        #expect(world.broken == [])
    }

    @Test func `says what the pods that a return left wait for`() {
        var world = begun([.setWeight(60), .pause(seconds: nil)], dynamic: true)
        world.settle()
        world.update(to: "h1")
        for _ in 0..<50 where world.weight != 0 { world.turn() }
        world.verification = .no("extension mesh: its traffic does not follow yet")
        for _ in 0..<5 { world.turn() }
        #expect(world.set("h2")?.desired == 6)
        #expect(
            world.turn().reason.sentence
                == "waiting for the router: extension mesh: its traffic does not follow yet")
        world.verification = .yes
        world.settle()
        #expect(world.set("h2")?.desired == 0)
        #expect(world.turn().reason == .healthy)
    }

    /// Holds: 6.3 I5 old stable stays.
    @Test(arguments: [true, false])
    func `keeps pods of stable while the canary has everything`(subsets: Bool) {
        var world = begun([.setWeight(100), .pause(seconds: nil)], dynamic: true, subsets: subsets)
        world.settle()
        #expect(world.weight == 100)
        #expect(world.set("h1")?.desired ?? 0 > 0)
        #expect(world.status.phase == .paused)
        #expect(world.turn().reason.sentence == "paused until somebody promotes or aborts")
        world.rollout.status.pauseConditions = []
        for _ in 0..<4 { world.wait(60) }
        #expect(world.set("h1")?.desired == 0 && world.status.stableHash == "h2")
        #expect(world.broken == [])
    }
}
