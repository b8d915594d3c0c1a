import Documents
import KubernetesObjects
import Manifests
import Rollouts

/// The list of rollouts, one line each, from the objects alone.
struct RolloutTable {
    var objects: [Object]
    var showsNamespaces: Bool
    var now: Timestamp

    var columns: Columns {
        let head = ["NAME", "STATUS", "STEP", "WEIGHT", "PODS", "REVISION", "IMAGE", "AGE"]
        return Columns(
            head: showsNamespaces ? ["NAMESPACE"] + head : head, rows: objects.map(row))
    }

    private func row(_ object: Object) -> [Columns.Cell] {
        let status = StatusDocument.parse(object.status)
        let verdict = Verdict(of: object)
        let steps = object.spec?["strategy"]?["canary"]?["steps"]?.array?.count ?? 0
        let images = object.spec?["template"]?["spec"]?["containers"]?.array?
            .compactMap { $0["image"]?.string }
        let cells: [Columns.Cell] = [
            Columns.Cell(object.name),
            Columns.Cell(status.phase?.rawValue ?? "Unknown", verdict.tone),
            Columns.Cell(
                status.currentStepIndex.map { "\(min($0, steps))/\(steps)" }
                    ?? status.blueGreen.standing ?? "-"),
            Columns.Cell((status.weights?.canary.weight).map(String.init) ?? "-"),
            Columns.Cell("\(status.availableReplicas)/\(object.spec?["replicas"]?.int ?? 1)"),
            Columns.Cell(object.annotations[Keys.revision] ?? "-"),
            Columns.Cell(images?.joined(separator: ",") ?? object.workloadText),
            Columns.Cell(age(of: object.creationTimestamp, at: now)),
        ]
        return showsNamespaces ? [Columns.Cell(object.namespace)] + cells : cells
    }
}

extension Object {
    /// Where the images of a rollout without a template of its own stand: `deployment/web`.
    var workloadText: String {
        WorkloadDocument.reference(in: self).map { "\($0.resource.singular)/\($0.name)" } ?? ""
    }
}

extension BlueGreenStatus {
    /// What has come of a preview, in one word; nil where the two services agree or are none.
    fileprivate var standing: String? {
        previewHash.isEmpty || previewHash == activeHash ? nil : "preview"
    }
}
