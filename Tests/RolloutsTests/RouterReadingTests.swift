import Rollouts
import Testing

/// Where the traffic goes is not always known, and not always said by the document.
struct `A router that cannot be read` {
    func half() -> World {
        var world = deployed([.setWeight(50), .pause(seconds: nil)], size: 4)
        world.update(to: "h2")
        world.settle()
        world.reading = .unreadable("the ConfigMap is gone")
        return world
    }

    @Test(arguments: [nil, "no good"]) func `is not said to carry nothing`(refusal: String?) {
        var world = half()
        world.refusal = refusal
        world.rollout.status.isAborted = true
        let decision = world.turn()
        #expect(decision.actions.contains(.route(Split(canary: 0, of: 100))))
        #expect(
            decision.reason.sentence
                == "Rollout aborted update to revision 2; the ConfigMap is gone: 50 may stay on"
                + " the canary")
        for _ in 0..<8 { world.wait(10) }
        #expect(world.status.weights?.canary.weight == 50)
        #expect(world.set("h2")?.available == 2)
        world.reading = nil
        world.settle()
        #expect(world.status.weights?.canary.weight == 0)
        #expect(world.broken == [])
    }

    @Test(arguments: [4, 3]) func `has its canary service lead to stable once that is whole`(
        available: Int
    ) {
        var world = half()
        world.limits["h1"] = available
        world.letPodsStart()
        world.rollout.status.isAborted = true
        world.turn()
        #expect(world.services["canary"]?.hash == (available == 4 ? "h1" : "h2"))
    }
}

struct `Objects that the document names no more` {
    @Test func `hold up no step while they carry less, and must not carry more`() {
        var world = deployed([.setWeight(50), .setWeight(60), .pause(seconds: nil)])
        world.update(to: "h2")
        world.reading = .former(Split(canary: 40, of: 100))
        world.settle()
        #expect(world.status.phase == .paused)
        world.reading = .former(Split(canary: 70, of: 100))
        #expect(world.turn().actions == [.route(Split(canary: 60, of: 100))])
    }

    @Test func `go when the canary has nothing`() {
        var world = deployed([.setWeight(50), .pause(seconds: nil)])
        world.reading = .former(Split(canary: 0, of: 100))
        #expect(world.turn().actions == [.route(Split(canary: 0, of: 100))])
    }
}

struct `An aborted canary that stable cannot replace yet` {
    /// One of several Ingresses may have lost its canary: it does not get one now.
    @Test func `gets its weight nowhere anew`() {
        var world = deployed([.setWeight(50), .pause(seconds: nil)], size: 10)
        world.update(to: "h2")
        world.settle()
        world.limits["h1"] = 5
        world.letPodsStart()
        world.reading = .split(Split(canary: 50, of: 101))
        world.rollout.status.isAborted = true
        #expect(world.turn().actions == [])
    }
}
