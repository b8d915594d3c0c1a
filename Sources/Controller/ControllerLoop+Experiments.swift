import KubernetesObjects
import Logging
import Manifests
import Rollouts

/// The workers of experiments.
extension ControllerLoop {
    var trials: ExperimentTurn {
        ExperimentTurn(
            cluster: cluster.edge, obstacles: experimentObstacles,
            announce: { object, event in await announce(event, about: object) },
            decided: { decision, scene in chronicle.decided(decision, scene) }, now: now)
    }

    /// Those of rollouts are counted.
    func announce(_ event: Rollouts.Event, about object: Object) async {
        if object.kind == Resource.rollouts.kind {
            await turn.journal.announce(object, event)
        } else {
            events.write(event, about: object)
        }
    }

    func workOnExperiments(_ trials: ExperimentTurn) async {
        while let reference = await experiments.take() {
            let begun = ContinuousClock.now
            let outcome = await trials.take(reference)
            if cluster.knows(reference) {
                await tallies.took(
                    reference, seconds: begun.secondsSince, failed: outcome.trouble != nil)
            }
            guard let trouble = outcome.trouble else {
                await experiments.done(reference, next: outcome.lookAgain)
                continue
            }
            log.warning(
                "experiment not taken further",
                metadata: ["experiment": "\(reference)", "error": "\(trouble)"])
            await experiments.failed(reference, at: now(), next: outcome.lookAgain)
        }
    }
}
