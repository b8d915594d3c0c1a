import Testing

/// kill -9 at every write of a release and of an abort, on a real API server: the process is gone
/// before the server sees the write, or after it has stored it and before anybody hears of it.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes controller that is killed at a write` {
    /// How many releases are under way at once: what takes the time is waiting.
    private static let lanes = 6

    @Test func `is followed by one that ends the release where it should end`() async throws {
        let agenda = Agenda(
            Reaper.Side.allCases.map { Series(isBad: false, side: $0, order: []) })
        let kills = try await play(agenda)
        // Status, ReplicaSets, Services, Ingress and run at least.
        #expect(kills.allSatisfy { $0 > 8 }, "\(kills)")
    }

    /// The run, the status and the weight are written side by side.
    @Test func `is followed by one that gives all traffic back`() async throws {
        let orders = [
            ["ingresses", "rollouts", "analysisruns"], ["analysisruns", "rollouts", "ingresses"],
        ]
        let agenda = Agenda(
            orders.flatMap { order in
                Reaper.Side.allCases.map { Series(isBad: true, side: $0, order: order) }
            })
        let kills = try await play(agenda)
        #expect(kills.allSatisfy { $0 > 3 }, "\(kills)")
    }

    /// - Returns: how many times each series was killed.
    private func play(_ agenda: Agenda) async throws -> [Int] {
        try await Kubernetes.with { try await $0.define() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.lanes {
                group.addTask {
                    let reaper = Reaper()
                    try await Lane.with({ await reaper.pass($0, $1) }) { lane in
                        try await play(agenda, on: lane, reaper)
                    }
                }
            }
            try await group.waitForAll()
        }
        return await agenda.kills
    }

    private func play(_ agenda: Agenda, on lane: Lane, _ reaper: Reaper) async throws {
        var story = Story(lane)
        story.notes = { await reaper.lines }
        var turns = Story.Turns()
        turns.beforeBadAnswer = { await reaper.alarm() }
        turns.meanwhile = {
            if await reaper.isVacant { await reaper.guards(try await lane.startController()) }
        }
        turns.isOver = { await reaper.isQuiet }
        try await story.tell(.good, turns)
        while let (number, plan, isBad) = await agenda.next() {
            await reaper.follow(plan)
            try await story.tell(isBad ? .bad : .good, turns)
            if let trouble = await reaper.trouble { throw trouble }
            let lines = await reaper.impatient + reaper.lines
            #expect(await reaper.hasComeInOrder, "\(lines)")
            await agenda.played(number, hasStruck: await reaper.hasStruck)
        }
    }
}

/// The same story again and again, killed one write later each time.
struct Series: Hashable, Sendable {
    let isBad: Bool
    let side: Reaper.Side
    let order: [String]
}

/// What is to be played: a series is over when its story has no such write any more.
actor Agenda {
    private let series: [Series]
    private var begun: [Int]
    private var isOver: [Bool]
    /// How many writes each series had.
    private(set) var kills: [Int]

    init(_ series: [Series]) {
        self.series = series
        begun = series.map { _ in 0 }
        kills = begun
        isOver = series.map { _ in false }
    }

    /// The series that is least far.
    func next() -> (number: Int, plan: Reaper.Plan, isBad: Bool)? {
        let open = series.indices.filter { !isOver[$0] }
        guard let number = open.min(by: { begun[$0] < begun[$1] }) else { return nil }
        begun[number] += 1
        let (series, write) = (series[number], begun[number])
        let plan = Reaper.Plan(
            write: write, side: series.side, order: series.order, waitsForAlarm: series.isBad)
        return (number, plan, series.isBad)
    }

    func played(_ number: Int, hasStruck: Bool) {
        if hasStruck { kills[number] += 1 } else { isOver[number] = true }
    }
}
