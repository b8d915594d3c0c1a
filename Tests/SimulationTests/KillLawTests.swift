import Simulation
import Testing

/// Random releases of a controller that dies at random writes, and knows no more afterwards than
/// the API server does: they end as those of one that lives.
struct `Any controller that dies` {
    /// Holds: 9.4 P9.
    @Test func `brings its releases to the same end`() async throws {
        try await expect(Self.laws) { Self.release($0) }
    }

    private static let laws: Laws = { transcript, trial in
        var living = trial
        living.faults = []
        let wanted = try living.play().end
        let broken = brokenLaws(transcript)
        if transcript.end == wanted { return broken }
        return broken
            + ["P9: \(transcript.end?.sentence ?? "") is not \(wanted?.sentence ?? "")"]
    }

    /// Every second one is given up at an open pause, and the others are brought to their end: both
    /// long after everything else, so that a second more or less changes nothing.
    private static func release(_ seed: Int) -> Trial {
        var random = Lehmer(seed)
        var trial = Trial(seed: seed)
        let isGivenUp = seed % 2 == 1
        trial.spec = ["replicas: \(random.next(1...6))"]
        trial.steps = (0..<random.next(1...4)).map { _ in step(&random) }
        if isGivenUp {
            trial.steps.insert("{pause: {}}", at: random.next(0...trial.steps.count))
        }
        trial.fields = [
            "dynamicStableScale: \(seed % 3 == 2)",
            "scaleDownDelaySeconds: \(seed % 3 == 2 ? "null" : "5")",
            "canaryMetadata: \(seed % 5 == 3 ? "{labels: {part: canary}}" : "null")",
        ]
        trial.opening = ["0s metric error-rate 0.001", "5s image model-api:v2"]
        if seed % 4 == 2 { trial.events.append("60s image model-api:v3") }
        trial.ending = ["150s \(isGivenUp ? "abort" : "promote full")", "250s end"]
        trial.podStartSeconds = random.next(0...4)
        trial.takesRolloutsFirst = random.next(0...1) == 0
        for _ in 0..<random.next(1...3) {
            let write = random.next(1...60)
            trial.faults.append(random.next(0...1) == 0 ? .killBefore(write) : .killAfter(write))
        }
        return trial
    }

    private static func step(_ random: inout Lehmer) -> String {
        switch random.next(0...5) {
        case 0: "{pause: {duration: \(random.next(0...10))}}"
        case 1: "{analysis: {templates: [{templateName: model-api-errors}]}}"
        case 2: "{experiment: {duration: 5s, templates: [{name: old, specRef: stable}]}}"
        default: "{setWeight: \(random.next(0...100))}"
        }
    }
}
