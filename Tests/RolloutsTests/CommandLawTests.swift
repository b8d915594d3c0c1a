import Rollouts
import Testing

/// Commands in any order and any number between two turns, beside verdicts, edits, refused
/// documents and new processes.
struct `Commands under random events` {
    /// Holds: 4.12 pause, 4.12 index, 4.9 skipped by index.
    @Test(arguments: 0..<300) func `leave what they were given for, once`(seed: Int) {
        var random = Lehmer(seed)
        var play = Play(&random, seed)
        play.run(&random, seed)
        let restart = play.world.rollout.spec.restartAt ?? Instant(milliseconds: 0)
        #expect(!play.world.pods.isEmpty)
        #expect(play.world.pods.allSatisfy { $0.created >= restart }, "seed \(seed)")
    }
}

/// A rollout, and what people have asked of it.
protocol CommandPlay {
    var world: World { get }
    var broken: [String] { get }
    /// A new process may come.
    mutating func restart(_ random: inout Lehmer)
    mutating func command(_ random: inout Lehmer)
    mutating func turn()
    /// Everything is allowed, and everybody is content.
    mutating func end()
}

extension CommandPlay {
    /// One command or two at once, and some turns, again and again; then everything comes to its
    /// end.
    mutating func run(_ random: inout Lehmer, _ seed: Int) {
        for _ in 0..<60 {
            restart(&random)
            for _ in 0..<random.next(1...2) { command(&random) }
            for _ in 0..<random.next(1...3) { turn() }
        }
        #expect(broken == [], "seed \(seed)")
        end()
        #expect(world.broken == [], "seed \(seed)")
        #expect(world.status.stableHash == world.templateHash, "seed \(seed)")
        #expect(world.status.phase == .healthy, "seed \(seed)")
    }
}

private struct Play: CommandPlay {
    var world: World
    var broken: [String] = []
    private var hashes = 2
    /// The pause of the present step was ended by somebody.
    private var isPauseEnded = false
    /// The step that the last turn left it at.
    private var known: Int?

    init(_ random: inout Lehmer, _ seed: Int) {
        let steps: [Step] = (0..<random.next(1...6)).map { _ in
            switch random.next(0...7) {
            case 0...3: .pause(seconds: nil)
            case 4: .pause(seconds: 30)
            case 5: .analysis
            case 6: .experiment
            default: .setWeight(random.next(0...100))
            }
        }
        world = deployed(steps, size: random.next(1...5))
        world.rollout.spec.canary.dynamicStableScale = seed % 3 == 2
        world.rollout.spec.canary.backgroundAnalysisFrom = seed % 4 == 1 ? 0 : nil
        if seed % 5 == 2 {
            world.rollout.spec.canary.hasRouter = false
            world.rollout.spec.canary.dynamicStableScale = false
        }
        world.update(to: "h2")
    }

    private var steps: [Step] { world.rollout.spec.canary.steps }

    private func isOpenPause(_ index: Int?) -> Bool {
        guard let index, steps.indices.contains(index) else { return false }
        return steps[index] == .pause(seconds: nil)
    }

    /// A new process looks before anybody says anything: it cannot tell a step that was skipped
    /// meanwhile from one whose pause was ended.
    mutating func restart(_ random: inout Lehmer) {
        guard random.next(0...3) == 0, world.refusal == nil,
            world.memory.lastStepIndex == world.status.currentStepIndex
        else { return }
        world.memory = Memory()
        turn()
    }

    mutating func command(_ random: inout Lehmer) {
        switch random.next(0...20) {
        case 0...2: promote()
        case 3...4: resume()
        case 5: skip(keepingPause: true)
        case 6: skip(keepingPause: false)
        case 7...8: world.rollout.spec.isPaused.toggle()
        case 9: world.rollout.status.isAborted = true
        case 10...11: world.rollout.status.isAborted = false
        case 12: if random.next(0...3) == 0 { world.rollout.status.promoteFull = true }
        case 13:
            if random.next(0...2) == 0 { hashes += 1 }
            world.update(to: "h\(hashes)")
        case 14: world.rollout.spec.stepsHash = "s\(random.next(1...2))"
        case 15: world.refusal = world.refusal == nil ? "bad" : nil
        case 16: world.now = world.now.advanced(bySeconds: random.next(1...40))
        case 17: world.endExperiment(random.next(0...1) == 0 ? .inconclusive : .successful)
        case 18: if random.next(0...3) == 0 { world.rollout.spec.restartAt = world.now }
        default:
            let phases: [RunPhase] = [.successful, .inconclusive, .inconclusive, .failed]
            let phase = phases[random.next(0...3)]
            world.end(phase) { !$0.phase.isCompleted }
        }
    }

    /// As `kubectl argo rollouts promote` does by what it sees (rollout-semantics §7.6).
    private mutating func promote() {
        world.rollout.spec.isPaused = false
        let isPaused = !world.status.pauseConditions.isEmpty
        if isPaused, world.status.stepRun?.phase == .inconclusive, world.status.controllerPause {
            world.rollout.status.controllerPause = false
            skip(keepingPause: false)
        } else if isPaused {
            resume()
        } else {
            skip(keepingPause: false)
        }
    }

    private mutating func resume() {
        // What a step was skipped for by its index was another one's pause.
        let index = world.status.currentStepIndex
        if !world.status.pauseConditions.isEmpty, isOpenPause(index), index == known {
            isPauseEnded = true
        }
        world.rollout.status.pauseConditions = []
    }

    private mutating func skip(keepingPause: Bool) {
        guard let index = world.status.currentStepIndex, index < steps.count else { return }
        if !keepingPause { world.rollout.status.pauseConditions = [] }
        world.rollout.status.currentStepIndex = index + 1
        isPauseEnded = false
    }

    mutating func turn() {
        world.letPodsStart()
        let before = world.status
        // What is to be there for the next revision comes before anything else.
        let isFollowed = world.refusal == nil && world.set(world.templateHash) != nil
        world.turn()
        let after = world.status
        if isFollowed { known = after.currentStepIndex }
        let isSameCourse =
            before.currentPodHash == after.currentPodHash
            && before.currentStepHash == after.currentStepHash
            && !before.promoteFull && !after.isAborted && before.abortedAt == nil
            && before.stableHash != before.currentPodHash
        guard isSameCourse else {
            isPauseEnded = false
            return
        }
        guard isFollowed, let old = before.currentStepIndex, let now = after.currentStepIndex else {
            return
        }
        if now != old, now != old + 1 { broken.append("from step \(old) to \(now)") }
        guard isOpenPause(old) else { return }
        if now > old {
            if !isPauseEnded { broken.append("pause \(old) was left and nobody asked") }
            isPauseEnded = false
        } else if isPauseEnded, !isHeld {
            broken.append("pause \(old) was ended and is still there")
        }
    }

    private var isHeld: Bool {
        world.rollout.spec.isPaused
            || world.status.pauseConditions.contains { $0.reason == .inconclusiveAnalysisRun }
    }

    mutating func end() {
        world.rollout.spec.isPaused = false
        world.refusal = nil
        for _ in 0..<40 {
            world.rollout.status.isAborted = false
            world.rollout.status.pauseConditions = []
            world.end(.successful) { !$0.phase.isCompleted }
            world.endExperiment(.successful)
            world.wait(60)
        }
    }
}
