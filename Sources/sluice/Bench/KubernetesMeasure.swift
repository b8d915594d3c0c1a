import Curl
import Documents
import KubernetesClient
import KubernetesObjects
import Manifests

/// What a controller does on a real API server: a first deploy of all, a release of some, another
/// one that turns bad, and a restart.
struct KubernetesMeasure: Sendable {
    let fleet: Fleet
    /// How many of them are released at once.
    let released: Int
    let client: APIClient
    let watched: FleetWatch
    let metrics: BenchPrometheus
    let controller: BenchedController

    /// Three pauses of five seconds: what nobody can be faster than.
    static let steps: JSON = .array(
        [25, 50, 75].flatMap { [["setWeight": $0], ["pause": ["duration": "5s"]]] })
    static let analysisInterval = "5s"
    private static let idealSeconds = 15.0
    /// The old pods are scaled away after a second. A controller that has asked for nothing for so
    /// long has written its last event, too.
    private static let rest = Duration.seconds(5)
    /// Writes under way at once.
    private static let writers = 16
    /// How long any of the phases may take.
    let longestSeconds: Int

    func sections() async throws -> [BenchReport.Section] {
        try await define()
        _ = try await controller.start()
        let deployed = try await deploy()
        let good = try await release(Array(fleet.names.prefix(released)))
        let bad = try await giveBack(Array(fleet.names.dropFirst(released).prefix(released)))
        let memory = controller.memory
        await controller.stop()
        let restart = try await controller.start()
        let title = "\(fleet.names.count) rollouts, \(released) of them released at once"
        return [
            BenchReport.Section(
                title: title,
                rows: good + bad + [
                    .init("RssAnon", mebibytes(memory.anonymous)),
                    .init("Peak RSS", mebibytes(memory.peak)),
                    .init(
                        "Start of a new process until its caches are full",
                        "\(rounded(restart.milliseconds / 1_000, 2)) s"),
                    .init("First deploy of all, from the first apply to Healthy", deployed),
                ])
        ]
    }

    /// The kinds themselves, unless the server knows them, and a place for the lease.
    private func define() async throws {
        try await create(
            .init(
                .namespaces,
                [
                    "apiVersion": "v1", "kind": "Namespace",
                    "metadata": ["name": .string(BenchedController.namespace)],
                ]))
        for definition in CustomResourceDefinitions.all {
            do throws(APIError) {
                _ = try await client.create(Object(definition), of: .customResourceDefinitions)
            } catch .alreadyExists {
                continue
            }
        }
        try await wait(for: "the definitions") {
            for kind in [Resource.rollouts, .analysisRuns, .analysisTemplates] {
                do throws(APIError) {
                    _ = try await client.page(kind, limit: 1)
                } catch {
                    return false
                }
            }
            return true
        }
    }

    private func deploy() async throws -> String {
        let begin = ContinuousClock.now
        for whole in fleet.shared { try await create(whole) }
        try await forEach(fleet.names) { name in
            for whole in fleet.application(name) { try await create(whole) }
        }
        try await wait(for: "the first deploy", of: fleet.names, "Healthy", from: 1)
        let seconds = (ContinuousClock.now - begin).milliseconds / 1_000
        try await settle()
        return "\(rounded(seconds)) s"
    }

    /// Until the controller has nothing left to write.
    private func settle() async throws {
        func count() async -> Int {
            await controller.requests().filter { !$0.key.hasSuffix(" leases") }.values.reduce(0, +)
        }
        var before = -1
        try await wait(for: "the last event", every: Self.rest) {
            let now = await count()
            defer { before = now }
            return now == before
        }
    }

    private func create(_ whole: Fleet.Whole) async throws {
        do throws(APIError) {
            _ = try await client.create(whole.object, of: whole.resource)
        } catch .alreadyExists {
            return
        }
    }

    /// A release that goes well.
    private func release(_ names: [String]) async throws -> [BenchReport.Row] {
        let requestsBefore = await controller.requests()
        let processorBefore = controller.processorSeconds
        let begun = try await setImage("1.1.0", of: names)
        try await wait(for: "the release", of: names, "Healthy", from: 2)
        let standings = await watched.standings
        let seconds = names.compactMap { name in
            both(standings[name]?.at, begun[name]).map { ($0 - $1).milliseconds / 1_000 }
        }
        try await settle()
        let processor = controller.processorSeconds - processorBefore
        let requests = await controller.requests().merging(requestsBefore) { $0 - $1 }
            .filter { $0.value > 0 }
        return rows(seconds) + rows(requests, names.count)
            + [.init("CPU-seconds of a release", each(processor, names.count, 3))]
    }

