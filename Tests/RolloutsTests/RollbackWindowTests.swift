import Rollouts
import Testing

/// Three revisions were stable one after the other; the last one is.
private func promoted(_ world: World, window: Int?) -> World {
    var world = world
    world.rollout.spec.rollbackWindow = window
    for hash in ["h2", "h3"] {
        world.wait(100)
        world.update(to: hash)
        world.settle()
        world.rollout.status.promoteFull = true
        world.settle()
    }
    world.wait(100)
    return world
}

struct `A return within the rollback window` {
    private func canary(window: Int?) -> World {
        promoted(deployed([.setWeight(10), .pause(seconds: nil)]), window: window)
    }

    /// Holds: 4.8 within the window, 1.1 rollbackWindow, 4.6 Rollback within window.
    /// Holds: 6.3 rollback window, 7.5 SkipSteps.
    /// Holds: 9.3 rollback window.
    @Test func `skips the steps, and moves traffic to a whole revision only`() {
        var world = canary(window: 2)
        #expect(world.status.stableHash == "h3")
        world.limits["h1"] = 3
        world.weights = []
        world.update(to: "h1")
        world.settle()
        #expect(world.weights.allSatisfy { $0 == 0 })
        #expect(world.events.last { $0.reason == "SkipSteps" } != nil)
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect(world.status.stableHash == "h1")
        #expect(world.status.phase == .healthy)
        #expect(
            world.events.last { $0.reason == "RolloutCompleted" }?.message
                == "Rollout completed update to revision 4 (h1): Rollback within window")
        #expect(world.broken == [])
    }

    /// Holds: 1.1 rollbackWindow.
    @Test(arguments: [nil, 0, 1]) func `ends where the window ends`(window: Int?) {
        var world = canary(window: window)
        world.update(to: "h1")
        world.settle()
        #expect(world.weight == 10)
        #expect(world.status.phase == .paused)
    }

    @Test func `is none for a revision that is new`() {
        var world = canary(window: 10)
        world.update(to: "h4")
        world.settle()
        #expect(world.weight == 10)
    }

    @Test func `is given up like any other update`() {
        var world = canary(window: 2)
        world.limits["h1"] = 3
        world.update(to: "h1")
        world.settle()
        world.rollout.status.isAborted = true
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect(world.status.stableHash == "h3")
        #expect(world.weight == 0)
        #expect(world.broken == [])
    }

    /// Holds: 4.8 within the window.
    @Test func `is none to a revision that was never stable, or was given up`() {
        var world = deployed([.setWeight(10), .pause(seconds: nil)])
        world.rollout.spec.rollbackWindow = 5
        world.settle()
        for (hash, isGood) in [("h2", false), ("h3", true)] {
            world.wait(100)
            world.update(to: hash)
            world.settle()
            if isGood {
                world.rollout.status.promoteFull = true
            } else {
                world.rollout.status.isAborted = true
            }
            world.settle()
        }
        world.update(to: "h2")
        world.settle()
        #expect([world.weight, world.status.currentStepIndex] == [10, 1])
        world.update(to: "h1")
        world.limits["h1"] = 0
        world.letPodsStart()
        world.settle()
        #expect(world.status.currentStepIndex == 2)
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.set("h1")?.wasPromoted == false)
        world.rollout.status.isAborted = false
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect([world.weight, world.status.currentStepIndex] == [10, 1], "retried, it is tried")
        #expect(world.broken == [])
    }

    @Test func `waits while the rollout is paused`() {
        var world = canary(window: 2)
        world.rollout.spec.isPaused = true
        world.update(to: "h1")
        world.settle()
        #expect([world.weight, world.set("h1")?.available] == [0, 0])
        world.rollout.spec.isPaused = false
        world.settle()
        #expect(world.status.stableHash == "h1")
        #expect(world.broken == [])
    }

    /// Holds: 4.8 within the window, 5.2 skipped.
    @Test func `needs no trial in a blue-green rollout`() {
        let plan = twoServices {
            $0.promotion = .byHand
            $0.judgesPreview = true
            $0.judgesActive = true
        }
        var world = promoted(deployed(plan), window: 2)
        #expect(world.sizes == ["h1": 0, "h2": 0, "h3": 4])
        let runs = world.runs.count
        world.update(to: "h1")
        world.settle()
        #expect([world.active, world.status.stableHash] == ["h1", "h1"])
        #expect(world.runs.count == runs)
        #expect(world.broken == [])
    }
}
