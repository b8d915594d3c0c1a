import Documents
import Testing

/// The releases of one lane, one after the other, whatever happens to them.
struct Story {
    let lane: Lane
    /// The release that has all traffic when nothing is under way.
    private(set) var stable = 0
    /// What else is known when something went wrong.
    var notes: @Sendable () async -> [String] = { [] }

    init(_ lane: Lane) {
        self.lane = lane
    }

    /// What a test does while a release is under way.
    struct Turns: Sendable {
        /// Before a bad answer is given, each time.
        var beforeBadAnswer: @Sendable () async -> Void = {}
        /// Again and again.
        var meanwhile: @Sendable () async throws -> Void = {}
        /// Asked when all is where it should be.
        var isOver: @Sendable () async -> Bool = { true }
        /// Whether the record has all of it: a server that was away forgets.
        var hasWholeRecord = true
    }

    /// Asks for the next release, waits until it has ended as it must, and judges its way.
    ///
    /// - Parameter end: what the release is judged by; nil for what is answered first.
    mutating func tell(
        _ answer: Oracle.Mood, endsAs end: Oracle.Mood? = nil, seconds: Int = 120,
        _ turns: Turns = Turns()
    ) async throws {
        let begin = lane.record.count
        lane.oracle.answer(answer, before: turns.beforeBadAnswer)
        let release = try await lane.release()
        let isBad = (end ?? answer) != .good
        var expected =
            isBad
            ? Ending.aborted(release, stable: stable)
            : .healthy(release, steps: lane.steps.array?.count ?? 0)
        if (end ?? answer) == .away { expected.runs = ["Error"] }
        do {
            _ = try await eventually("the end of a release", seconds: seconds) { () -> Bool? in
                try await turns.meanwhile()
                let isOver = lane.ending == expected
                return isOver ? await turns.isOver() ? true : nil : nil
            }
        } catch {
            throw Failure("\(error)\n\(await told(begin))\nexpected \(expected)")
        }
        if !isBad { stable = release }
        // The first one goes up at once.
        if release == 1 { return }
        let story = await told(begin)
        let way = lane.weights(since: begin).filter { $0 > 0 }
        if turns.hasWholeRecord { #expect(way == (isBad ? [50] : [50, 100]), "\(story)") }
        #expect(lane.offences(of: release, since: begin) == [], "\(story)")
    }

    /// All that is known of what went wrong.
    private func told(_ begin: Int) async -> String {
        let ending = lane.ending.map { "\($0)" } ?? "no rollout"
        return (await notes() + ["weights \(lane.weights(since: begin))", "got \(ending)"])
            .joined(separator: "\n")
    }
}
