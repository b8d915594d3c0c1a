import Documents
import KubernetesObjects
import Manifests
import Rollouts
import StatusPage

/// The list of experiments, one line each, from the objects alone.
struct ExperimentTable {
    var objects: [Object]
    var showsNamespaces: Bool
    var now: Timestamp

    var columns: Columns {
        let head = ["NAME", "STATUS", "TEMPLATES", "ANALYSES", "ROLLOUT", "AGE"]
        return Columns(
            head: showsNamespaces ? ["NAMESPACE"] + head : head, rows: objects.map(row))
    }

    private func row(_ object: Object) -> [Columns.Cell] {
        let view = ExperimentView(object)
        let running = view.status.templates.count { $0.phase == .running }
        let done = view.status.analyses.count { $0.phase.isCompleted }
        let cells: [Columns.Cell] = [
            Columns.Cell(object.name),
            Columns.Cell(view.phase.rawValue, view.phase.tone),
            Columns.Cell("\(running)/\(object.spec?["templates"]?.array?.count ?? 0)"),
            Columns.Cell("\(done)/\(object.spec?["analyses"]?.array?.count ?? 0)"),
            Columns.Cell(object.controllerOwner?.name ?? "-"),
            Columns.Cell(age(of: object.creationTimestamp, at: now)),
        ]
        return showsNamespaces ? [Columns.Cell(object.namespace)] + cells : cells
    }
}

extension ExperimentView {
    /// `baseline Running, canary Progressing`.
    var templatesInWords: String {
        status.templates.map { "\($0.name) \($0.phase?.rawValue ?? "Pending")" }
            .joined(separator: ", ")
    }
}

extension Rollouts.RunPhase {
    var tone: Palette.Tone {
        switch self {
        case .pending, .running: .busy
        case .successful: .good
        case .failed, .error: .bad
        case .inconclusive: .waiting
        }
    }
}

extension TemplatePhase {
    var tone: Palette.Tone {
        switch self {
        case .progressing: .busy
        case .running, .successful: .good
        case .failed, .error: .bad
        }
    }
}
