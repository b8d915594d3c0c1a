import Simulation
import Testing

/// Random releases whose share of the pods is their share of the traffic, with random events and
/// faults: enough pods serve, no more are asked for than may be, and at the end all are stable's.
struct `Any release without a router` {
    /// Holds: 9.4 P1, 9.4 P2.
    @Test func `keeps the laws`() async throws {
        try await expect(Self.laws) { Self.release($0) }
    }

    private static let laws: Laws = { transcript, trial in
        var broken = brokenLaws(transcript)
        guard let end = transcript.end, let last = transcript.samples.last else {
            return broken + ["END: nothing was played"]
        }
        if trial.ending.contains("80s promote full") {
            if end.phase != "Healthy" { broken.append("END: \(end.phase), \(end.message)") }
            if end.stable != end.current { broken.append("END: what was promoted is not stable") }
        }
        if end.isAborted, end.step ?? 0 != 0 { broken.append("P6: step \(end.step ?? 0) stays") }
        if last.stableHash != end.stable || last.stableAvailable != last.size {
            broken.append("END: \(last.stableAvailable) of \(last.size) pods of stable")
        }
        if end.pods.count != 1 { broken.append("END: pods of \(end.pods.count) revisions") }
        return broken
    }

    /// What may be on top, and what may be missing.
    private static let room = [
        ("25%", "25%"), ("1", "0"), ("0", "1"), ("50%", "0"), ("2", "50%"), ("0", "40%"),
    ]

    private static func release(_ seed: Int) -> Trial {
        var random = Lehmer(seed)
        var trial = Trial(seed: seed)
        trial.spec = [
            "replicas: \(random.next(1...8))", "progressDeadlineSeconds: \(random.next(20...60))",
            "progressDeadlineAbort: \(random.next(0...1) == 0)",
        ]
        trial.steps = (0..<random.next(0...4)).map { _ in step(&random) }
        let (surge, unavailable) = random.one(of: room)
        trial.fields = [
            // Together: with a delay and no router the document is refused.
            "trafficRouting: null\n      scaleDownDelaySeconds: null",
            "abortScaleDownDelaySeconds: null", "maxSurge: \(surge)",
            "maxUnavailable: \(unavailable)",
        ]
        trial.opening = ["0s metric error-rate 0.001", "5s image model-api:v2"]
        trial.addEvents(2...7, &random) { event(&$0) }
        trial.addEnding(mending: ["metric error-rate 0.001"], seconds: 400, &random)
        trial.addWorld(&random) { `Any release`.fault(&$0) }
        return trial
    }

    private static func step(_ random: inout Lehmer) -> String {
        switch random.next(0...4) {
        case 0: "{pause: {}}"
        case 1: "{pause: {duration: \(random.next(0...20))}}"
        case 2: "{analysis: {templates: [{templateName: model-api-errors}]}}"
        default: "{setWeight: \(random.next(0...100))}"
        }
    }

    private static func event(_ random: inout Lehmer) -> String {
        switch random.next(0...14) {
        case 0...1: "image model-api:v\(random.next(1...4))"
        case 2: "new-pods \(random.next(0...3))"
        case 3: "stable-pods \(random.next(0...3))"
        case 4: "abort"
        case 5: "retry"
        case 6: "promote full"
        case 7: "pause"
        case 8: "resume"
        case 9: scaling(to: random.next(1...8))
        case 10: "crash"
        case 11: "new-pods all"
        case 12: "metric error-rate \(random.one(of: ["0.001", "0.5", "none"]))"
        case 13: "restart"
        default: "promote"
        }
    }
}
