import Rollouts
import Testing

/// Whatever happens in whatever order, the promises hold and the story ends where it should.
struct `A blue-green rollout under random events` {
    /// Holds: 9.4 P12.
    @Test(arguments: 0..<200) func `never breaks an invariant and ends well`(seed: Int) {
        var random = Lehmer(seed)
        var world = deployed(plan(&random), size: random.next(1...6))
        var hashes = 1
        for _ in 0..<40 {
            disturb(&world, &random, &hashes)
            for _ in 0..<random.next(0...4) { world.turn() }
        }
        mend(&world)
        let isUp = random.next(0...1) == 0
        if isUp { world.rollout.status.promoteFull = true }
        world.rollout.status.isAborted = !isUp
        for _ in 0..<4 { world.wait(60) }
        #expect(world.broken == [], "seed \(seed)")
        #expect(world.active == world.status.stableHash, "seed \(seed)")
        #expect(world.set(world.active)?.available == world.rollout.spec.replicas, "seed \(seed)")
        if isUp { #expect(world.status.phase == .healthy, "seed \(seed)") }
        let idle = world.replicaSets.filter { $0.hash != world.active && $0.desired > 0 }
        #expect(idle.isEmpty, "seed \(seed)")
    }

    /// What is carried out needs no second decision; the same snapshot gives the same decision.
    /// Holds: 9.4 P10.
    @Test(arguments: 0..<100) func `decides once and for all`(seed: Int) {
        var random = Lehmer(seed)
        var world = deployed(plan(&random), size: random.next(1...6))
        var hashes = 1
        for _ in 0..<15 {
            disturb(&world, &random, &hashes)
            #expect(decide(world.seen) == decide(world.seen), "seed \(seed)")
            world.settle()
            let before = world.writes
            let decision = world.turn()
            #expect(world.writes == before, "seed \(seed): \(decision.actions)")
            #expect(decision.events == [], "seed \(seed)")
        }
    }

    /// There are no steps but one, from the preview to what serves. Stable serves again only while
    /// there are no other pods.
    /// Holds: 9.4 P8.
    @Test(arguments: 0..<100) func `never switches back by itself`(seed: Int) {
        var random = Lehmer(seed)
        var world = deployed(plan(&random), size: random.next(1...6))
        var hashes = 1
        for _ in 0..<40 {
            disturb(&world, &random, &hashes)
            for _ in 0..<4 {
                let (before, served) = (world.status, world.active)
                let status = world.turn().status
                guard status.currentPodHash == before.currentPodHash, !status.isAborted,
                    served == before.currentPodHash, world.set(served)?.available ?? 0 > 0
                else { continue }
                #expect(world.active == served, "seed \(seed)")
            }
        }
    }

    /// Where nobody ends a preview by hand, only a good run does, or that it was stable before.
    @Test(arguments: 0..<100) func `lets nothing serve untried`(seed: Int) {
        var random = Lehmer(seed)
        var plan = plan(&random)
        plan.judgesPreview = true
        var world = deployed(plan, size: random.next(1...6))
        var hashes = 1
        var proved: Set = ["h1"]
        for _ in 0..<60 {
            disturb(&world, &random, &hashes, byHand: false)
            for _ in 0..<random.next(0...4) {
                let wasActive = world.active
                world.turn()
                proved.insert(world.status.stableHash)
                guard world.active != wasActive, !proved.contains(world.active) else { continue }
                #expect(world.status.blueGreen.preRun?.phase == .successful, "seed \(seed)")
            }
        }
    }

    private func mend(_ world: inout World) {
        world.limits = [:]
        world.rollout.spec.isPaused = false
        world.letPodsStart()
        world.settle()
    }

    private func plan(_ random: inout Lehmer) -> BlueGreen {
        let seconds = random.next(0...20)
        let count = random.next(1...6)
        let judges = [random.next(0...1), random.next(0...1)]
        let isByHand = random.next(0...2) == 0
        let hasPreview = random.next(0...3) > 0
        let hasCount = random.next(0...2) == 0
        var plan = BlueGreen(activeService: "active", previewService: hasPreview ? "preview" : nil)
        plan.promotion = isByHand ? .byHand : .automatic(afterSeconds: seconds / 2)
        plan.previewReplicaCount = hasCount ? count : nil
        plan.scaleDownDelaySeconds = seconds
        plan.scaleDownDelayRevisionLimit = random.next(0...2) == 0 ? 1 : nil
        plan.abortScaleDownDelaySeconds = seconds
        plan.judgesPreview = judges[0] == 1
        plan.judgesActive = judges[1] == 1
        return plan
    }

    private func disturb(
        _ world: inout World, _ random: inout Lehmer, _ hashes: inout Int, byHand: Bool = true
    ) {
        switch random.next(0...(byHand ? 12 : 10)) {
        case 0:
            hashes += 1
            world.update(to: "h\(hashes)")
        case 1: world.update(to: "h\(random.next(1...hashes))")
        case 2: world.limits["h\(random.next(1...hashes))"] = random.next(0...4)
        case 3: world.limits = [:]
        case 4: world.rollout.status.isAborted = true
        case 5: world.rollout.status.isAborted = false
        case 6: world.rollout.spec.isPaused.toggle()
        case 7: world.rollout.spec.replicas = random.next(1...6)
        case 8: world.now = world.now.advanced(bySeconds: random.next(1...40))
        case 9...10:
            let phases: [RunPhase] = [.successful, .failed, .error, .inconclusive]
            let phase = phases[random.next(0...3)]
            world.end(phase) { !$0.phase.isCompleted }
        case 11: world.rollout.status.pauseConditions = []
        default: world.rollout.status.promoteFull = true
        }
        world.memory = random.next(0...3) == 0 ? Memory() : world.memory
        world.letPodsStart()
    }
}