    private func rows(_ seconds: [Double]) -> [BenchReport.Row] {
        [50, 99, 100].map { percent in
            let name = percent == 100 ? "slowest" : "p\(percent)"
            let value = percentile(percent, of: seconds) ?? 0
            return BenchReport.Row(
                "A release with three pauses of 5 s, \(name)", "\(rounded(value)) s",
                aim: percent == 50 ? "\(rounded(Self.idealSeconds * 1.1)) s and the pods" : "")
        }
    }

    private func rows(_ requests: [String: Int], _ releases: Int) -> [BenchReport.Row] {
        let all = requests.values.reduce(0, +)
        let writes = requests.filter { !$0.key.hasPrefix("Get ") && !$0.key.hasPrefix("List ") }
        let events = requests["Create events", default: 0]
        // What the election writes has nothing to do with how much is released.
        let leases = requests.filter { $0.key.hasSuffix(" leases") }.values.reduce(0, +)
        let steps = ["Patch rollouts", "Patch ingresses", "Create ingresses"]
            .map { requests[$0, default: 0] }.reduce(0, +)
        let listed = writes.filter { !$0.key.hasSuffix(" leases") }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return [
            .init("Requests of a release, without events", each(all - leases - events, releases)),
            .init(
                "Writes of a release, without events",
                each(writes.values.reduce(0, +) - leases - events, releases)),
            .init(
                "Writes of status and router for each of 6 steps, beginning and end included",
                each(steps, 6 * releases, 2), aim: "≤ 2 between"),
        ]
            + listed.map { kind, count in
                .init("`\(kind)` of a release", each(count, releases, 2))
            }
    }

    /// A release that turns bad at its first step.
    private func giveBack(_ names: [String]) async throws -> [BenchReport.Row] {
        _ = try await setImage("1.2.0", of: names, steps: [["setWeight": 25], ["pause": [:]]])
        try await wait(for: "the first step", of: names, "Paused", from: 2)
        await watched.forgetReturns()
        await metrics.turnBad(names)
        try await wait(for: "giving back", of: names, "Degraded", from: 2)
        let (bad, returns) = (await metrics.firstBadAnswers, await watched.returns)
        let times = names.compactMap { name in
            both(returns[name], bad[name]).map { ($0 - $1).milliseconds }
        }
        guard times.count == names.count else {
            throw CommandFailure("bench: only \(times.count) canaries were seen without traffic")
        }
        return [50, 99, 100].map { percent in
            let name = percent == 100 ? "slowest" : "p\(percent)"
            return BenchReport.Row(
                "From a bad measurement to weight 0 at a client that watches, \(name)",
                "\(rounded(percentile(percent, of: times) ?? 0)) ms",
                aim: percent == 99 ? "< 50 ms and the server's own time" : "")
        }
    }

    /// - Returns: when the server had each.
    private func setImage(
        _ version: String, of names: [String], steps: JSON? = nil
    ) async throws -> [String: ContinuousClock.Instant] {
        let begun = Lock<[String: ContinuousClock.Instant]>([:])
        try await forEach(names) { name in
            _ = try await client.patch(
                fleet.reference(name), fleet.patch(to: version, of: name, steps: steps))
            let now = ContinuousClock.now
            begun.withLock { $0[name] = now }
        }
        return begun.withLock { $0 }
    }

    private func forEach(
        _ names: [String], _ act: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, name) in names.enumerated() {
                if index >= Self.writers { try await group.next() }
                group.addTask { try await act(name) }
            }
            try await group.waitForAll()
        }
    }

    /// Until these rollouts are in `phase`; says which are not when that takes too long.
    private func wait(
        for what: String, of names: [String], _ phase: String, from generation: Int
    ) async throws {
        func others() async -> [String] {
            await watched.others(than: phase, of: names, from: generation)
        }
        Terminal.error.say("Measuring: \(what) of \(names.count) …")
        do {
            try await wait(for: what) { await others().isEmpty }
        } catch let failure as CommandFailure {
            let late = await others()
            let some = late.prefix(5).joined(separator: ", ")
            throw CommandFailure("\(failure); \(late.count) are not \(phase): \(some)")
        }
    }

    private func wait(
        for what: String, every pause: Duration = .milliseconds(100),
        until condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now.advanced(by: .seconds(longestSeconds))
        while !(try await condition()) {
            guard ContinuousClock.now < end else {
                throw CommandFailure("bench: \(what) took more than \(longestSeconds) s")
            }
            try await Task.sleep(for: pause)
        }
    }

    private func each(_ count: Int, _ releases: Int, _ digits: Int = 1) -> String {
        each(Double(count), releases, digits)
    }

    private func each(_ amount: Double, _ releases: Int, _ digits: Int) -> String {
        rounded(amount / Double(max(1, releases)), digits)
    }
}

private func both<A, B>(_ first: A?, _ second: B?) -> (A, B)? {
    guard let first, let second else { return nil }
    return (first, second)
}
