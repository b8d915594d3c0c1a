import Rollouts
import Testing

struct `An aborted blue-green update` {
    /// The new revision serves and its analysis runs.
    private func switched(_ change: (inout BlueGreen) -> Void = { _ in }) -> World {
        var world = deployed(
            twoServices {
                $0.judgesActive = true
                change(&$0)
            })
        world.update(to: "h2")
        world.settle()
        return world
    }

    /// Upstream asks the new revision to be whole before an abort moves the service.
    /// Holds: 4.4 abort, 4.4 served never scaled.
    /// Holds: 9.3 abort after a switch.
    @Test func `goes back also when its pods have crashed`() {
        var world = switched()
        world.limits["h2"] = 0
        world.letPodsStart()
        world.rollout.status.isAborted = true
        world.turn()
        #expect(world.active == "h1")
        for _ in 0..<3 { world.wait(60) }
        #expect(world.sizes == ["h1": 4, "h2": 0])
        #expect(world.broken == [])
    }

    /// Holds: 4.4 abort.
    @Test func `waits a moment for all of stable's pods, and no longer`() {
        var world = switched()
        world.limits["h1"] = 2
        world.letPodsStart()
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.active == "h2")
        #expect(
            decide(world.seen).reason
                == .stableCannotServe(
                    available: 2, of: 4, because: "Rollout aborted update to revision 2"))
        world.wait(29)
        #expect(world.active == "h2")
        world.wait(1)
        #expect(world.active == "h1")
        #expect(world.broken == [])
    }

    /// Holds: 4.4 abort, 4.4 served never scaled, 6.3 I7 referenced stays.
    /// Holds: 9.3 abort after a switch.
    @Test func `stays where it is while stable has no pods`() {
        var world = switched()
        world.limits["h1"] = 0
        world.letPodsStart()
        world.rollout.status.isAborted = true
        world.wait(1_000)
        #expect(world.active == "h2")
        #expect(world.sizes == ["h1": 4, "h2": 4])
        #expect(world.broken == [])
    }

    /// Holds: 1.3 abortScaleDownDelaySeconds, 4.10 scale-down, 4.10 scale-down never.
    @Test func `keeps its pods as long as the document says`() {
        var world = switched { $0.abortScaleDownDelaySeconds = 10 }
        world.rollout.status.isAborted = true
        world.settle()
        world.wait(9)
        #expect(world.sizes["h2"] == 4)
        #expect(world.preview == "h2")
        world.wait(1)
        #expect(world.sizes["h2"] == 0)
        #expect(world.preview == "h1")
        world = switched { $0.abortScaleDownDelaySeconds = nil }
        world.rollout.status.isAborted = true
        for _ in 0..<3 { world.wait(1_000) }
        #expect(world.sizes["h2"] == 4)
    }

    /// Holds: 4.11 blue-green.
    @Test func `is tried from the beginning when it is retried`() {
        var world = deployed(twoServices { $0.judgesPreview = true })
        world.update(to: "h2")
        world.settle()
        world.end(.failed) { _ in true }
        world.settle()
        world.rollout.status.isAborted = false
        world.settle()
        #expect(world.active == "h1")
        #expect(world.runs.map(\.name) == ["app-h2-2-pre", "app-h2-2-pre.1"])
        #expect(world.set("h2")?.scaleDownDeadline == nil)
        world.end(.successful) { !$0.phase.isCompleted }
        world.settle()
        #expect(world.active == "h2")
        #expect(world.broken == [])
    }

    @Test func `gives its traffic back although the document cannot be followed`() {
        var world = switched()
        world.refusal = "bad"
        world.end(.failed) { _ in true }
        world.turn()
        #expect(world.active == "h1")
        #expect(world.status.isAborted)
    }

    /// A renamed service, or a misspelt one.
    @Test(arguments: [nil, "service \"other\" not found"])
    func `gives traffic back where the document names its service no more`(refusal: String?) {
        var world = switched()
        world.rollout.spec.strategy = .blueGreen(
            twoServices {
                $0.judgesActive = true
                $0.activeService = "other"
            })
        if refusal == nil { world.services["other"] = ServiceBinding(hash: nil, managedBy: nil) }
        world.refusal = refusal
        world.end(.failed) { _ in true }
        world.settle()
        #expect(world.active == "h1")
        #expect(world.status.isAborted)
        #expect(world.broken == [])
    }

    @Test func `stays back while the abort cannot be stored`() {
        var world = switched()
        world.services["active"]?.hash = "h1"
        world.memory.latch = Latch(cause: "errors", hash: "h2")
        world.turn()
        #expect(world.active == "h1")
        #expect(world.status.isAborted)
    }
}

