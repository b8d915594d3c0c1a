import Foundation
import Synchronization
import Testing

/// Random moments, the same for the same seed, and minutes of load: `SLUICE_KILLS=10` asks for so
/// many, `SLUICE_SEED` for the same ones again. A single kill is part of every run.
@Suite(
    .serialized, .timeLimit(.minutes(15)),
    .enabled(
        if: ProcessInfo.processInfo.environment["SLUICE_KILLS"] != nil, "SLUICE_KILLS asks for it"))
struct `A cluster that is killed again and again` {
    @Test func `ends each release where it should, and answers every request`() async throws {
        let kills = setting("SLUICE_KILLS") ?? 2
        let seed = setting("SLUICE_SEED") ?? Int.random(in: 1...999_999)
        print("\(kills) kills, SLUICE_SEED=\(seed)")
        try await Scratch.with { scratch in
            try scratch.copyExample()
            let first = try await Cluster.start(in: scratch, limitSeconds: 600)
            let api = try await API(first)
            try await api.wait(for: "version 1") { $0.phase == "Healthy" }
            let load = try await first.load(perSecond: 60, limitSeconds: 800)
            let killing = Killing(first.program, load: load, in: scratch, seed: seed)
            var releases = Releases(api: api, scratch: scratch, load: load)
            async let last = killing.strike(kills)
            repeat {
                try await releases.next()
            } while !killing.isOver
            try await check(first, releases)
            let stable = "200 \(releases.stable)"
            _ = try await eventually("a hundred answers of the stable version", seconds: 20) {
                told(load).suffix(100).allSatisfy { $0 == stable } ? true : nil
            }
            load.signal(SIGTERM)
            _ = try await load.ended(within: 20)
            let answers = told(load)
            print("\(releases.revision) revisions, \(answers.count) answers")
            let errors = releases.errors
            let lost = answers.filter { !$0.hasPrefix("200 v") && !errors.contains(String($0)) }
            #expect(lost == [], "seed \(seed)")
            let program = try await last
            let family = killing.family.union(program.processes())
            program.signal(SIGTERM)
            #expect(try await program.ended(within: 30) == 0)
            #expect(Footprint(family).left == [], "seed \(seed)")
        }
    }

    /// Each release was begun once, and no pod was started twice.
    private func check(_ cluster: Cluster, _ releases: Releases) async throws {
        let sets = try await cluster.kubectl("get", "replicasets", "-o", "name").checked()
        #expect(sets.split(separator: "\n").count == releases.revision)
        let columns = "custom-columns=R:.status.containerStatuses[0].restartCount"
        let pods = try await cluster.kubectl("get", "pods", "--no-headers", "-o", columns).checked()
        #expect(pods.split(separator: "\n").allSatisfy { $0 == "0" }, "\(pods)")
    }

    private func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}

/// Good and bad releases by turns, each waited for to its end, whoever is dead at the moment.
private struct Releases {
    let api: API
    let scratch: Scratch
    let load: Program
    private(set) var revision = 1
    private(set) var stable = "v1"
    private var image = "v1"
    /// The answers that a bad release gives on purpose.
    private(set) var errors: Set<String> = []

    init(api: API, scratch: Scratch, load: Program) {
        self.api = api
        self.scratch = scratch
        self.load = load
    }

    private static let good = "[sluice, stand-in, model]"
    private static let bad = "[sluice, stand-in, model, --error-percent, '8']"

    mutating func next() async throws {
        revision += 1
        let version = "v\(revision)"
        let isGood = !revision.isMultiple(of: 3)
        let text = try scratch.read("rollout.yaml").replacing(Self.bad, with: Self.good)
        try scratch.write(
            text.replacing("model-api:\(image)", with: "model-api:\(version)")
                .replacing(Self.good, with: isGood ? Self.good : Self.bad),
            to: "rollout.yaml")
        image = version
        if isGood { stable = version } else { errors.insert("500 \(version)") }
        let (wanted, name) = (isGood ? "Healthy" : "Degraded", "\(revision)")
        let end = try await eventually("\(version) to be \(wanted)", seconds: 200) {
            let rollout: Rollout
            do { rollout = try await api.look() } catch { return nil as Rollout? }
            let isThere =
                rollout.isObserved && rollout.image == "model-api:\(version)"
                && rollout.revision == name
            return isThere && rollout.phase == wanted && rollout.weight == 0 ? rollout : nil
        }
        #expect(end.isUpdated == isGood)
        #expect((end.status?.abort == true) == !isGood)
        // The example's queries look eight seconds back, and do not tell one canary from the next.
        let answers = told(load).count
        _ = try await eventually("the bad answers to be forgotten", seconds: 60) {
            isGood || told(load).count > answers + 600 ? true : nil
        }
    }
}

/// Kills a program at random moments, and starts it again.
private final class Killing: Sendable {
    private struct State: Sendable {
        var program: Program
        var family: Set<RunningProcess> = []
        var isOver = false
        var random: Int
    }
    private let state: Mutex<State>
    private let load: Program
    private let scratch: Scratch

    init(_ program: Program, load: Program, in scratch: Scratch, seed: Int) {
        state = Mutex(State(program: program, random: seed))
        self.load = load
        self.scratch = scratch
    }

    var isOver: Bool { state.withLock { $0.isOver } }
    /// Everything that those who were killed have started.
    var family: Set<RunningProcess> { state.withLock { $0.family } }

    /// - Returns: the last program, which lives.
    func strike(_ count: Int) async throws -> Program {
        defer { state.withLock { $0.isOver = true } }
        for _ in 0..<count {
            try await Task.sleep(for: .milliseconds(next(in: 200...9_000)))
            let program = state.withLock { $0.program }
            _ = try await program.begun()
            let processes = program.processes()
            program.signal(SIGKILL)
            guard try await program.ended(within: 20) == 137 else {
                throw Failure("it had ended by itself: \(program.errors)")
            }
            let (answers, pause) = (told(load).count, next(in: 20...200))
            _ = try await eventually("answers while nobody watches", seconds: 20) {
                told(load).count > answers + pause ? true : nil
            }
            let again = try Program(Cluster.up(in: scratch), in: scratch, limitSeconds: 600)
            state.withLock {
                $0.family.formUnion(processes)
                $0.program = again
            }
        }
        return state.withLock { $0.program }
    }

    /// Lehmer's generator, made short.
    private func next(in range: ClosedRange<Int>) -> Int {
        state.withLock { state in
            state.random = (state.random * 48_271 + 11) % 2_147_483_647
            return range.lowerBound + state.random % range.count
        }
    }
}
