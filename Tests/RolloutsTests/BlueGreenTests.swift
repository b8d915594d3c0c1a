import Rollouts
import Testing

/// A plan with both services.
let twoServices = BlueGreen(activeService: "active", previewService: "preview")

/// The same, changed by the test.
func twoServices(_ change: (inout BlueGreen) -> Void) -> BlueGreen {
    var plan = twoServices
    change(&plan)
    return plan
}

/// A world in which revision 1 is stable and serves everything.
func deployed(_ plan: BlueGreen, size: Int = 4) -> World {
    var world = World(plan, size: size)
    world.settle()
    return world
}

extension World {
    /// The hashes that the services select.
    var active: String { services["active"]?.hash ?? "" }
    var preview: String { services["preview"]?.hash ?? "" }

    /// Pods asked for, by the hash of their ReplicaSet.
    var sizes: [String: Int] {
        Dictionary(uniqueKeysWithValues: replicaSets.map { ($0.hash, $0.desired) })
    }

    mutating func resume() {
        rollout.status.pauseConditions = []
        settle()
    }
}

struct `A blue-green rollout` {
    /// Holds: 4.4 first deploy, 1.3 activeService.
    @Test func `deploys its first revision without ado`() {
        let world = deployed(twoServices { $0.promotion = .byHand })
        #expect([world.active, world.preview, world.status.stableHash] == ["h1", "h1", "h1"])
        #expect(world.status.phase == .healthy)
        #expect(world.status[.healthy]?.truth == .yes)
        #expect(world.broken == [])
    }

    /// Holds: 4.4 switch, 4.4 preview first, 4.6 Completed blue-green update, 1.3 previewService.
    @Test func `moves all traffic at once to a whole revision`() {
        var world = deployed(twoServices)
        world.update(to: "h2")
        world.limits["h2"] = 3
        world.settle()
        #expect([world.active, world.preview] == ["h1", "h2"])
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect([world.active, world.status.stableHash] == ["h2", "h2"])
        #expect(
            world.events.last { $0.reason == "RolloutCompleted" }?.message
                == "Rollout completed update to revision 2 (h2): Completed blue-green update")
        #expect(world.broken == [])
    }

    /// Holds: 1.3 previewService, 6.3 preview, 6.3 I3 service to pods.
    /// Holds: 9.3 preview.
    @Test func `previews nothing that is not there`() {
        var world = deployed(twoServices)
        world.update(to: "h2")
        world.limits["h2"] = 0
        world.settle()
        #expect([world.active, world.preview] == ["h1", "h1"])
        #expect(
            world.status.message == "updated replicas are still becoming available"
                || world.status.message == "active service cutover pending")
    }

    /// Holds: 1.3 scaleDownDelaySeconds, 4.4 old pods, 6.3 I5 old stable stays.
    @Test func `keeps the old pods for a while, at the rollout's size`() {
        var world = deployed(twoServices)
        world.update(to: "h2")
        world.settle()
        #expect(world.sizes == ["h1": 4, "h2": 4])
        world.rollout.spec.replicas = 6
        world.settle()
        #expect(world.sizes == ["h1": 6, "h2": 6])
        world.wait(29)
        #expect(world.sizes == ["h1": 6, "h2": 6])
        world.wait(1)
        #expect(world.sizes == ["h1": 0, "h2": 6])
        #expect(world.broken == [])
    }

    /// Holds: 1.3 scaleDownDelayRevisionLimit.
    @Test func `lets no more old revisions wait than it should`() {
        var world = deployed(twoServices { $0.scaleDownDelayRevisionLimit = 1 })
        for hash in ["h2", "h3"] {
            world.update(to: hash)
            world.settle()
        }
        #expect(world.sizes == ["h1": 0, "h2": 4, "h3": 4])
    }

    /// Holds: 2.1 readyReplicas, 2.1 availableReplicas, 2.1 HPAReplicas, 2.1 selector.
    /// Holds: 2.1 replicas, 2.1 updatedReplicas.
    @Test func `counts what serves`() {
        var world = deployed(twoServices { $0.promotion = .byHand }, size: 2)
        world.change("app-h1") { $0.selector = "app=app,hash=h1" }
        world.update(to: "h2")
        world.settle()
        let status = world.status
        #expect([status.replicas, status.updatedReplicas, status.availableReplicas] == [4, 2, 2])
        #expect([status.readyReplicas, status.hpaReplicas] == [2, 2])
        #expect(status.selector == "app=app,hash=h1")
    }

    /// Holds: 1.1 replicas 0.
    @Test func `that was scaled to 0 changes its revision quietly`() {
        var world = deployed(twoServices)
        world.rollout.spec.replicas = 0
        world.settle()
        world.update(to: "h2")
        world.settle()
        #expect([world.active, world.preview, world.status.stableHash] == ["h2", "h2", "h2"])
        #expect(world.status.phase == .healthy)
        #expect(world.broken == [])
    }

    /// Holds: 4.7 third revision.
    @Test func `gives up on an unproved revision when a third one comes`() {
        var world = deployed(twoServices { $0.judgesActive = true })
        world.update(to: "h2")
        world.settle()
        #expect(world.active == "h2")
        world.limits["h3"] = 1
        world.update(to: "h3")
        world.settle()
        #expect([world.active, world.preview, world.status.stableHash] == ["h1", "h3", "h1"])
        #expect(world.runs.allSatisfy { $0.isTerminating })
        #expect(world.broken == [])
    }
}

