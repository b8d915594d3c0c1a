import Controller
import Documents
import KubernetesObjects
import Manifests
import Rollouts
import StatusPage

extension RolloutView {
    /// What was seen of a rollout, and what follows from it.
    init(_ scene: RolloutTurn.Scene) {
        let images = scene.replicaSets.map { set in
            let containers = set.spec?["template"]?["spec"]?["containers"]?.array ?? []
            return (set.name, containers.compactMap { $0["image"]?.string })
        }
        self.init(
            snapshot: scene.snapshot, decision: decide(scene.snapshot),
            experiments: scene.experiments.map(ExperimentView.init),
            images: Dictionary(images, uniquingKeysWith: { first, _ in first }),
            runs: scene.runs.map(RunView.init), findings: scene.parsed.findings.map(\.description))
    }
}

extension ExperimentView {
    /// An Experiment object.
    init(_ object: Object) {
        self.init(
            name: object.name, created: object.creationTimestamp ?? Timestamp(milliseconds: 0),
            status: ExperimentDocument.status(of: object))
    }
}

extension RunView {
    /// An AnalysisRun object.
    init(_ object: Object) {
        self.init(
            name: object.name, purpose: RunDocument.parse(object)?.purpose,
            revision: object.number(Keys.revision),
            created: object.creationTimestamp ?? Timestamp(milliseconds: 0),
            spec: RunDocument.spec(of: object).spec, status: RunDocument.status(of: object))
    }
}
