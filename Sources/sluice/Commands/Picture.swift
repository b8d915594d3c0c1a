import Analysis
import Documents
import KubernetesObjects
import Manifests
import Rollouts
import StatusPage

/// One rollout as `sluice get NAME` draws it: where it stands, why, and what that rests on.
struct Picture {
    var view: RolloutView
    var object: Object
    var now: Timestamp

    func lines(_ palette: Palette) -> [String] {
        let parts = [
            head(palette), findings(palette), steps(palette), traffic(palette), pods(palette),
            runs(palette), experiments(palette),
        ]
        return Array(parts.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private func head(_ palette: Palette) -> [String] {
        let verdict = Verdict(of: object)
        let status = view.snapshot.rollout.status
        let message = status.message.isEmpty ? "" : " · \(status.message)"
        var facts = Columns(gap: 2)
        facts.rows = [
            ["rollout", Columns.Cell("\(view.namespace)/\(view.name)", .strong)],
            [
                "status",
                Columns.Cell((status.phase?.rawValue ?? "Unknown") + message, verdict.tone),
            ],
        ]
        if let revision = view.snapshot.rollout.revision {
            facts.rows.append(["revision", Columns.Cell("\(revision)")])
        }
        if !object.workloadText.isEmpty {
            facts.rows.append(["template", Columns.Cell(object.workloadText + leftPods)])
        }
        facts.rows.append(["why", Columns.Cell(view.reason)])
        if case .waiting(_, let remedy) = verdict {
            facts.rows.append(["to do", Columns.Cell(remedy, .waiting)])
        }
        return facts.lines(palette)
    }

    /// The pods that run beside the rollout's.
    private var leftPods: String {
        let left = view.snapshot.workload?.desired ?? 0
        return left == 0 ? "" : " · \(left) pods of its own"
    }

    private func findings(_ palette: Palette) -> [String] {
        guard !view.findings.isEmpty else { return [] }
        return [palette.paint("what is wrong with it", .strong)]
            + view.findings.map { "  " + palette.paint(shown($0), .bad) }
    }

    private func steps(_ palette: Palette) -> [String] {
        guard !view.steps.isEmpty else { return [] }
        let title = view.standing.map { "steps (\($0))" } ?? "steps"
        var table = Columns(indent: 2, gap: 2)
        table.rows = view.steps.enumerated().map { index, step in
            let state = view.state(ofStep: index)
            let tone = state.tone
            return [
                Columns.Cell(state.sign, tone), Columns.Cell("\(index + 1)", .faint),
                Columns.Cell(step.description, tone),
            ]
        }
        return [palette.paint(title, .strong)] + table.lines(palette)
    }

    private func traffic(_ palette: Palette) -> [String] {
        if !view.selectedSides.isEmpty { return services(palette) }
        let traffic = view.traffic
        let routers = view.snapshot.routers
        // Nobody but the controller asks programs of others.
        let carried = routers.contains(where: \.isPolled) ? nil : traffic.carried
        guard let weights = view.status.weights else { return [] }
        var table = Columns(head: ["SIDE", "ASKED", "CARRIED", "SERVICE", "HASH"], indent: 2)
        let sides = [
            ("canary", weights.canary, carried),
            ("stable", weights.stable, carried.map { traffic.total - $0 }),
        ]
        table.rows = sides.map { name, asked, carried in
            let isOff = carried.map { $0 != asked.weight } ?? false
            return [
                Columns.Cell(name), Columns.Cell(traffic.share(asked.weight)),
                Columns.Cell(carried.map(traffic.share) ?? "-", isOff ? .waiting : nil),
                Columns.Cell(asked.serviceName), Columns.Cell(asked.podTemplateHash),
            ]
        }
        let unread = routers.compactMap { router -> String? in
            guard case .unreadable(let why) = router.reading else { return nil }
            return "  " + palette.paint(shown("\(router.kind) cannot be read: \(why)"), .bad)
        }
        let unasked = routers.filter(\.isPolled).map { router in
            "  "
                + palette.paint(
                    "only the controller asks \(router.kind): what it carries, and what waits for"
                        + " it, the status page shows", .faint)
        }
        return [palette.paint("traffic", .strong)] + table.lines(palette) + unread + unasked
    }

    private func services(_ palette: Palette) -> [String] {
        var table = Columns(head: ["SIDE", "REVISION", "AVAILABLE", "SERVICE", "HASH"], indent: 2)
        table.rows = view.selectedSides.map { side in
            let isShort = side.available < side.desired || side.available == 0
            return [
                Columns.Cell(side.name), Columns.Cell(side.revision.map(String.init) ?? "-"),
                Columns.Cell("\(side.available)/\(side.desired)", isShort ? .waiting : nil),
                Columns.Cell(side.service), Columns.Cell(side.hash ?? "-"),
            ]
        }
        return [palette.paint("services", .strong)] + table.lines(palette)
    }

    private func experiments(_ palette: Palette) -> [String] {
        let latest = view.latestExperiments
        guard !latest.isEmpty else { return [] }
        var table = Columns(indent: 2, gap: 2)
        table.rows = latest.map { experiment in
            [
                Columns.Cell(experiment.name),
                Columns.Cell(experiment.phase.rawValue, experiment.phase.tone),
                Columns.Cell(experiment.templatesInWords),
                Columns.Cell(experiment.status.message),
            ]
        }
        return [palette.paint("experiments", .strong)] + table.lines(palette)
    }

    private func pods(_ palette: Palette) -> [String] {
        guard !view.replicaSets.isEmpty else { return [] }
        var table = Columns(
            head: ["REVISION", "ROLE", "REPLICASET", "AVAILABLE", "IMAGE", "AGE"], indent: 2)
        table.rows = view.replicaSets.map { set in
            let role = view.role(of: set)
            let isShort = set.available < set.desired
            return [
                Columns.Cell("\(set.revision)"), Columns.Cell(role.rawValue, role.tone),
                Columns.Cell(set.name),
                Columns.Cell("\(set.available)/\(set.desired)", isShort ? .waiting : nil),
                Columns.Cell((view.images[set.name] ?? []).joined(separator: ",")),
                Columns.Cell(age(of: Timestamp(set.created), at: now)),
            ]
        }
        let failures = view.replicaSets.compactMap { $0.failure?.message }
        return [palette.paint("replica sets", .strong)] + table.lines(palette)
            + failures.map { "  " + palette.paint(shown($0), .bad) }
    }
}

extension RolloutView.StepState {
    fileprivate var sign: String {
        switch self {
        case .done: "✓"
        case .now: "▶"
        case .failed: "✗"
        case .ahead, .skipped: " "
        }
    }

    fileprivate var tone: Palette.Tone? {
        switch self {
        case .done: .good
        case .now: .strong
        case .failed: .bad
        case .ahead: nil
        case .skipped: .faint
        }
    }
}

extension RolloutView.Role {
    fileprivate var tone: Palette.Tone? {
        switch self {
        case .new, .canary, .preview, .active: .busy
        case .stable: .good
        case .old, .leaving: .faint
        }
    }
}
