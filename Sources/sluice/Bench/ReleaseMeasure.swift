import Documents

/// What the releases of a few rollouts cost the API server, and the controller afterwards.
struct ReleaseMeasure: Sendable {
    let rollouts: Int

    private static let steps = [10, 30, 50]

    func sections() async throws -> [BenchReport.Section] {
        try await BenchCluster.measuring { cluster, controller in
            let fleet = Fleet(
                rollouts,
                steps: .array(
                    Self.steps.flatMap { weight in
                        [["setWeight": .int(Int64(weight))], ["pause": ["duration": "2s"]]]
                    }))
            try await fleet.create(in: cluster.server)
            try await cluster.wait(for: "the first deploy") {
                try await fleet.count("Healthy", in: cluster.server) == rollouts
            }
            // Only the release is counted, not what still follows from the deploy.
            try await cluster.waitForQuiet()
            await cluster.tally.clear()
            for name in fleet.names {
                try await fleet.release("1.1.0", of: name, in: cluster.server)
            }
            try await cluster.wait(for: "the release", seconds: 90) {
                try await fleet.count("Healthy", in: cluster.server) == rollouts
            }
            try await cluster.waitForQuiet()
            let writes = await cluster.tally.writes
            let rows = try await IdleMeasure.rows(
                of: controller, anonymousAim: "< 25 MiB", proportionalAim: "< 40 MiB")
            return [
                BenchReport.Section(
                    title: "The controller with \(rollouts) rollouts, idle after a release of each",
                    rows: rows),
                section(about: writes),
            ]
        }
    }

    /// The writes from one router write to the next are those of one step.
    private func section(about all: [ServedWrite]) -> BenchReport.Section {
        // Events are told after the act, and may come after the next one.
        let writes = all.filter { $0.kind != "POST events" }
        var perStep: [String: Int] = [:]
        var steps = 0
        for (_, own) in Dictionary(grouping: writes, by: \.rollout) {
            let moves = own.indices.filter { own[$0].weight != nil }
            for (from, to) in zip(moves, moves.dropFirst())
            where Self.steps.dropFirst().contains(own[to].weight ?? 0) {
                steps += 1
                for write in own[(from + 1)...to] { perStep[write.label, default: 0] += 1 }
            }
        }
        let aims = ["PATCH ingresses": "1", "PATCH rollouts/status": "2, one for each step"]
        let rows = perStep.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { kind, count in
            BenchReport.Row(
                kind, rounded(Double(count) / Double(max(1, steps)), 2), aim: aims[kind] ?? "")
        }
        let conflicts = writes.filter { $0.status == 409 }.count
        return BenchReport.Section(
            title:
                "API writes of two steps, `setWeight` and a timed `pause`: mean of \(steps)",
            rows: rows + [
                .init("All writes of a release with three weights", each(writes.count)),
                .init("Events besides", each(all.count - writes.count)),
                .init("Writes that met a conflict, of \(writes.count)", String(conflicts)),
            ])
    }

    private func each(_ count: Int) -> String { rounded(Double(count) / Double(max(1, rollouts))) }
}

extension ServedWrite {
    /// The kind, and that it was not taken where it was not.
    fileprivate var label: String { status < 300 ? kind : "\(kind), answered \(status)" }
}
