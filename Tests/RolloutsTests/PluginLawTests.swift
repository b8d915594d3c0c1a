import Testing

@testable import Rollouts

/// Steps of extensions under random answers, commands, edits and crashes.
struct `Extensions under random events` {
    /// One attempt of a step.
    private struct Attempt: Hashable {
        let index: Int
        let begun: Instant

        init(_ call: PluginCall) { (index, begun) = (call.index, call.begun) }
    }

    @Test(arguments: 0..<300)
    func `are told the end of what they began, and never hear of it again`(seed: Int) {
        var random = Lehmer(seed)
        var world = deployed(steps(&random))
        var over: Set<Attempt> = []
        var hashes = 1
        for _ in 0..<60 {
            disturb(&world, &random, &hashes)
            answer(&world, phase(&random), &over)
            world.wait(random.next(1...40))
        }
        world.rollout.spec.isPaused = false
        world.rollout.status.isAborted = true
        for _ in 0..<40 {
            world.wait(31)
            answer(&world, .successful, &over)
        }
        let runs = world.asked.filter { $0.operation == .run }
        let ends = world.asked.filter { $0.operation != .run }
        let left = Set(runs.map(Attempt.init)).subtracting(ends.map(Attempt.init))
        #expect(left.subtracting(over).isEmpty, "seed \(seed)")
        for (place, call) in world.asked.enumerated() where call.operation != .run {
            let later = world.asked[place...].contains {
                $0.operation == .run && Attempt($0) == Attempt(call)
            }
            #expect(!later, "seed \(seed)")
        }
        #expect(world.broken == [], "seed \(seed)")
        #expect(world.weight == 0, "seed \(seed)")
    }

    private func steps(_ random: inout Lehmer) -> [Step] {
        (0..<random.next(1...5)).map { _ in
            switch random.next(0...4) {
            case 0: .pause(seconds: random.next(0...20))
            case 1: .setWeight(random.next(0...100))
            default: .plugin(PluginStep(name: "acme/check", isDisabled: random.next(0...5) == 0))
            }
        }
    }

    private func phase(_ random: inout Lehmer) -> PluginStatus.Phase? {
        let phases: [PluginStatus.Phase] = [.running, .running, .successful, .error, .failed]
        let number = random.next(0...5)
        return number < phases.count ? phases[number] : nil
    }

    /// The extension answers, or nobody hears what it says.
    private func answer(
        _ world: inout World, _ phase: PluginStatus.Phase?, _ over: inout Set<Attempt>
    ) {
        guard let phase, let call = world.memory.talk?.call, world.memory.talk?.answer == nil else {
            return
        }
        if phase == .successful || phase == .failed { over.insert(Attempt(call)) }
        world.memory.talk?.answer = PluginAnswer(phase, "said")
    }

    private func disturb(_ world: inout World, _ random: inout Lehmer, _ hashes: inout Int) {
        switch random.next(0...11) {
        case 0:
            hashes += 1
            world.update(to: "h\(hashes)")
        case 1: world.update(to: "h\(random.next(1...hashes))")
        case 2: world.rollout.status.isAborted = true
        case 3: world.rollout.status.isAborted = false
        case 4: world.rollout.status.promoteFull = true
        case 5: world.rollout.spec.isPaused.toggle()
        case 6: world.rollout.spec.stepsHash = "s\(random.next(1...9))"
        case 7: world.memory = Memory()
        case 8:
            let count = world.rollout.spec.canary.steps.count
            world.rollout.status.currentStepIndex = random.next(0...count)
        default: break
        }
    }
}
