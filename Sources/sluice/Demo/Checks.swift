import Documents
import Foundation
import KubernetesObjects

/// What the story claims, held against what the client counted.
struct Checks: Sendable {
    let narrator: Narrator
    let load: LoadClient
    let stage: Stage
    private var wrong = 0
    /// Who served everything at the last end.
    private var stable = "v1"
    private var toldRuns: Set<String> = []

    init(narrator: Narrator, load: LoadClient, stage: Stage) {
        self.narrator = narrator
        self.load = load
        self.stage = stage
        toldRuns = Set(stage.hand.runs.map(\.uid))
    }

    /// Fewer requests than this show no share.
    private static let leastRequests = 1_000

    /// Follows the canary through `weights`: at each the share that was observed while it was
    /// asked, and what the analysis measured, with its queries where the reader has not seen them
    /// often enough.
    mutating func steps(
        _ weights: [Int], of version: String, withQueries: Bool = false
    ) async throws {
        let hand = stage.hand
        for weight in weights {
            try await hand.wait(for: "\(weight) % on \(version)", seconds: 90) {
                hand.weight == weight && hand.isVerified
            }
            let begin = try await settled()
            try await hand.wait(for: "the verdict at \(weight) %", seconds: 120) { [self] in
                hand.weight != weight || (hand.phase == "Paused" && enough(since: begin))
            }
            share(weight, of: version, load.count - begin)
            tellRuns(withQueries: withQueries)
        }
    }

    private func enough(since begin: LoadClient.Tally) -> Bool {
        (load.count - begin).total >= Self.leastRequests
    }

    /// The count from which a new weight is in force everywhere: nginx has read it, and what was on
    /// its way is there.
    private func settled() async throws -> LoadClient.Tally {
        try await Task.sleep(for: .milliseconds(1_000))
        return load.count
    }

    /// The count from which no other version answers any more: on a busy machine nginx reads its
    /// new routes late, and slow answers are still on their way. Whoever answers after that, or for
    /// longer than that, counts.
    private func quieted(to version: String) async throws -> LoadClient.Tally {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(15)
        var begin = load.count
        repeat {
            try await Task.sleep(for: .milliseconds(1_500))
            let now = load.count
            defer { begin = now }
            if (now - begin).share(of: version) == 100 { break }
        } while clock.now < end
        return begin
    }

    /// An honest share of n requests lies within 4.5 standard deviations, but for one run in a
    /// hundred thousand.
    private mutating func share(
        _ asked: Int, of version: String, _ counted: LoadClient.Tally
    ) {
        guard let observed = counted.share(of: version) else {
            claim("share", "asked \(asked) %, no answers at all", holds: false)
            return
        }
        let part = Double(asked) / 100
        let tolerance = 450 * (part * (1 - part) / Double(max(1, counted.total))).squareRoot()
        let holds =
            counted.total >= Self.leastRequests
            && abs(observed - Double(asked)) <= max(tolerance, 0.5)
        claim(
            "\(asked) %",
            "asked \(asked), observed \(oneDecimal(observed))"
                + " % of \(grouped(counted.total)) requests",
            holds: holds)
    }

    private mutating func tellRuns(withQueries: Bool = false) {
        for run in stage.hand.runs where !toldRuns.contains(run.uid) {
            guard let phase = run.status?["phase"]?.string, phase != "Running", phase != "Pending"
            else {
                continue
            }
            toldRuns.insert(run.uid)
            narrator.run(run, withQueries: withQueries)
        }
    }

    /// How the rollout ends, and who serves everything then.
    mutating func ends(_ phase: String, serving version: String) async throws {
        let hand = stage.hand
        try await hand.wait(for: "the end \(phase)", seconds: 90) {
            hand.phase == phase && hand.weight == 0 && hand.isObserved && hand.isVerified
        }
        stable = version
        tellRuns()
        if let message = hand.status["message"]?.string, !message.isEmpty {
            narrator.line(phase, message)
        }
        let begin = try await quieted(to: version)
        try await hand.wait(for: "requests", seconds: 60) { [self] in enough(since: begin) }
        let counted = load.count - begin
        let served = counted.share(of: version) ?? 0
        claim(
            "end",
            "\(phase): \(version) serves \(oneDecimal(served)) % of "
                + "\(grouped(counted.total)) requests",
            holds: served == 100)
    }

    /// That the rollout ends degraded, with all traffic on what was stable before.
    mutating func givesBack() async throws {
        try await ends("Degraded", serving: stable)
    }

    /// What the whole story cost its clients.
    mutating func ended() -> Int {
        let count = load.count
        narrator.say()
        let meant = count.errors.values.reduce(0, +)
        claim(
            "all requests",
            "\(grouped(count.total)) answered, \(meant) with the errors of version 3, "
                + "\(count.failureCount) failed",
            holds: count.failureCount == 0 && count.errors.keys.allSatisfy { $0 == "v3" })
        for failure in count.failures { narrator.say("          \(failure)") }
        return wrong
    }

    mutating func claim(_ subject: String, _ text: String, holds: Bool) {
        if !holds { wrong += 1 }
        narrator.line(subject, text, isGood: holds)
    }
}

private func oneDecimal(_ number: Double) -> String { String(format: "%.1f", number) }

/// 12345 as `12,345`.
func grouped(_ number: Int) -> String {
    var digits = String(number)
    var parts: [String] = []
    while digits.count > 3 {
        parts.insert(String(digits.suffix(3)), at: 0)
        digits.removeLast(3)
    }
    return ([digits] + parts).joined(separator: ",")
}
