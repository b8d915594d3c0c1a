import Documents
import KubernetesObjects
import LocalCluster
import ObjectStore

/// What a controller still holds after many releases of rollouts that come and go: what grows with
/// the releases and not with the rollouts is a leak.
struct EnduranceMeasure: Sendable {
    private static let rollouts = 100
    private static let releasesOfEach = 10
    /// Then other rollouts take the place of all.
    private static let generations = 10

    func section() async throws -> BenchReport.Section {
        try await BenchCluster.measuring { cluster, controller in
            var rows: [BenchReport.Row] = []
            for generation in 0..<Self.generations {
                let fleet = self.fleet(generation)
                try await fleet.create(in: cluster.server)
                try await waitUntilHealthy(fleet, cluster)
                for release in 1...Self.releasesOfEach {
                    for name in fleet.names {
                        try await fleet.release("1.\(release).0", of: name, in: cluster.server)
                    }
                    try await waitUntilHealthy(fleet, cluster)
                    await cluster.tally.clear()
                }
                try await cluster.waitForQuiet()
                let done = (generation + 1) * Self.rollouts * Self.releasesOfEach
                let objects = try await IdleMeasure.cached(in: cluster)
                rows.append(
                    .init(
                        "RssAnon after \(done) releases, \(objects) objects in its caches",
                        mebibytes(controller.memory.anonymous)))
                try await fleet.delete(from: cluster.server)
            }
            let seconds = Double(controller.processorTime) / 1e9
            let releases = Self.generations * Self.rollouts * Self.releasesOfEach
            rows.append(
                .init(
                    "CPU-seconds of a release, with its analysis",
                    rounded(seconds / Double(releases), 4)))
            return BenchReport.Section(
                title: "The controller over \(releases) releases of rollouts that come and go",
                rows: rows)
        }
    }

    private func fleet(_ generation: Int) -> Fleet {
        var fleet = Fleet(
            Self.rollouts, from: generation * Self.rollouts, steps: [["setWeight": 50]])
        fleet.analysisInterval = "1s"
        return fleet
    }

    private func waitUntilHealthy(_ fleet: Fleet, _ cluster: BenchCluster) async throws {
        try await cluster.wait(for: "a release of \(Self.rollouts) rollouts", seconds: 120) {
            try await fleet.count("Healthy", in: cluster.server) == fleet.names.count
        }
    }
}
