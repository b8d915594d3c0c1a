import Documents
import KubernetesClient
import KubernetesObjects
import Testing

/// Three controllers of which one acts.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes controller with two standbys` {
    @Test func `is followed by one of them, which goes on where it was`() async throws {
        try await Kubernetes.with { try await $0.define() }
        try await Lane.with { lane in
            var lives: [Life] = []
            for _ in 0..<3 {
                lives.append(try await lane.startController(goesStraight: true, competes: true))
            }
            let replicas = Replicas(lives)
            var story = Story(lane)
            story.notes = { await replicas.said }
            try await story.tell(.good)
            // It is dead before it hears of the bad measurement.
            var turns = Story.Turns()
            turns.beforeBadAnswer = {
                do { try await replicas.killLeader() } catch { Issue.record(error) }
            }
            try await story.tell(.bad, turns)
            #expect(await replicas.leaders == 2)
            try await replicas.endLeader()
            try await story.tell(.good)
            #expect(await replicas.leaders == 3)
            let leases = try await lane.server.client.list(
                .leases, Selection(namespace: lane.kubernetes.namespace))
            #expect(leases.objects.map { $0.spec?["leaseTransitions"]?.int } == [2])
            let gap = try #require(Self.gap(in: lane.record))
            #expect((0...Self.longestGapMilliseconds).contains(gap))
        }
    }

    /// What a busy machine takes to hear of the lease and to write it. A standby that only looked
    /// every two seconds would take longer one time out of four, and one that had to wait for the
    /// end of the lease fifteen seconds.
    private static let longestGapMilliseconds: Int64 = 1_500

    /// How long nobody held the lease, by what both have written into it; nil where it was not
    /// given back just once.
    private static func gap(in record: Record) -> Int64? {
        let leases = record.events(of: .leases, since: 0).map { LeaseRecord($0.object) }
        let handovers = zip(leases, leases.dropFirst()).filter { $0.0.holder.isEmpty }
        guard handovers.count == 1, let (before, after) = handovers.first,
            let end = before.renewTime.flatMap(Timestamp.init(rfc3339:)),
            let begin = after.acquireTime.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        return begin.milliseconds(since: end)
    }
}

/// Several controllers that know of each other by their lease.
private actor Replicas {
    private let lives: [Life]
    private var isKilled = false

    init(_ lives: [Life]) {
        self.lives = lives
    }

    /// How many have led so far.
    var leaders: Int { lives.count { $0.hasLed } }

    var said: [String] { lives.map(\.program.errors) }

    private var leader: Life {
        get throws {
            let leading = lives.filter { $0.hasLed && $0.process.isRunning }
            guard leading.count == 1 else { throw Failure("\(leading.count) lead at once") }
            return leading[0]
        }
    }

    /// Once.
    func killLeader() async throws {
        if isKilled { return }
        isKilled = true
        try await leader.kill()
    }

    /// Tells it to end, and waits until it has.
    func endLeader() async throws {
        let leader = try leader
        leader.program.signal(15)
        guard try await leader.program.ended(within: 30) == 0 else {
            throw Failure("it ended otherwise: \(leader.program.errors)")
        }
    }
}

extension Life {
    var hasLed: Bool { program.errors.contains("leading") }
}
