import Testing

@testable import Rollouts

/// A rollout of five pods that refers to a workload with as many, before its first turn.
private func referring(
    _ scaleDown: Workload.ScaleDown, size: Int? = 5, pods: Int? = 5
) -> World {
    var world = World(steps: fourSteps)
    world.rollout.spec.replicas = size
    var workload = Workload(generation: 1)
    workload.scaleDown = scaleDown
    workload.desired = pods
    world.workload = workload
    return world
}

struct `A workload that a rollout refers to` {
    /// Holds: 1.2 never.
    @Test func `keeps its pods where nothing else is asked for`() {
        var world = referring(.never)
        world.settle()
        world.wait(600)
        #expect(world.workload?.desired == 5)
        #expect(world.workload?.adoption == .untouched)
        #expect(world.status.phase == .healthy)
        #expect(world.broken == [])
    }

    /// Holds: 1.2 onsuccess.
    @Test func `loses its pods some time after the rollout carries everything`() {
        var world = referring(.onSuccess)
        world.settle()
        #expect(world.status.phase == .healthy)
        #expect(world.workload?.desired == 5)
        #expect(decide(world.seen).reason == .takingOver(pods: 5))
        #expect(decide(world.seen).lookAgain == world.now.advanced(bySeconds: 30))
        world.wait(30)
        #expect(world.workload?.desired == 0)
        #expect(world.workload?.adoption == .over)
        #expect(decide(world.seen).reason == .healthy)
        #expect(world.broken == [])
    }

    /// Holds: 1.2 progressively.
    @Test(arguments: [0, 1, 3, 5]) func `makes way in step`(available: Int) {
        var world = referring(.progressively)
        world.limits["h1"] = available
        world.settle()
        #expect(world.workload?.desired == 5 - available)
        #expect(world.broken == [])
    }

    @Test func `gets its pods back as those of the rollout are lost`() {
        var world = referring(.progressively)
        world.limits["h1"] = 4
        world.settle()
        #expect(world.workload?.adoption == .underWay(before: 5))
        world.limits["h1"] = 1
        world.settle()
        #expect(world.workload?.desired == 4)
        #expect(world.broken == [])
    }

    @Test func `never gets more pods than it had`() {
        var world = referring(.progressively, pods: 2)
        world.limits["h1"] = 4
        world.settle()
        #expect(world.workload?.desired == 1)
        world.limits["h1"] = 0
        world.settle()
        #expect(world.workload?.desired == 2)
    }

    @Test func `is left alone once it was taken over`() {
        var world = referring(.onSuccess)
        world.settle()
        world.wait(30)
        world.workload?.desired = 3
        world.wait(600)
        #expect(world.workload?.desired == 3)
    }

    @Test func `keeps no pods of a template that nobody has judged`() {
        var world = referring(.onSuccess)
        world.settle()
        world.wait(30)
        world.workload?.desired = 3
        world.workload?.generation = 2
        world.update(to: "h2")
        world.settle()
        #expect(world.workload?.desired == 0)
        #expect(world.weight == 10)
        #expect(world.broken == [])
    }

    @Test func `is never scaled by a rollout that was switched off`() {
        var world = referring(.progressively, size: 0)
        world.settle()
        world.wait(600)
        #expect(world.workload?.desired == 5)
    }

    @Test func `gives its size to a rollout without one`() {
        var world = referring(.progressively, size: nil, pods: 7)
        #expect(world.turn().reason == .writingDefaultReplicas(7))
        #expect(world.rollout.spec.replicas == 7)
    }

    @Test func `without pods of its own only gives its template`() {
        var world = referring(.progressively, pods: nil)
        world.settle()
        #expect(world.status.phase == .healthy)
        #expect(world.workload?.desired == nil)
    }
}

struct `The generation of a workload` {
    /// Holds: 1.2 generation, 2.1 workloadObservedGeneration.
    @Test func `is told to clients before the status speaks of it`() {
        var world = referring(.never)
        world.settle()
        #expect(world.status.workloadObservedGeneration == "1")
        #expect(world.rollout.workloadGeneration == 1)
        world.workload?.generation = 2
        world.templateHash = "h2"
        world.turn()
        #expect(world.rollout.workloadGeneration == 2)
        #expect(world.status.workloadObservedGeneration == "1")
        world.settle()
        #expect(world.status.workloadObservedGeneration == "2")
        #expect(world.weight == 10)
    }

    @Test func `is told of a document that is refused, too`() {
        var world = referring(.never)
        world.settle()
        world.workload?.generation = 2
        world.refusal = "no"
        world.settle()
        #expect(world.rollout.workloadGeneration == 2)
        #expect(world.status.workloadObservedGeneration == "2")
    }

    @Test func `stays in the status while the workload cannot be found`() {
        var world = referring(.never)
        world.settle()
        world.workload = nil
        world.refusal = "not found"
        world.settle()
        #expect(world.status.workloadObservedGeneration == "1")
    }

    /// Holds: 1.2 generation cleared.
    @Test func `is forgotten by a rollout with a template of its own`() {
        var world = referring(.never)
        world.settle()
        world.workload = nil
        world.settle()
        #expect(world.status.workloadObservedGeneration == "")
    }
}