/// The time between a whole preview and the switch.
struct `A preview` {
    /// Holds: 1.3 autoPromotionEnabled, 4.9 BlueGreenPause.
    @Test func `lasts until a person ends it`() {
        var world = deployed(twoServices { $0.promotion = .byHand })
        world.update(to: "h2")
        world.wait(100_000)
        #expect([world.active, world.preview] == ["h1", "h2"])
        #expect(world.status.pauseConditions.map(\.reason) == [.blueGreenPause])
        #expect((world.status.phase, world.status.message) == (.paused, "BlueGreenPause"))
        world.resume()
        #expect([world.active, world.status.stableHash] == ["h2", "h2"])
    }

    /// Holds: 4.4 after the pause.
    @Test func `stays ended while pods are missing`() {
        var world = deployed(twoServices { $0.promotion = .byHand })
        world.update(to: "h2")
        world.settle()
        world.limits["h2"] = 2
        world.letPodsStart()
        world.resume()
        #expect(world.active == "h1")
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect(world.active == "h2")
    }

    /// Holds: 1.3 autoPromotionSeconds, 4.9 BlueGreenPause.
    @Test func `lasts its seconds`() {
        var world = deployed(twoServices { $0.promotion = .automatic(afterSeconds: 60) })
        world.update(to: "h2")
        world.settle()
        world.wait(59)
        #expect(world.active == "h1")
        world.wait(1)
        #expect(world.active == "h2")
    }

    /// Holds: 1.3 previewReplicaCount, 4.4 preview size, 4.4 checkpoint.
    /// Holds: 2.1 scaleUpPreviewCheckPoint.
    @Test func `is small until it is over`() {
        var world = deployed(
            twoServices {
                $0.promotion = .byHand
                $0.previewReplicaCount = 1
            })
        world.update(to: "h2")
        world.settle()
        #expect(world.sizes == ["h1": 4, "h2": 1])
        world.limits["h2"] = 2
        world.resume()
        #expect(world.sizes == ["h1": 4, "h2": 4])
        #expect(world.status.blueGreen.previewIsOver)
        #expect(world.active == "h1")
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect(world.active == "h2")
        #expect(!world.status.blueGreen.previewIsOver)
        #expect(world.broken == [])
    }

    /// Holds: 4.4 fast track, 4.12 full, 4.6 Full promotion requested, 5.2 skipped.
    @Test func `is skipped on request`() {
        var world = deployed(
            twoServices {
                $0.promotion = .byHand
                $0.previewReplicaCount = 1
                $0.judgesPreview = true
                $0.judgesActive = true
            })
        world.update(to: "h2")
        world.settle()
        world.rollout.status.promoteFull = true
        world.settle()
        #expect([world.active, world.status.stableHash] == ["h2", "h2"])
        #expect(world.runs.map(\.name) == ["app-h2-2-pre"])
        #expect(
            world.events.last { $0.reason == "RolloutCompleted" }?.message
                == "Rollout completed update to revision 2 (h2): Full promotion requested")
    }

    /// Holds: 4.4 no cutover while paused, 1.1 paused.
    @Test func `waits while the user's own pause holds`() {
        var world = deployed(twoServices)
        world.rollout.spec.isPaused = true
        world.update(to: "h2")
        world.settle()
        #expect([world.active, world.preview] == ["h1", "h1"])
        #expect(world.sizes == ["h1": 4, "h2": 4])
        world.rollout.spec.isPaused = false
        world.settle()
        #expect(world.active == "h2")
    }
}

/// Pre- and post-promotion analysis.
struct `A judged blue-green update` {
    static let plan = twoServices {
        $0.judgesPreview = true
        $0.judgesActive = true
    }

    /// The first run is under way.
    private func previewed() -> World {
        var world = deployed(Self.plan)
        world.update(to: "h2")
        world.settle()
        return world
    }

    /// The new revision serves, and the second run is under way.
    private func switched() -> World {
        var world = previewed()
        world.end(.successful) { $0.purpose == .prePromotion }
        world.settle()
        return world
    }

