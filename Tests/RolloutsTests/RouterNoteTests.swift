import Rollouts
import Testing

struct `A router that nobody could find again` {
    private func world() -> World {
        var world = World(steps: [.setWeight(20), .pause(seconds: nil)])
        world.notes.areNeeded = true
        world.settle()
        return world
    }

    @Test func `is noted before anything comes to the canary by it, and once`() throws {
        var world = world()
        #expect(!world.notes.havePresent)
        world.update(to: "h2")
        var noted = 0
        for _ in 0..<20 {
            let before = world.seen
            let decision = world.turn()
            let note = decision.actions.firstIndex(of: .noteRouters(present: true))
            noted += note == nil ? 0 : 1
            guard let route = decision.actions.firstIndex(where: { $0.raises(in: before) }) else {
                continue
            }
            #expect(note ?? route < route)
        }
        #expect(noted == 1)
        #expect(world.weight == 20)
        #expect(world.broken == [])
    }

    @Test func `is noted where it carries something already`() {
        var world = world()
        world.weight = 30
        world.turn()
        #expect(world.notes.havePresent)
    }

    @Test func `must not be used without a note`() {
        var world = world()
        world.update(to: "h2")
        world.settle()
        world.weight = 0
        world.notes.havePresent = false
        let seen = world.seen
        var decision = decide(seen)
        #expect(brokenInvariants(of: decision, seen) == [])
        decision.actions.removeAll { $0 == .noteRouters(present: true) }
        #expect(
            brokenInvariants(of: decision, seen) == ["I15: traffic by a router that no note names"])
    }

    /// A route was renamed in mid-release: by the new one nothing comes to the canary yet.
    @Test(arguments: [10, 5]) func `is noted before it gets what a former one has`(weight: Int) {
        var world = World(steps: [.setWeight(weight), .pause(seconds: nil)])
        world.settle()
        world.update(to: "h2")
        world.settle()
        var seen = world.seen
        seen.routerNotes.areNeeded = true
        let former = RouterSeen(
            kind: "a", reading: .former(Split(canary: 10, of: 100)), verification: .cannot)
        let present = RouterSeen(
            kind: "b", reading: .split(Split(canary: 0, of: 100)), verification: .cannot)
        seen.routers = [former, present]
        let decision = decide(seen)
        let route = Action.route(Split(canary: weight, of: 100))
        #expect(decision.actions.contains(route))
        if weight == 10 {
            #expect(decision.actions == [.noteRouters(present: true), route])
            #expect(route.raises(in: seen) && !route.givesBack(in: seen))
        } else {
            // What goes back raises nothing: the present one gets its part with the next write.
            #expect(route.givesBack(in: seen) && !route.raises(in: seen))
            let own = Split(canary: weight, of: 100).lowered(to: present.reading)
            #expect(own == Split(canary: 0, of: 100))
        }
    }

    /// Traffic by it could not be found again once the document changes.
    @Test func `is not used while there is no room for its note`() {
        var world = world()
        world.notes.areFull = true
        world.update(to: "h2")
        world.settle()
        #expect(world.weight ?? 0 == 0 && !world.notes.havePresent)
        let why = "waiting for room to note the routers"
        #expect(decide(world.seen).reason.sentence.contains(why))
        world.notes.areFull = false
        world.settle()
        #expect(world.weight == 20 && world.broken == [])
    }

    /// The canary gets no more by it than it has, and yet nobody would find it.
    @Test func `gets nothing of what a former one has without room for its note`() {
        var world = World(steps: [.setWeight(10), .pause(seconds: nil)])
        world.settle()
        world.update(to: "h2")
        world.settle()
        var seen = world.seen
        seen.routerNotes.areNeeded = true
        seen.routerNotes.areFull = true
        seen.routers = [.former(Split(canary: 10, of: 100)), .split(Split(canary: 0, of: 100))]
            .map { RouterSeen(kind: "a", reading: $0, verification: .cannot) }
        let decision = decide(seen)
        #expect(decision.actions == [])
        #expect(decision.reason.sentence.contains("waiting for room to note the routers"))
        #expect(decision.status.weights?.canary.weight == 10)
    }

    @Test func `is forgotten once it is spent, as long as it is not the present one`() {
        var world = world()
        world.notes.haveSpent = true
        #expect(decide(world.seen).actions == [.noteRouters(present: false)])
        world.notes.havePresent = true
        #expect(decide(world.seen).actions == [.noteRouters(present: true)])
    }
}
