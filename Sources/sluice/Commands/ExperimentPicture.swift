import Controller
import Documents
import KubernetesObjects
import Manifests
import Rollouts
import StatusPage

/// One experiment as `sluice get experiment NAME` draws it: where it stands, why, and what that
/// rests on.
struct ExperimentPicture {
    var scene: ExperimentTurn.Scene

    private var status: ExperimentStatus { scene.parsed.experiment.status }

    func lines(_ palette: Palette) -> [String] {
        let parts = [head(palette), findings(palette), templates(palette), runs(palette)]
        return Array(parts.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private func head(_ palette: Palette) -> [String] {
        let message = status.message.isEmpty ? "" : " · \(status.message)"
        let phase = status.phase ?? .pending
        let name = "\(scene.object.namespace)/\(scene.object.name)"
        var facts = Columns(gap: 2)
        facts.rows = [
            ["experiment", Columns.Cell(name, .strong)],
            ["status", Columns.Cell(phase.rawValue + message, phase.tone)],
            ["why", Columns.Cell(decide(scene.snapshot).reason.sentence)],
        ]
        if let owner = scene.object.controllerOwner {
            facts.rows.append(["rollout", Columns.Cell(owner.name)])
        }
        return facts.lines(palette)
    }

    private func findings(_ palette: Palette) -> [String] {
        guard !scene.parsed.findings.isEmpty else { return [] }
        return [palette.paint("what is wrong with it", .strong)]
            + scene.parsed.findings.map { "  " + palette.paint(shown($0.description), .bad) }
    }

    private func templates(_ palette: Palette) -> [String] {
        guard !status.templates.isEmpty else { return [] }
        let head = ["TEMPLATE", "STATUS", "AVAILABLE", "REPLICASET", "SERVICE", "HASH"]
        var table = Columns(head: head, indent: 2)
        table.rows = status.templates.map { template in
            let set = scene.snapshot.replicaSets[template.name]
            let phase = template.phase
            return [
                Columns.Cell(template.name),
                Columns.Cell(phase?.rawValue ?? "-", phase?.tone ?? .faint),
                Columns.Cell("\(set?.available ?? 0)/\(set?.desired ?? 0)"),
                Columns.Cell(set?.name ?? "-"),
                Columns.Cell(template.serviceName.isEmpty ? "-" : template.serviceName),
                Columns.Cell(template.podTemplateHash),
            ]
        }
        return [palette.paint("templates", .strong)] + table.lines(palette)
    }

    private func runs(_ palette: Palette) -> [String] {
        guard !scene.runs.isEmpty else { return [] }
        let runs = scene.runs.map(RunView.init).sorted { $0.name < $1.name }
        return [palette.paint("analysis", .strong)] + runs.flatMap { $0.lines(palette) }
    }
}
