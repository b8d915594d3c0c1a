import Documents
import KubernetesObjects
import LocalCluster
import ObjectStore

/// What a controller costs that has many rollouts and nothing to do.
struct IdleMeasure: Sendable {
    let rollouts: Int
    /// Of each. The controller sees none of them; the measuring process has to look after all.
    var pods: Int64 = 4
    private static let idleSeconds = 10

    func section() async throws -> BenchReport.Section {
        var fleet = Fleet(rollouts, steps: [["setWeight": 10], ["pause": [:]]])
        fleet.size = pods
        return try await BenchCluster.measuring { [fleet] cluster, controller in
            // Until the caches are full of nothing.
            try await Task.sleep(for: .seconds(3))
            let empty = controller.memory.anonymous
            let begin = ContinuousClock.now
            try await fleet.create(in: cluster.server)
            let patience = 240 + rollouts / 10
            try await cluster.wait(
                for: "the first deploy of \(rollouts) rollouts", seconds: patience
            ) {
                try await fleet.count("Healthy", in: cluster.server) == rollouts
            }
            let deployed = ContinuousClock.now - begin
            try await cluster.waitForQuiet()
            let rows = try await Self.rows(of: controller)
            let objects = try await Self.cached(in: cluster)
            let own = Double(controller.memory.anonymous - empty) / Double(max(1, objects))
            return BenchReport.Section(
                title: "The controller with \(rollouts) rollouts, idle after their first deploy",
                rows: rows + [
                    .init(
                        "RssAnon for each of \(objects) objects in its caches",
                        "\(rounded(own)) KiB"),
                    .init(
                        "First deploy of all, from one apply to Healthy",
                        "\(rounded(deployed.milliseconds / 1_000)) s"),
                ])
        }
    }

    /// How many objects a controller knows.
    static func cached(in cluster: BenchCluster) async throws -> Int {
        var count = 0
        let kinds: [Resource] = [
            .rollouts, .replicaSets, .services, .ingresses, .analysisTemplates, .analysisRuns,
        ]
        for kind in kinds { count += try await cluster.server.list(kind).items.count }
        return count
    }

    /// Memory and time of a controller that is at rest.
    static func rows(
        of controller: BenchedProcess, anonymousAim: String = "", proportionalAim: String = ""
    ) async throws -> [BenchReport.Row] {
        let load = try await controller.load(over: idleSeconds)
        let memory = controller.memory
        return [
            .init("RssAnon", mebibytes(memory.anonymous), aim: anonymousAim),
            .init("PSS", mebibytes(memory.proportional), aim: proportionalAim),
            .init("RSS", mebibytes(memory.resident)),
            .init("CPU, of one processor", "\(rounded(load, 2)) %"),
            .init("CPU-seconds in an idle hour", rounded(load * 36)),
        ]
    }
}
