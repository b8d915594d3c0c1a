import Documents
import KubernetesObjects
import Rollouts

/// Canary Ingresses that a rollout made and that its document names no more: the stable Ingress was
/// renamed, or the router was taken out or cannot be read. They go on dividing traffic, so they
/// count. They follow the canary's weight down and never up, and they go when it is 0.
package struct FormerIngresses: Sendable {
    private let references: [Reference]
    private let total: Int

    /// - Parameter owned: the Ingresses that the rollout controls. Nil where `routers` know all
    ///   canaries among them.
    package init?(among owned: [Object], besides routers: [Router], total: Int) {
        let named = Set(routers.flatMap(\.reads))
        references = owned.filter { !CanaryShares($0).prefixes.isEmpty && !isGoing($0) }
            .map { Reference(.ingresses, namespace: $0.namespace, name: $0.name) }
            .filter { !named.contains($0) }
        if references.isEmpty { return nil }
        self.total = total
    }

    /// As one more router of the rollout.
    package var router: Router {
        Router(
            kind: "Nginx", reads: references,
            plan: { split, seen throws(RouterError) in
                references.compactMap { change($0, to: split.clamped, seen) }
            }, read: read, verify: { _ in .cannot })
    }

    private func change(_ reference: Reference, to split: Split, _ seen: Observed) -> Change? {
        guard let ingress = seen.objects[reference] else { return nil }
        let shares = CanaryShares(ingress)
        let lowered = shares.lowered(shares.prefixes, to: split)
        // What others still have to finish with stays until they have, and divides traffic so long.
        let isLowered = lowered.isEmpty || ingress.finalizers.isEmpty
        if split.canary == 0, isLowered {
            return Change(
                reference, .delete,
                event: Event(
                    "DeletingCanaryIngress",
                    "Deleting canary ingress `\(reference.name)`: the rollout names its Ingress no"
                        + " more"))
        }
        guard !lowered.isEmpty else { return nil }
        return Change(
            reference, .patch(.merge(["metadata": ["annotations": JSON(strings: lowered)]])),
            event: Event(
                "PatchingCanaryIngress",
                "Updating Ingress `\(reference.name)` to desiredWeight '\(split.canary)'"))
    }

    private func read(_ seen: Observed) -> Reading {
        let shares = references.compactMap { seen.objects[$0] }.map(CanaryShares.init)
            .map { $0.largest($0.prefixes, of: total) ?? total }
        return .former(Split(canary: shares.max() ?? 0, of: total))
    }
}

/// It carries nothing, and is deleted as soon as others have finished with it.
private func isGoing(_ ingress: Object) -> Bool {
    let shares = CanaryShares(ingress)
    return ingress.deletionTimestamp != nil
        && shares.prefixes.allSatisfy { shares.share($0, of: 100) == 0 }
}
