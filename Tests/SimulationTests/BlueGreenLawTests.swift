import Simulation
import Testing

/// Random plans, random events and faults on the whole stack: the laws hold, and at the end
/// everything can be given back.
struct `Any blue-green release` {
    /// Holds: 9.4 P5, 9.4 P10, 9.4 P12.
    @Test func `keeps the laws`() async throws {
        try await expect(Self.laws) { Self.release($0) }
    }

    private static let laws: Laws = { transcript, trial in
        var broken = brokenLaws(transcript) + brokenSwitches(transcript)
        guard let end = transcript.end, let last = transcript.samples.last else {
            return broken + ["END: nothing was played"]
        }
        if last.stableHash != end.stable { broken.append("END: another revision is active") }
        if last.stableAvailable != last.size {
            broken.append("END: \(last.stableAvailable) of \(last.size) active pods")
        }
        if trial.ending.contains("80s promote full") {
            if end.phase != "Healthy" { broken.append("END: \(end.phase), \(end.message)") }
            if end.stable != end.current { broken.append("END: what was promoted is not active") }
        }
        if end.pods.count != 1 { broken.append("END: pods of \(end.pods.count) revisions") }
        return broken
    }

    /// Forward only to a whole revision, as long as anybody serves.
    private static func brokenSwitches(_ transcript: Transcript) -> [String] {
        zip(transcript.samples, transcript.samples.dropFirst()).compactMap { before, after in
            guard before.stableHash != after.stableHash, after.stableHash == after.currentHash,
                before.stableAvailable > 0, after.stableAvailable < after.size
            else { return nil }
            return "\(after.milliseconds) ms: P5: all traffic on \(after.stableAvailable) pods"
        }
    }

    /// Ends with everything mended, and with the rollout given up or brought to its end.
    private static func release(_ seed: Int) -> Trial {
        var random = Lehmer(seed)
        var trial = Trial(seed: seed)
        trial.strategy = "blueGreen"
        trial.fields = plan(&random)
        trial.spec = [
            "replicas: \(random.next(1...5))", "progressDeadlineSeconds: \(random.next(20...60))",
            "progressDeadlineAbort: \(random.next(0...1) == 0)",
        ]
        trial.opening = ["0s metric error-rate 0.001", "5s image model-api:v2"]
        trial.addEvents(2...9, &random) { event(&$0) }
        trial.addEnding(seconds: 400, &random)
        trial.addWorld(&random) { `Any release`.fault(&$0) }
        return trial
    }

    private static func plan(_ random: inout Lehmer) -> [String] {
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
        if random.next(0...3) == 0 {
            plan.append("previewMetadata: {labels: {part: preview}}")
            plan.append("activeMetadata: {labels: {part: active}}")
        }
        return plan
    }

    private static func event(_ random: inout Lehmer) -> String {
        switch random.next(0...15) {
        case 15: "restart"
        case 0...2: "image model-api:v\(random.next(1...4))"
        case 3: "new-pods \(random.next(0...3))"
        case 4: "stable-pods \(random.next(0...3))"
        case 5: "abort"
        case 6: "retry"
        case 7: "promote full"
        case 8: "pause"
        case 9: "resume"
        case 10: scaling(to: random.next(1...6))
        case 11: "crash"
        case 12: "new-pods all"
        case 13: "metric error-rate \(random.one(of: ["0.001", "0.5", "none"]))"
        default: "promote"
        }
    }
}
