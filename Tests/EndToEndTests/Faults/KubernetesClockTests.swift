import Documents
import Foundation
import KubernetesClient
import KubernetesObjects
import Testing

/// Somebody sets the clock of the machine while a release waits.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes controller whose clock is set` {
    private static let pauseSeconds = 10

    @Test func `waits as long as it should, leads, and judges as before`() async throws {
        try await Kubernetes.with { try await $0.define() }
        let pause: JSON = ["pause": ["duration": .string("\(Self.pauseSeconds)s")]]
        let steps = (Lane.judged.array ?? []).flatMap {
            $0["setWeight"] == nil ? [$0] : [$0, pause]
        }
        try await Lane.with(steps: .array(steps)) { lane in
            let clock = try SetClock(in: lane.kubernetes.scratch)
            let life = try await lane.startController(
                goesStraight: true, competes: true, environment: clock.environment)
            var story = Story(lane)
            story.notes = { [life.program.errors] }
            try await story.tell(.good)
            let forward = Pause(lane) { try clock.set(secondsAhead: 3600) }
            try await story.tell(.good, forward.turns)
            // By the clock alone it would be over at once. The test may have come to it late.
            #expect(await forward.lasted ?? .zero > .seconds(Self.pauseSeconds / 5))
            let back = Pause(lane) { try clock.set(secondsAhead: 0) }
            // By the clock alone it would last for an hour.
            try await story.tell(.bad, back.turns)
            #expect(await back.lasted != nil)
            for direction in ["forward", "back"] {
                #expect(life.program.errors.contains("was set 3600 s \(direction)"))
            }
            #expect(life.hasLed && life.process.isRunning)
            let leases = try await lane.server.client.list(
                .leases, Selection(namespace: lane.kubernetes.namespace))
            #expect(leases.objects.map { $0.spec?["leaseTransitions"]?.int ?? 0 } == [0])
        }
    }
}

/// The clock that one process sees. What measures how time passes is left to it.
private struct SetClock {
    private let path: String

    init(in scratch: Scratch) throws {
        path = scratch.path("clock")
        try set(secondsAhead: 0)
    }

    var environment: [String: String] {
        [
            // The loader puts its own directory of libraries there.
            "LD_PRELOAD": "/usr/$LIB/faketime/libfaketime.so.1",
            "FAKETIME_TIMESTAMP_FILE": path, "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }

    func set(secondsAhead seconds: Int) throws {
        try Data("+\(seconds)\n".utf8).write(to: URL(filePath: path), options: .atomic)
    }
}

/// The pause of one release, and what is done when it has begun.
private actor Pause {
    private let lane: Lane
    private let act: @Sendable () throws -> Void
    private var begun: ContinuousClock.Instant?
    private(set) var lasted: Duration?

    init(_ lane: Lane, _ act: @escaping @Sendable () throws -> Void) {
        self.lane = lane
        self.act = act
    }

    nonisolated var turns: Story.Turns {
        var turns = Story.Turns()
        turns.meanwhile = { try await self.look() }
        return turns
    }

    private func look() throws {
        let isPaused = lane.status?["pauseConditions"]?.array?.isEmpty == false
        if isPaused, begun == nil {
            begun = .now
            try act()
        } else if !isPaused, let begun, lasted == nil {
            lasted = begun.duration(to: .now)
        }
    }
}
