import Controller
import Documents
import KubernetesObjects
import LocalCluster
import ObjectStore
import Rollouts

/// How fast traffic goes back once a measurement is bad, with many rollouts in flight, and how fast
/// decisions are made about these.
struct RollbackMeasure: Sendable {
    /// Half of them are released one after the other and turn bad one by one, the other half both
    /// times at once.
    private static let half = 100
    private static let intervalSeconds = 5
    private static let pace = Duration.milliseconds(50)

    func sections() async throws -> [BenchReport.Section] {
        try await BenchCluster.measuring { cluster, controller in
            var fleet = Fleet(2 * Self.half, steps: [["setWeight": 10], ["pause": [:]]])
            fleet.analysisInterval = "\(Self.intervalSeconds)s"
            let (first, second) = (fleet.names.prefix(Self.half), fleet.names.dropFirst(Self.half))
            try await fleet.create(in: cluster.server)
            try await cluster.wait(for: "the first deploy") {
                try await fleet.count("Healthy", in: cluster.server) == fleet.names.count
            }
            for name in second { try await fleet.release("1.1.0", of: name, in: cluster.server) }
            for name in first {
                try await fleet.release("1.1.0", of: name, in: cluster.server)
                try await Task.sleep(for: Self.pace)
            }
            try await cluster.wait(for: "the first step") {
                try await fleet.count("Paused", in: cluster.server) == fleet.names.count
            }
            cluster.restWorkloads()
            let decisions = try await DecideMeasure(fleet: fleet, server: cluster.server).section()
            let load = try await controller.load(over: Self.intervalSeconds)

            await cluster.tally.clear()
            for name in first {
                await cluster.metrics.turnBad([name])
                try await Task.sleep(for: Self.pace)
            }
            try await waitForAborts(of: Self.half, fleet, cluster)
            await cluster.metrics.turnBad(second)
            try await waitForAborts(of: 2 * Self.half, fleet, cluster)

            let rows =
                rows(
                    "one by one, 100 to 200 in flight", try await times(of: first, cluster),
                    aim: "< 50 ms")
                + rows("100 at once", try await times(of: second, cluster))
                + [
                    .init(
                        "CPU with 200 in flight, each measured every \(Self.intervalSeconds) s",
                        "\(rounded(load)) %")
                ]
            return [
                BenchReport.Section(
                    title: "From a bad answer of Prometheus to weight 0 at the API server",
                    rows: rows),
                decisions,
            ]
        }
    }

    private func waitForAborts(
        of count: Int, _ fleet: Fleet, _ cluster: BenchCluster
    ) async throws {
        try await cluster.wait(for: "giving back \(count) rollouts") {
            try await fleet.count("Degraded", in: cluster.server) >= count
        }
    }

    /// Milliseconds from the first bad answer to the first write of weight 0 after it.
    private func times(of names: some Sequence<String>, _ cluster: BenchCluster) async throws
        -> [Double]
    {
        let bad = await cluster.metrics.firstBadAnswers
        let writes = await cluster.tally.writes.filter { $0.weight == 0 && $0.status < 300 }
        let byRollout = Dictionary(grouping: writes, by: \.rollout)
        return try names.map { name in
            guard let begin = bad[name],
                let end = byRollout[name]?.map(\.at).filter({ $0 >= begin }).min()
            else { throw CommandFailure("bench: \(name) was not given back") }
            return (end - begin).milliseconds
        }
    }

    private func rows(_ how: String, _ times: [Double], aim: String = "") -> [BenchReport.Row] {
        let shown = [50, 99, 100].map { rounded(percentile($0, of: times) ?? 0) + " ms" }
        return [
            .init("p50, \(how)", shown[0]), .init("p99, \(how)", shown[1], aim: aim),
            .init("slowest, \(how)", shown[2]),
        ]
    }
}

/// How many decisions a processor makes in a second, on what is really seen of a fleet.
struct DecideMeasure: Sendable {
    let fleet: Fleet
    let server: ObjectServer

    private static let length = Duration.seconds(2)

    func section() async throws -> BenchReport.Section {
        let turn = RolloutTurn(
            cluster: cluster, memory: Recollection(),
            journal: Journal(
                announce: { _, _ in }, decided: { _, _ in }, stumbled: { _, _, _ in }),
            now: { .now })
        var snapshots: [Snapshot] = []
        let begin = ContinuousClock.now
        for name in fleet.names {
            let key = RolloutKey(namespace: fleet.namespace(of: name), name: name)
            if let scene = await turn.look(at: key) { snapshots.append(scene.snapshot) }
        }
        let looked = ContinuousClock.now - begin
        return BenchReport.Section(
            title: "Deciding, on one processor, about \(snapshots.count) rollouts in flight",
            rows: [
                .init("`decide` per second", rounded(decisions(about: snapshots), 0)),
                .init(
                    "Reading all that one rollout consists of",
                    "\(rounded(looked.milliseconds / Double(max(1, snapshots.count)), 3)) ms"),
            ])
    }

    /// Decisions per second.
    private func decisions(about snapshots: [Snapshot]) -> Double {
        let begin = ContinuousClock.now
        var count = 0
        var actions = 0
        while ContinuousClock.now - begin < Self.length, !snapshots.isEmpty {
            for snapshot in snapshots {
                // Counted, so that no optimizer finds the work useless.
                actions += decide(snapshot).actions.count
            }
            count += snapshots.count
        }
        precondition(actions >= 0)
        return Double(count) / (ContinuousClock.now - begin).milliseconds * 1_000
    }

    /// Reads straight from the store; nothing is written.
    private var cluster: Cluster {
        Cluster(
            get: { [server] reference in
                do { return try await server.get(reference) } catch { return nil }
            },
            list: { [server] resource, namespace in
                do {
                    let selection = Selection(namespace: namespace)
                    return try await server.list(resource, matching: selection).items
                } catch {
                    return []
                }
            },
            write: { _ throws(ClusterError) in throw .refused("this cluster is only read") })
    }
}
