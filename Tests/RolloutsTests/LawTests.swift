import Rollouts
import Testing

/// Whatever happens in whatever order, the promises hold and the story ends where it should.
struct `A rollout under random events` {
    /// Holds: 9.4 P6, 9.4 P12.
    @Test(arguments: 0..<300) func `never breaks an invariant and ends well`(seed: Int) {
        var random = Lehmer(seed)
        var world = begun(&random, seed)
        var hashes = 1
        for _ in 0..<40 {
            disturb(&world, &random, &hashes)
            for _ in 0..<random.next(0...4) { world.turn() }
        }
        world.limits = [:]
        world.rollout.spec.isPaused = false
        world.letPodsStart()
        world.settle()
        world.rollout.status.isAborted = true
        for _ in 0..<4 { world.wait(60) }
        #expect(world.broken == [], "seed \(seed)")
        #expect(world.weight == 0, "seed \(seed)")
        #expect(world.set(world.status.stableHash)?.available == world.rollout.spec.replicas)
        if let service = world.services["stable"] {
            #expect(service.hash == world.status.stableHash, "seed \(seed)")
        }
        if world.status.isAborted {
            #expect(world.status.currentStepIndex ?? 0 == 0, "seed \(seed)")
        }
    }

    /// What is carried out needs no second decision; the same snapshot gives the same decision.
    /// Holds: 9.4 P10.
    @Test(arguments: 0..<200) func `decides once and for all`(seed: Int) {
        var random = Lehmer(seed)
        var world = begun(&random, seed)
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

    /// Holds: 9.4 P8.
    @Test(arguments: 0..<200) func `never steps back by itself`(seed: Int) {
        var random = Lehmer(seed)
        var world = begun(&random, seed)
        var hashes = 1
        for _ in 0..<40 {
            disturb(&world, &random, &hashes)
            for _ in 0..<4 {
                let before = world.status
                let decision = world.turn()
                guard decision.status.currentPodHash == before.currentPodHash,
                    !decision.status.isAborted, before.abortedAt == nil
                else { continue }
                let old = before.currentStepIndex ?? 0
                #expect(decision.status.currentStepIndex ?? 0 >= old, "seed \(seed)")
                let skips = decision.isEnd || decision.status.promoteFull
                #expect(decision.status.currentStepIndex ?? 0 <= old + 1 || skips)
            }
        }
    }

    /// Holds: 9.4 P7.
    @Test(arguments: 0..<100) func `ends alike with and without an abort on the way`(seed: Int) {
        var random = Lehmer(seed)
        let steps = steps(&random)
        var plain = deployed(steps), shaken = deployed(steps)
        for _ in 0..<2 {
            plain.update(to: "h2")
            shaken.update(to: "h2")
        }
        for _ in 0..<random.next(1...12) { shaken.turn() }
        shaken.rollout.status.isAborted = true
        shaken.settle()
        shaken.rollout.status.isAborted = false
        for _ in 0..<20 {
            for number in 0...1 {
                var world = number == 0 ? plain : shaken
                world.rollout.status.pauseConditions = []
                world.end(.successful) { !$0.phase.isCompleted }
                world.wait(60)
                if number == 0 { plain = world } else { shaken = world }
            }
        }
        #expect(shaken.status.stableHash == "h2", "seed \(seed)")
        #expect(shaken.status.phase == plain.status.phase, "seed \(seed)")
        #expect(shaken.replicaSets.map(\.desired) == plain.replicaSets.map(\.desired))
        #expect(shaken.weight == plain.weight)
        #expect(shaken.broken == [])
    }

    /// In every third rollout stable shrinks as the canary grows, in every fourth fewer pods
    /// suffice, in every fifth pods have metadata of their part, and every fifth has no router.
    /// Every seventh has no Services: every other one of these divides by subsets.
    private func begun(_ random: inout Lehmer, _ seed: Int) -> World {
        var world = World(steps: steps(&random, leastPods: 0), size: random.next(1...8))
        if seed % 7 == 5 {
            world.takeServicesAway()
            world.leadsPastServices = seed % 2 == 0
        }
        world.settle()
        world.rollout.spec.canary.dynamicStableScale = seed % 3 == 2
        world.rollout.spec.canary.abortScaleDownDelaySeconds = seed % 6 == 5 ? 0 : 30
        let thresholds: [Allowance] = [.percent(60), .pods(1), .percent(0)]
        world.rollout.spec.canary.progressThreshold = seed % 4 == 3 ? thresholds[seed % 3] : nil
        if seed % 5 == 4 {
            world.rollout.spec.parts.newMetadata = "new"
            world.rollout.spec.parts.stableMetadata = "stable"
            world.rollout.spec.parts.separation = .required
        }
        if seed % 5 == 2 {
            world.rollout.spec.canary.hasRouter = false
            // What takes a router.
            world.rollout.spec.canary.dynamicStableScale = false
            world.rollout.spec.canary.abortScaleDownDelaySeconds = 0
            world.rollout.spec.canary.scaleDownDelaySeconds = 0
        }
        return world
    }

    /// A `setWeight` of a canary without pods waits until somebody helps it.
    private func steps(_ random: inout Lehmer, leastPods: Int = 1) -> [Step] {
        (0..<random.next(0...6)).map { _ in
            switch random.next(0...6) {
            case 0: .pause(seconds: nil)
            case 1: .pause(seconds: random.next(0...20))
            case 2: .analysis
            case 3: .setCanaryScale(.replicas(random.next(leastPods...2)))
            default: .setWeight(random.next(0...100))
            }
        }
    }

    private func disturb(_ world: inout World, _ random: inout Lehmer, _ hashes: inout Int) {
        switch random.next(0...12) {
        case 12: world.rollout.spec.restartAt = world.now
        case 0:
            hashes += 1
            world.update(to: "h\(hashes)")
        case 1: world.update(to: "h\(random.next(1...hashes))")
        case 2: world.limits["h\(random.next(1...hashes))"] = random.next(0...4)
        case 3: world.limits = [:]
        case 4: world.rollout.status.isAborted = true
        case 5: world.rollout.status.isAborted = false
        case 6: world.rollout.status.pauseConditions = []
        case 7: world.rollout.status.promoteFull = true
        case 8: world.rollout.spec.isPaused.toggle()
        case 9: world.rollout.spec.replicas = random.next(1...8)
        case 10: world.now = world.now.advanced(bySeconds: random.next(1...40))
        default:
            let phases: [RunPhase] = [.successful, .failed, .error, .inconclusive]
            let phase = phases[random.next(0...3)]
            world.end(phase) { !$0.phase.isCompleted }
        }
        world.memory = random.next(0...3) == 0 ? Memory() : world.memory
        world.letPodsStart()
    }
}

extension Decision {
    /// Whether this decision makes the new revision the stable one, or finds it there.
    fileprivate var isEnd: Bool { status.stableHash == status.currentPodHash }
}