struct `A return to a blue-green revision` {
    private static let plan = twoServices {
        $0.promotion = .byHand
        $0.judgesPreview = true
        $0.judgesActive = true
    }

    /// Revision 2 was promoted a moment ago.
    private func promoted() -> World {
        var world = deployed(Self.plan)
        world.update(to: "h2")
        world.settle()
        for _ in 0..<2 {
            world.end(.successful) { _ in true }
            world.settle()
            if !world.status.pauseConditions.isEmpty { world.resume() }
        }
        return world
    }

    /// Holds: 4.8 blue-green within delay, 4.6 Rollback within scaleDownDelay, 5.2 skipped.
    @Test func `within the delay needs no trial`() {
        var world = promoted()
        #expect(world.status.stableHash == "h2")
        let runs = world.runs.count
        world.update(to: "h1")
        world.settle()
        #expect([world.active, world.status.stableHash] == ["h1", "h1"])
        #expect(world.runs.count == runs)
        #expect(
            world.events.last { $0.reason == "RolloutCompleted" }?.message
                == "Rollout completed update to revision 3 (h1): "
                + "Rollback to 'app-h1' within scaleDownDelay")
        #expect(world.set("h1")?.scaleDownDeadline == nil)
        #expect(world.broken == [])
    }

    /// Holds: 4.8 otherwise.
    @Test func `after the delay is an update like any other`() {
        var world = promoted()
        world.wait(30)
        world.update(to: "h1")
        world.settle()
        #expect(world.active == "h2")
        #expect(world.runs.last?.name == "app-h1-3-pre")
    }

    @Test func `that was aborted is tried`() {
        var world = deployed(Self.plan)
        world.update(to: "h2")
        world.settle()
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.set("h2")?.scaleDownDeadline != nil)
        world.update(to: "h3")
        world.settle()
        world.update(to: "h2")
        world.settle()
        #expect(world.active == "h1")
        #expect(world.runs.last?.name == "app-h2-4-pre")
        #expect(world.broken == [])
    }

    /// Holds: 4.8 to stable.
    @Test func `in the middle of an update moves the service back`() {
        var world = deployed(twoServices { $0.judgesActive = true })
        world.update(to: "h2")
        world.settle()
        #expect(world.active == "h2")
        world.update(to: "h1")
        world.settle()
        #expect([world.active, world.preview] == ["h1", "h1"])
        #expect(world.status.phase == .healthy)
        #expect(world.broken == [])
    }
}

/// Somebody has deleted the ReplicaSet that everything would go back to.
struct `A blue-green release whose stable ReplicaSet is gone` {
    private func bereft(_ plan: BlueGreen) -> World {
        var world = World(plan)
        world.settle()
        world.update(to: "h2")
        world.settle()
        world.replicaSets.removeAll { $0.hash == "h1" }
        world.settle()
        return world
    }

    @Test func `still waits for the person who has to promote it`() {
        var plan = BlueGreen(activeService: "active", previewService: "preview")
        plan.promotion = .byHand
        var world = bereft(plan)
        #expect(world.services["active"]?.hash == "h1")
        #expect(world.status.phase == .paused)
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.services["active"]?.hash == "h2")
        #expect(world.status.phase == .healthy)
        #expect(world.broken == [])
    }

    @Test func `is judged all the same`() {
        var plan = BlueGreen(activeService: "active", previewService: "preview")
        plan.judgesPreview = true
        var world = bereft(plan)
        #expect(world.services["active"]?.hash == "h1")
        world.end(.successful) { $0.purpose == .prePromotion }
        world.settle()
        #expect(world.services["active"]?.hash == "h2")
        #expect(world.broken == [])
    }
}