    /// Holds: 1.3 prePromotionAnalysis, 1.3 postPromotionAnalysis, 5.2 prePromotion.
    /// Holds: 5.2 postPromotion, 5.2 name.
    @Test func `is judged before and after the switch`() {
        var world = previewed()
        #expect([world.active, world.runs.last?.name] == ["h1", "app-h2-2-pre"])
        world = switched()
        #expect([world.active, world.runs.last?.name] == ["h2", "app-h2-2-post"])
        #expect(world.status.stableHash == "h1")
        #expect(world.status.message == "waiting for analysis to complete")
        world.end(.successful) { _ in true }
        world.settle()
        #expect(world.status.stableHash == "h2")
        #expect(world.status.phase == .healthy)
        #expect(world.broken == [])
    }

    /// Holds: 4.10 cause pre-promotion, 4.10 by analysis.
    @Test func `never serves after a bad preview`() {
        var world = previewed()
        world.end(.failed, message: "errors") { _ in true }
        let decision = world.turn()
        #expect(decision.order == .together)
        #expect(world.active == "h1")
        #expect(
            world.status.message == "RolloutAborted: Rollout aborted update to revision 2: "
                + "Blue/green pre-promotion analysis phase error/failed: errors")
        world.settle()
        world.wait(30)
        #expect(world.sizes == ["h1": 4, "h2": 0])
        #expect(world.preview == "h1")
        #expect(world.broken == [])
    }

    /// Holds: 4.10 cause post-promotion, 6.2 written order.
    @Test func `goes back at once after a bad verdict`() {
        var world = switched()
        world.end(.failed, message: "errors") { $0.purpose == .postPromotion }
        let seen = world.seen
        let decision = world.turn()
        #expect(decision.order == .together)
        #expect(
            decision.actions.filter { $0.givesBack(in: seen) }
                == [.bind(service: "active", from: "h2", to: "h1")])
        #expect(world.active == "h1")
        #expect(
            world.status[.progressing]?.message == "Rollout aborted update to revision 2: "
                + "Blue/green post-promotion analysis phase error/failed: errors")
        #expect(world.broken == [])
    }

    /// Holds: 4.4 inconclusive, 4.9 InconclusiveAnalysisRun, 5.2 anew, 5.8 Inconclusive.
    @Test func `asks a person after an inconclusive run, and then for a new one`() {
        var world = previewed()
        world.end(.inconclusive) { _ in true }
        world.settle()
        #expect(world.status.pauseConditions.map(\.reason) == [.inconclusiveAnalysisRun])
        world.resume()
        #expect(world.runs.map(\.name) == ["app-h2-2-pre", "app-h2-2-pre.1"])
        #expect(world.active == "h1")
        world.end(.successful) { !$0.phase.isCompleted }
        world.settle()
        #expect(world.active == "h2")
    }

    /// Holds: 4.4 autoPromotionSeconds.
    @Test func `is previewed for its seconds once it is judged`() {
        var world = deployed(
            twoServices {
                $0.promotion = .automatic(afterSeconds: 60)
                $0.judgesPreview = true
            })
        world.update(to: "h2")
        world.wait(100)
        world.end(.successful) { _ in true }
        world.settle()
        world.wait(59)
        #expect(world.active == "h1")
        world.wait(1)
        #expect(world.active == "h2")
    }

    /// Holds: 4.4 old pods and analysis, 1.3 scaleDownDelaySeconds unset.
    @Test func `keeps its old pods while the verdict is open`() {
        var world = switched()
        world.wait(100_000)
        #expect(world.sizes == ["h1": 4, "h2": 4])
        #expect(world.status[.progressing]?.reason != "ProgressDeadlineExceeded")
    }

    @Test func `is served by stable while its pods are gone, and judged anew`() {
        var world = switched()
        world.limits["h2"] = 0
        world.letPodsStart()
        let decision = world.turn()
        #expect(decision.reason == .newPodsLost)
        #expect(world.active == "h1")
        world.settle()
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        #expect([world.active, world.runs.last?.name] == ["h2", "app-h2-2-post.1"])
        #expect(world.broken == [])
    }

    @Test func `is not taken forward again unjudged when traffic went back without a word`() {
        var world = switched()
        world.services["active"]?.hash = "h1"
        world.settle()
        #expect(world.active == "h1")
        #expect(world.status.pauseConditions.map(\.reason) == [.inconclusiveAnalysisRun])
        world.resume()
        #expect(world.active == "h1", "its preview is judged again")
        world.end(.successful) { !$0.phase.isCompleted }
        world.settle()
        #expect(world.active == "h2")
        #expect(world.broken == [])
    }
}
