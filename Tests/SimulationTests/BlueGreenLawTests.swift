import Foundation
import Simulation
import Testing

/// Random plans, random events and faults on the whole stack: the laws hold, and at the end
/// everything can be given back.
struct `Any blue-green release` {
    @Test(arguments: `Any release`.seeds) func `keeps the laws`(seed: Int) throws {
        var random = Lehmer(seed)
        let text = document(&random) + "\n---\n" + story(&random)
        var player = try Scenario(text: text).player
        player.timing.podStartSeconds = random.next(0...4)
        player.takesRolloutsFirst = random.next(0...1) == 0
        for _ in 0..<random.next(0...3) { player.faults.append(fault(&random)) }
        let transcript = player.play()
        let isUp = text.contains("promote full\n250s")
        let comment: Comment = "seed \(seed), faults \(player.faults)\n\(text)\n\(transcript.text)"
        #expect(brokenLaws(transcript) + brokenSwitches(transcript) == [], comment)
        let end = try #require(transcript.end)
        let last = try #require(transcript.samples.last)
        #expect(last.stableHash == end.stable, comment)
        #expect(last.stableAvailable == last.size, comment)
        if isUp {
            #expect(end.phase == "Healthy", comment)
            #expect(end.stable == end.current, comment)
        }
        #expect(end.pods.count == 1, comment)
    }

    /// Forward only to a whole revision, as long as anybody serves.
    private func brokenSwitches(_ transcript: Transcript) -> [String] {
        zip(transcript.samples, transcript.samples.dropFirst()).compactMap { before, after in
            guard before.stableHash != after.stableHash, !after.isAborted,
                before.stableAvailable > 0, after.stableAvailable < after.size
            else { return nil }
            return "\(after.milliseconds) ms: all traffic on \(after.stableAvailable) pods"
        }
    }

    private func document(_ random: inout Lehmer) -> String {
        let analysis = "{templates: [{templateName: model-api-errors}]}"
        var plan = [
            "activeService: model-api", "scaleDownDelaySeconds: \(random.next(0...10))",
            "abortScaleDownDelaySeconds: 5",
        ]
        if random.next(0...3) > 0 { plan.append("previewService: model-api-canary") }
        if random.next(0...2) == 0 { plan.append("autoPromotionEnabled: false") }
        if random.next(0...2) == 0 { plan.append("autoPromotionSeconds: \(random.next(1...10))") }
        if random.next(0...2) == 0 { plan.append("previewReplicaCount: \(random.next(1...3))") }
        if random.next(0...1) == 0 { plan.append("prePromotionAnalysis: \(analysis)") }
        if random.next(0...1) == 0 { plan.append("postPromotionAnalysis: \(analysis)") }
        return """
            spec:
              replicas: \(random.next(1...5))
              progressDeadlineSeconds: \(random.next(20...60))
              progressDeadlineAbort: \(random.next(0...1) == 0)
              strategy: {canary: null, blueGreen: {\(plan.joined(separator: ", "))}}
            """
    }

    /// Ends with everything mended, and with the rollout given up or brought to its end.
    private func story(_ random: inout Lehmer) -> String {
        var lines = ["0s metric error-rate 0.001", "5s image model-api:v2"]
        for number in 1...random.next(2...9) {
            lines.append("\(5 + number * random.next(1...9))s \(event(&random))")
        }
        return
            (lines + [
                "100s new-pods all", "100s stable-pods all", "100s edit {spec: {paused: false}}",
                random.next(0...1) == 0 ? "110s abort" : "110s promote full", "250s end",
            ]).joined(separator: "\n")
    }

    private func event(_ random: inout Lehmer) -> String {
        switch random.next(0...14) {
        case 0...2: "image model-api:v\(random.next(1...4))"
        case 3: "new-pods \(random.next(0...3))"
        case 4: "stable-pods \(random.next(0...3))"
        case 5: "abort"
        case 6: "retry"
        case 7: "promote full"
        case 8: "pause"
        case 9: "resume"
        case 10: "scale \(random.next(1...6))"
        case 11: "crash"
        case 12: "new-pods all"
        case 13: "metric error-rate \(random.one(of: ["0.001", "0.5", "none"]))"
        default: "promote"
        }
    }

    private func fault(_ random: inout Lehmer) -> SimulatedFault {
        let write = random.next(1...50)
        return switch random.next(0...4) {
        case 0: .killBefore(write)
        case 1: .killAfter(write)
        case 2: .refuse(write)
        case 3: .loseAnswer(write)
        default: .holdBack(write)
        }
    }
}
