import Extensions
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

    func answer(to question: StepQuestion) async -> PluginAnswer? {
        do throws(ExtensionError) {
            let said = PluginAnswer(try await settings.steps.ask(question.call.name, question.text))
            return said.redacted(by: secrets.redactor())
        } catch {
            return error.isCancelled ? nil : PluginAnswer(.error, error.description)
        }
    }
}
