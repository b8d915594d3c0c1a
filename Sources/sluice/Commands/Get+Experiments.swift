import Controller
import Documents
import KubernetesClient
import KubernetesObjects

/// `sluice get experiment NAME`.
extension Get {
    func show(experiment name: RolloutName, _ connected: Connected) async throws {
        let reference = Reference(
            .experiments, namespace: connected.namespace, name: name.text)
        let direct = Cluster.direct(connected.client)
        let turn = ExperimentTurn(
            cluster: direct, obstacles: Obstacles(), announce: { _, _ in }, decided: { _, _ in },
            now: { .now })
        let scene: ExperimentTurn.Scene?
        do throws(ClusterError) {
            scene = try await turn.observe(reference)
        } catch {
            throw CommandFailure("experiment \(name.text) cannot be shown: \(error)")
        }
        guard let scene else {
            throw CommandFailure(
                "there is no experiment \(name.text) in namespace \(reference.namespace)",
                remedy: "sluice get experiments lists them")
        }
        if let format = output.document {
            Terminal.output.say(format.text(of: published(scene.object)))
            return
        }
        let picture = ExperimentPicture(scene: scene)
        Terminal.output.say(picture.lines(Terminal.output.palette).joined(separator: "\n"))
    }
}
