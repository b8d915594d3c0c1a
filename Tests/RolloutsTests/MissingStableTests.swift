import Rollouts
import Testing

/// Somebody has deleted the ReplicaSet that everything would go back to.
struct `A release whose stable ReplicaSet is gone` {
    private static let steps: [Step] = [
        .setWeight(20), .pause(seconds: nil), .setWeight(60), .pause(seconds: nil),
    ]

    private func bereft() -> World {
        var world = deployed(Self.steps)
        world.update(to: "h2")
        world.settle()
        world.replicaSets.removeAll { $0.hash == "h1" }
        world.settle()
        return world
    }

    @Test func `says so, and moves nothing by itself`() {
        let world = bereft()
        #expect(world.weight == 20)
        #expect(world.condition(.replicaFailure) == "True StableReplicaSetMissing")
        let told = world.events.filter { $0.reason == "StableReplicaSetMissing" }
        #expect(told.map(\.isWarning) == [true])
        #expect(world.broken == [])
    }

    @Test func `goes on as it is promoted, step by step`() {
        var world = bereft()
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.weight == 60)
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.weight == 0)
        #expect(world.status.stableHash == "h2")
        #expect(world.status.phase == .healthy)
        #expect(world.condition(.replicaFailure) == nil)
        #expect(world.broken == [])
    }

    @Test func `keeps the traffic that nobody else can take when it is aborted`() {
        var world = bereft()
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.weight == 20)
        #expect(world.status.phase == .degraded)
        #expect(world.set("h2")?.available ?? 0 > 0)
        #expect(world.broken == [])
    }

    @Test func `returns to the stable template when that is applied again`() {
        var world = bereft()
        world.update(to: "h1")
        world.settle()
        #expect(world.weight == 0)
        #expect(world.set("h1")?.available == 5)
        #expect(world.status.phase == .healthy)
        #expect(world.condition(.replicaFailure) == nil)
        #expect(world.broken == [])
    }
}
