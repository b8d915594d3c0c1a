import Rollouts
import Testing

/// Whatever happens in whatever order, the promises hold and the story ends where it should.
struct `A rollout under random events` {
    @Test(arguments: 0..<300) func `never breaks an invariant and ends well`(seed: Int) {
        var random = Lehmer(seed)
        var world = deployed(steps(&random), size: random.next(1...8))
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
        let served = world.services["stable"]?.hash
        #expect(served == world.status.stableHash, "seed \(seed)")
    }

    private func steps(_ random: inout Lehmer) -> [Step] {
        (0..<random.next(0...6)).map { _ in
            switch random.next(0...5) {
            case 0: .pause(seconds: nil)
            case 1: .pause(seconds: random.next(0...20))
            case 2: .analysis
            default: .setWeight(random.next(0...100))
            }
        }
    }

    private func disturb(_ world: inout World, _ random: inout Lehmer, _ hashes: inout Int) {
        switch random.next(0...11) {
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
