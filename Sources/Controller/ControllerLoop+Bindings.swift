import Documents
import KubernetesClient
import KubernetesObjects
import Logging
import Manifests
import Rollouts

/// The workers of Services that no rollout looks after any more.
extension ControllerLoop {
    var bindingTurn: BindingTurn {
        BindingTurn(
            cluster: cluster.edge, isOurs: settings.isOurs, held: heldServices,
            look: { [turn] key in await turn.look(at: key)?.snapshot },
            announce: { object, event in await announce(event, about: object) })
    }

    func workOnBindings(_ turn: BindingTurn) async {
        while let reference = await bindings.take() {
            if reference.resource == .rollouts {
                await addBindings(of: reference)
                await bindings.done(reference, next: nil)
                continue
            }
            let outcome = await turn.take(reference)
            if let trouble = outcome.trouble {
                log.warning(
                    "service not let go",
                    metadata: ["service": "\(reference)", "error": "\(trouble)"])
                await bindings.failed(reference, at: now())
                continue
            }
            switch outcome.decision {
            case .letGo:
                log.info("service let go", metadata: ["service": "\(reference)"])
                await bindings.done(reference, next: nil)
            case .hold(let why):
                if outcome.isNews {
                    log.info(
                        "service not let go yet",
                        metadata: ["service": "\(reference)", "reason": "\(why)"])
                }
                await bindings.done(
                    reference, next: now().advanced(bySeconds: secondsBetweenLooks))
            case nil: await bindings.done(reference, next: nil)
            }
        }
    }

    /// A Service that has changed, unless a rollout looks after it: nearly all are passed over.
    func addBinding(_ service: Object) async {
        let binding = ServiceDocument.parse(service)
        guard binding.hash != nil || binding.managedBy != nil else { return }
        if let manager = binding.managedBy,
            let rollout = cluster.caches[.rollouts]?.get(
                namespace: service.namespace, name: manager),
            rollout.deletionTimestamp == nil, !ServiceDocument.isLeft(service, by: rollout)
        {
            return
        }
        await bindings.add(Reference(service, .services))
    }

    /// A rollout that may have left Services. Those of one that was there before are met by
    /// themselves.
    func addLeaving(_ change: Change) async {
        guard let rollout = change.new ?? change.old, let old = change.old else { return }
        let isGoing = change.new == nil || rollout.deletionTimestamp != nil
        guard
            isGoing || ServiceDocument.areLetGo(by: rollout)
                || ServiceDocument.names(in: old) != ServiceDocument.names(in: rollout)
        else { return }
        await bindings.add(Reference(rollout, .rollouts))
    }

    /// There may be very many to look through, which nobody else waits for.
    private func addBindings(of rollout: Reference) async {
        for service in cluster.caches[.services]?.list(namespace: rollout.namespace) ?? []
        where ServiceDocument.parse(service).managedBy == rollout.name {
            await addBinding(service)
        }
    }
}

/// Hardly ever is one at work. With a whole namespace of rollouts, very many Services are left.
let bindingWorkers = 4

/// For one that is held, until its rollout is at rest or those in the way are gone: nothing tells
/// of all that counts, and hardly any is.
private let secondsBetweenLooks = 10
