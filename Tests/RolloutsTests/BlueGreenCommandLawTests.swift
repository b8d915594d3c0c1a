import Rollouts
import Testing

/// The same for blue-green rollouts whose previews people end.
struct `Blue-green commands under random events` {
    /// Holds: 4.9 BlueGreenPause, 4.12 pause.
    @Test(arguments: 0..<200) func `leave what they were given for, once`(seed: Int) {
        var random = Lehmer(seed)
        var play = Play(&random)
        play.run(&random, seed)
    }
}

private struct Play: CommandPlay {
    var world: World
    var broken: [String] = []
    private let plan: BlueGreen
    private var hashes = 2
    /// Somebody has ended the preview of the present revision.
    private var isPreviewEnded = false

    init(_ random: inout Lehmer) {
        let (before, after) = (random.next(0...1) == 0, random.next(0...1) == 0)
        let count = random.next(0...2) == 0 ? 1 : nil
        plan = twoServices {
            $0.promotion = .byHand
            $0.judgesPreview = before
            $0.judgesActive = after
            $0.previewReplicaCount = count
            // Else a return to a former revision needs nobody.
            $0.scaleDownDelaySeconds = 0
        }
        world = deployed(plan, size: random.next(1...4))
        world.update(to: "h2")
    }

    mutating func restart(_ random: inout Lehmer) {
        if random.next(0...3) == 0 { world.memory = Memory() }
    }

    mutating func command(_ random: inout Lehmer) {
        switch random.next(0...15) {
        case 0...1:
            world.rollout.spec.isPaused = false
            resume()
        case 2...3: resume()
        case 4...5: world.rollout.spec.isPaused.toggle()
        case 6: world.rollout.status.isAborted = true
        case 7...8: world.rollout.status.isAborted = false
        case 9: if random.next(0...3) == 0 { world.rollout.status.promoteFull = true }
        case 10:
            if random.next(0...2) == 0 { hashes += 1 }
            world.update(to: "h\(hashes)")
        case 11: world.refusal = world.refusal == nil ? "bad" : nil
        case 12: world.limits["h\(hashes)"] = world.limits.isEmpty ? random.next(0...2) : nil
        case 13: if random.next(0...2) == 0 { moveBack() }
        default:
            let phases: [RunPhase] = [.successful, .successful, .inconclusive, .failed]
            let phase = phases[random.next(0...3)]
            world.end(phase) { !$0.phase.isCompleted }
        }
    }

    private mutating func resume() {
        let reasons = world.status.pauseConditions.map(\.reason)
        // What asks a person where nothing is judged is traffic that went back without a word.
        let isAsked = reasons.contains(.blueGreenPause) || !plan.judgesPreview
        if !reasons.isEmpty, isAsked { isPreviewEnded = true }
        world.rollout.status.pauseConditions = []
    }

    /// Somebody moves the service by hand, after it was noted where it leads.
    private mutating func moveBack() {
        let stable = world.status.stableHash
        guard world.active != stable, world.active == world.status.blueGreen.activeHash,
            world.set(stable)?.available ?? 0 > 0
        else { return }
        world.services[plan.activeService]?.hash = stable
        isPreviewEnded = false
    }

    mutating func turn() {
        world.letPodsStart()
        let (before, wasActive) = (world.status, world.active)
        world.turn()
        let after = world.status
        let isSame = before.currentPodHash == after.currentPodHash
        if !isSame || after.isAborted || before.abortedAt != nil { isPreviewEnded = false }
        guard isSame, world.active != wasActive, world.active != before.stableHash else { return }
        if before.isAborted, before.abortedAt == nil { broken.append("traffic after an abort") }
        if !isPreviewEnded, !before.promoteFull {
            broken.append("the preview of \(world.active) was left and nobody asked")
        }
        if plan.judgesPreview, !before.promoteFull, after.blueGreen.preRun?.phase != .successful {
            broken.append("\(world.active) serves unjudged")
        }
    }

    mutating func end() {
        world.rollout.spec.isPaused = false
        world.refusal = nil
        world.limits = [:]
        for _ in 0..<10 {
            world.rollout.status.isAborted = false
            world.rollout.status.pauseConditions = []
            world.end(.successful) { !$0.phase.isCompleted }
            world.wait(60)
        }
    }
}
