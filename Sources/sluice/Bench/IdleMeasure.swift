import Documents

/// What a controller costs that has many rollouts and nothing to do.
struct IdleMeasure: Sendable {
    let rollouts: Int
    private static let idleSeconds = 10

    func section() async throws -> BenchReport.Section {
        try await BenchCluster.measuring { cluster, controller in
            let fleet = Fleet(rollouts, steps: [["setWeight": 10], ["pause": [:]]])
            let begin = ContinuousClock.now
            try await fleet.create(in: cluster.server)
            try await cluster.wait(for: "the first deploy of \(rollouts) rollouts", seconds: 240) {
                try await fleet.count("Healthy", in: cluster.server) == rollouts
            }
            let deployed = ContinuousClock.now - begin
            try await cluster.waitForQuiet()
            let rows = try await Self.rows(of: controller)
            return BenchReport.Section(
                title: "The controller with \(rollouts) rollouts, idle after their first deploy",
                rows: rows + [
                    .init(
                        "First deploy of all, from one apply to Healthy",
                        "\(rounded(deployed.milliseconds / 1_000)) s")
                ])
        }
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
