import Simulation
import Testing

/// Random releases of a controller that dies at random writes, and knows no more afterwards than
/// the API server does: they end as those of one that lives.
struct `Any controller that dies` {
    /// Holds: 9.4 P9.
    @Test func `brings its releases to the same end`() async throws {
        try await expect(endsAlike("P9") { $0.faults = [] }, seeds: 60) { Self.release($0) }
    }

    /// Every second one is given up at an open pause, and the others are brought to their end: both
    /// long after everything else, so that a second more or less changes nothing.
    private static func release(_ seed: Int) -> Trial {
        var random = Lehmer(seed)
        var trial = quietRelease(seed, &random)
        let isGivenUp = seed % 2 == 1
        if isGivenUp {
            trial.steps.insert("{pause: {}}", at: random.next(0...trial.steps.count))
        }
        if seed % 4 == 2 { trial.events.append("60s image model-api:v3") }
        trial.ending = ["150s \(isGivenUp ? "abort" : "promote full")", "250s end"]
        for _ in 0..<random.next(1...3) {
            let write = random.next(1...60)
            trial.faults.append(random.next(0...1) == 0 ? .killBefore(write) : .killAfter(write))
        }
        return trial
    }
}

/// Random releases that are given up on the way, and begun again: they end as if nobody had.
struct `Any release that is begun again` {
    /// Holds: 9.4 P7.
    @Test func `comes to the same end`() async throws {
        try await expect(endsAlike("P7") { $0.events = [] }, seeds: 60) { Self.release($0) }
    }

    /// Nobody helps it to its end; every second one comes to an open pause first, and waits there.
    private static func release(_ seed: Int) -> Trial {
        var random = Lehmer(seed)
        var trial = quietRelease(seed, &random)
        if seed % 2 == 1 { trial.steps.append("{pause: {}}") }
        for _ in 0..<random.next(1...2) {
            let time = random.next(6...40)
            trial.events.append("\(time)s abort")
            trial.events.append("\(time + random.next(1...15))s retry")
        }
        trial.ending = ["250s end"]
        return trial
    }
}

/// Ends as the same release does without what is tried on it.
private func endsAlike(
    _ law: String, without: @escaping @Sendable (inout Trial) -> Void
) -> Laws {
    { transcript, trial in
        var quiet = trial
        without(&quiet)
        let wanted = try quiet.play().end
        let broken = brokenLaws(transcript)
        if transcript.end == wanted { return broken }
        return broken
            + ["\(law): \(transcript.end?.sentence ?? "") is not \(wanted?.sentence ?? "")"]
    }
}

/// A release that all goes well with.
private func quietRelease(_ seed: Int, _ random: inout Lehmer) -> Trial {
    var trial = Trial(seed: seed)
    trial.spec = ["replicas: \(random.next(1...6))"]
    trial.steps = (0..<random.next(1...4)).map { _ in step(&random) }
    trial.fields = [
        "dynamicStableScale: \(seed % 3 == 2)",
        "scaleDownDelaySeconds: \(seed % 3 == 2 ? "null" : "5")",
        "canaryMetadata: \(seed % 5 == 3 ? "{labels: {part: canary}}" : "null")",
    ]
    trial.opening = ["0s metric error-rate 0.001", "5s image model-api:v2"]
    trial.podStartSeconds = random.next(0...4)
    trial.takesRolloutsFirst = random.next(0...1) == 0
    return trial
}

private func step(_ random: inout Lehmer) -> String {
    switch random.next(0...5) {
    case 0: "{pause: {duration: \(random.next(0...10))}}"
    case 1: "{analysis: {templates: [{templateName: model-api-errors}]}}"
    case 2: "{experiment: {duration: 5s, templates: [{name: old, specRef: stable}]}}"
    default: "{setWeight: \(random.next(0...100))}"
    }
}
