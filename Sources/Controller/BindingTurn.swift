import Documents
import KubernetesObjects
import Manifests
import Rollouts

/// One turn of a Service that was bound to a revision: whether it still belongs to a rollout, and
/// what becomes of it where it does not (rollout-semantics §3.5). Nothing here chooses.
package struct BindingTurn: Sendable {
    let cluster: Cluster
    /// Whether a rollout is this controller's.
    let isOurs: @Sendable (Object) -> Bool
    /// What is seen of a rollout now; nil where it cannot be read.
    let look: @Sendable (RolloutKey) async -> Snapshot?
    /// An event about a rollout, or about the Service where that is gone.
    let announce: @Sendable (Object, Rollouts.Event) async -> Void
    /// Of this process, over all its turns.
    let held: HeldServices

    package init(
        cluster: Cluster, isOurs: @escaping @Sendable (Object) -> Bool = { _ in true },
        held: HeldServices = HeldServices(),
        look: @escaping @Sendable (RolloutKey) async -> Snapshot?,
        announce: @escaping @Sendable (Object, Rollouts.Event) async -> Void
    ) {
        self.cluster = cluster
        self.isOurs = isOurs
        self.held = held
        self.look = look
        self.announce = announce
    }

    /// What a turn came to.
    package struct Outcome: Sendable {
        /// Nil where there is nothing to decide: a Service that a rollout looks after, or one that
        /// nobody has bound.
        package var decision: BindingDecision?
        /// Whether the decision is another one than that of the turn before.
        package var isNews = false
        package var trouble: ClusterError?
    }

    /// Takes one turn.
    package func take(_ reference: Reference) async -> Outcome {
        do {
            guard let service = try await cluster.get(reference), service.deletionTimestamp == nil,
                let seen = try await observe(service)
            else {
                await held.forget(reference)
                return Outcome()
            }
            let decision = decide(seen)
            switch decision {
            case .letGo:
                try await letGo(service, seen)
                await held.forget(reference)
                return Outcome(decision: decision, isNews: true)
            case .hold(let why):
                let subject = try await subject(of: service, seen)
                let isNews = await held.isNews(why, of: reference)
                // The wish of somebody is no news to them.
                if isNews, seen.holder != .nobody {
                    await announce(subject, .held(service.name, why))
                }
                return Outcome(decision: decision, isNews: isNews)
            }
        } catch .notFound {
            await held.forget(reference)
            return Outcome()
        } catch {
            return Outcome(trouble: error)
        }
    }

    private func observe(_ service: Object) async throws(ClusterError) -> BindingSeen? {
        let binding = ServiceDocument.parse(service)
        // That of a version of an experiment has a hash all its life.
        guard binding.hash != nil || binding.managedBy != nil, service.controllerOwner == nil,
            let holder = try await holder(of: service, binding)
        else { return nil }
        let sets = try await cluster.matching(.replicaSets, service.namespace) { set in
            let isOthers = set.controllerOwner.map { !makers.contains($0.kind) } ?? false
            return !isOthers && ServiceDocument.wouldSelect(set, by: service)
        }
        return BindingSeen(
            binding, of: holder, among: sets.map { ReplicaSetDocument.parse($0) })
    }

    /// Nil where a rollout looks after it, or will.
    private func holder(
        of service: Object, _ binding: ServiceBinding
    ) async throws(ClusterError) -> BindingSeen.Holder? {
        guard let manager = binding.managedBy else {
            let naming = try await cluster.matching(.rollouts, service.namespace) {
                ServiceDocument.names(in: $0).contains(service.name)
            }
            guard let rollout = naming.first else { return .nobody }
            return try await leaving(rollout, service)
        }
        let key = RolloutKey(namespace: service.namespace, name: manager)
        if let rollout = try await cluster.get(key.reference), rollout.deletionTimestamp == nil {
            return try await leaving(rollout, service)
        }
        // Where rollouts are seen later than Services, it may be a new one.
        let fresh = try await cluster.fresh(key.reference)
        return fresh.map { $0.deletionTimestamp != nil } ?? true ? .gone : nil
    }

    private func leaving(
        _ rollout: Object, _ service: Object
    ) async throws(ClusterError) -> BindingSeen.Holder? {
        guard isOurs(rollout), ServiceDocument.isLeft(service, by: rollout) else { return nil }
        let key = RolloutKey(namespace: rollout.namespace, name: rollout.name)
        guard let snapshot = await look(key) else {
            throw .unreachable("\(key) cannot be looked at")
        }
        return .leaving(snapshot)
    }

    private func letGo(_ service: Object, _ seen: BindingSeen) async throws(ClusterError) {
        let patch = ServiceDocument.lettingGo(of: service)
        _ = try await cluster.write(Write(Reference(service, .services), .patch(patch)))
        guard let hash = seen.binding.hash else { return }
        let subject = try await subject(of: service, seen)
        await announce(subject, .switching(service.name, from: hash, to: nil))
    }

    /// What events are about.
    private func subject(
        of service: Object, _ seen: BindingSeen
    ) async throws(ClusterError) -> Object {
        guard case .leaving(let snapshot) = seen.holder else { return service }
        let rollout = snapshot.rollout
        let key = RolloutKey(namespace: rollout.namespace, name: rollout.name)
        return try await cluster.get(key.reference) ?? service
    }
}

/// The kinds whose ReplicaSets have a hash.
private let makers = [Resource.rollouts.kind, Resource.experiments.kind]
