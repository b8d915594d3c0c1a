import Rollouts
import Testing

/// A name can be had only once in a namespace: what was there before is nobody's to take over.
struct `A new ReplicaSet` {
    func updated(_ change: (inout World) -> Void) -> World {
        var world = deployed([.setWeight(50), .pause(seconds: nil)])
        world.update(to: "h2")
        change(&world)
        return world
    }

    /// Holds: 2.1 collisionCount, 2.1 currentPodHash.
    @Test func `whose name somebody else has gets another hash`() {
        var world = updated { $0.taken.replicaSets = ["app-h2"] }
        let decision = world.turn()
        #expect(decision.actions == [])
        #expect(decision.status.collisionCount == 1)
        #expect(
            decision.reason.sentence
                == "ReplicaSet app-h2 belongs to somebody else: taking another name")
        // The number of collisions salts the hash, which is not this room's affair.
        world.update(to: "h2-again")
        world.settle()
        #expect(world.status.currentPodHash == "h2-again")
        #expect(world.status.collisionCount == 1)
        #expect(world.weight == 50)
    }

    /// Holds: 2.3 ReplicaSetCreateError, 7.5 ReplicaSetCreateError, 3.3 failures.
    @Test func `that the server refuses is told by condition and event, and tried again`() {
        var world = updated {
            $0.memory.refusedReplicaSet = RefusedReplicaSet(hash: "h2", why: "over the quota")
        }
        let message = "Failed to create new replica set \"app-h2\": over the quota"
        let told = world.turn()
        #expect(told.actions == [])
        #expect(told.events == [Event("ReplicaSetCreateError", message, isWarning: true)])
        let condition = told.status[.progressing]
        #expect(condition?.truth == .no)
        #expect(condition?.reason == "ReplicaSetCreateError")
        #expect(condition?.message == message)
        #expect(told.status.message == "more replicas need to be updated")
        let again = world.turn()
        #expect(again.actions.first == .createReplicaSet(hash: "h2", revision: 2))
        #expect(again.reason.sentence == message)
        world.settle()
        #expect(world.status[.progressing]?.reason != "ReplicaSetCreateError")
        #expect(world.weight == 50)
    }

    @Test func `of another template is not blamed for one that was refused`() {
        var world = updated {
            $0.memory.refusedReplicaSet = RefusedReplicaSet(hash: "h3", why: "over the quota")
        }
        #expect(world.turn().actions.first == .createReplicaSet(hash: "h2", revision: 2))
    }
}

struct `An analysis run` {
    /// Holds: 5.2 name taken.
    @Test func `takes the next name where somebody else has its own`() {
        var world = deployed([.setWeight(50), .analysis])
        world.rollout.spec.canary.backgroundAnalysisFrom = 0
        world.taken.runs = ["app-h2-2", "app-h2-2-1", "app-h2-2-1.1"]
        world.update(to: "h2")
        world.settle()
        #expect(world.runs.map(\.name).sorted() == ["app-h2-2-1.2", "app-h2-2.1"])
    }

    @Test func `whose name was taken after it was promised gets another one`() {
        var world = deployed([.setWeight(50), .analysis, .pause(seconds: nil)])
        world.update(to: "h2")
        world.settle()
        world.runs = []
        world.taken.runs = ["app-h2-2-1"]
        world.settle()
        #expect(world.status.stepRun?.name == "app-h2-2-1.1")
        #expect(world.runs.map(\.name) == ["app-h2-2-1.1"])
        world.end(.successful) { _ in true }
        world.settle()
        #expect(world.status.phase == .paused)
    }
}
