import KubernetesObjects
import Rollouts

/// A router of a configuration that the document has no more: a route was renamed, or another
/// router took its place. What it wrote goes on dividing traffic, so it counts. It follows the
/// canary's weight down and never up, and is forgotten once it sends nothing there.
package struct FormerRouter: Sendable {
    /// As it was configured.
    package let router: Router
    /// The same without the routes whose names the document has, too.
    private let narrowed: Router
    private let retreat: Retreat
    /// Those that write to the objects now.
    private let others: [Router]

    /// Nil for a router whose objects are found without a note of them.
    package init?(_ router: Router, narrowed: Router, besides others: [Router]) {
        guard let retreat = router.retreat else { return nil }
        self.router = router
        self.narrowed = narrowed
        self.retreat = retreat
        self.others = others
    }

    /// Whether nothing comes to the canary by it, for certain.
    package func isSpent(_ seen: Observed) -> Bool {
        let isDenied =
            router.reads.contains { seen.denied[$0] != nil }
            || router.searches.contains {
                seen.denied[$0.reference($0.labels.description)] != nil
            }
        return !isDenied && retreat.carried(seen, taken(seen)) == 0
            && retreat.versions(seen, taken(seen)).isEmpty && routeChanges(seen).isEmpty
    }

    /// As one more router of a rollout whose traffic has `total` parts; nil where it is not known
    /// to send anything to the canary.
    package func router(in seen: Observed, of total: Int) -> Router? {
        let carried = retreat.carried(seen, taken(seen)) ?? 0
        let hasRoutes = !routeChanges(seen).isEmpty
        let leaving: RoutesPlan = { _, seen in routeChanges(seen) }
        let hasVersions = !retreat.versions(seen, taken(seen)).isEmpty
        guard carried > 0 || hasVersions || hasRoutes else { return nil }
        return Router(
            kind: router.kind, reads: router.reads, searches: router.searches,
            plan: { split, seen throws(RouterError) in
                let own = split.clamped.canary * retreat.total / max(split.total, 1)
                return retreat.lower(Split(canary: own, of: retreat.total), seen, taken(seen))
                    .map { $0.leaving() }
            },
            read: { seen in
                let carried = retreat.carried(seen, taken(seen)) ?? 0
                func share(_ weight: Int) -> Int {
                    (weight * total + retreat.total - 1) / retreat.total
                }
                let versions = retreat.versions(seen, taken(seen)).map {
                    VersionWeight(service: $0.service, weight: share($0.weight))
                }
                return .former(Split(canary: share(carried), of: total, versions: versions))
            },
            routes: hasRoutes ? leaving : nil,
            verify: { _ in .cannot }, selects: router.selects)
    }

    private func taken(_ seen: Observed) -> Set<Place> {
        others.compactMap(\.retreat).reduce(into: []) { $0.formUnion($1.places(seen)) }
    }

    /// What takes its routes for single requests away. In an object that others write to, those of
    /// a name that the document has are theirs.
    private func routeChanges(_ seen: Observed) -> [Change] {
        let shared = Set(others.flatMap { $0.references(seen) })
        return removal(by: router, seen).filter { !shared.contains($0.reference) }
            + removal(by: narrowed, seen).filter { shared.contains($0.reference) }
    }

    private func removal(by router: Router, _ seen: Observed) -> [Change] {
        do throws(RouterError) {
            return try router.routes?([], seen).map { $0.leaving() } ?? []
        } catch {
            return []
        }
    }
}

extension Router {
    fileprivate func references(_ seen: Observed) -> [Reference] {
        reads + searches.flatMap { $0.found(seen) }
    }
}

extension Change {
    /// With an event that says why an object is written that the document does not name.
    fileprivate func leaving() -> Change {
        var change = self
        change.event?.message += ": the rollout names it no more"
        return change
    }
}
