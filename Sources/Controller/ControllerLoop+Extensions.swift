import Extensions
import KubernetesObjects
import Logging
import Manifests
import Rollouts

/// The workers that ask extensions, beside those that take turns.
extension ControllerLoop {
    func askExtensions() async {
        while let question = await steps.take() {
            await turn.memory.heard(
                await answer(to: question), to: question.call, of: question.key)
            await steps.done(question, next: nil)
            await rollouts.add(question.key)
        }
    }

    /// Says which plugins of Argo Rollouts are not there, at the beginning of each term.
    func sayForeignPlugins() async {
        let place = Reference(
            .configMaps, namespace: settings.home, name: ForeignPlugins.configMap)
        do {
            guard let map = try await cluster.edge.fresh(place) else { return }
            for remedy in ForeignPlugins.remedies(in: map, besides: turn.plugins) {
                log.warning("a plugin is not there", metadata: ["remedy": "\(remedy)"])
            }
        } catch {
            log.debug("plugins are not known", metadata: ["error": "\(error)"])
        }
    }

    func answer(to question: StepQuestion) async -> PluginAnswer? {
        do throws(ExtensionError) {
            let said = PluginAnswer(try await settings.steps.ask(question.call.name, question.text))
            return said.redacted(by: secrets.redactor())
        } catch {
            return error.isCancelled ? nil : PluginAnswer(.error, error.description)
        }
    }
}
