import Documents
import KubernetesObjects
import Rollouts

/// Gateway API: the weights of two backends in the rules of routes (rollout-semantics §6.6,
/// traffic-routers §2).
struct GatewayRouter: Sendable {
    /// The name of the plugin whose configuration this is.
    static let kind = "argoproj-labs/gatewayAPI"

    /// A route by name.
    struct Route: Hashable, Sendable {
        let reference: Reference
        /// Whether header routes are written into it.
        let takesHeaders: Bool
    }

    /// Where the services are.
    let namespace: String
    let services: SideNames
    let total: Int
    let routes: [Route]
    /// Routes by their labels.
    let searches: [Search]
    /// The names that header routes may have.
    let managedRoutes: [String]
    /// Written with the first weight that the canary gets on a route and taken away with the last,
    /// so that whoever compares routes with a repository can leave these out.
    let progressLabel: (key: String, value: String)?

    var router: Router {
        Router(
            kind: Self.kind, reads: routes.map(\.reference), searches: searches,
            takesVersions: true,
            plan: { split, seen throws(RouterError) in try weights.plan(split, seen) },
            read: weights.read, routes: headerRoutes, verify: verify, retreat: weights.retreat)
    }

    private var headerRoutes: RoutesPlan? {
        guard routes.contains(where: \.takesHeaders) else { return nil }
        return { routes, seen throws(RouterError) in try plan(routes, seen) }
    }

    private var weights: WeightedObjects {
        WeightedObjects(
            total: total, references: references, lists: lists,
            besides: { route, weight, patch in
                guard let progressLabel else { return }
                patch.label(progressLabel.key, weight > 0 ? progressLabel.value : nil, on: route)
            })
    }

    /// The named routes, then those that were found.
    func references(_ seen: Observed) -> [Reference] {
        let named = routes.map(\.reference)
        let found = searches.flatMap { $0.found(seen) }.filter { !named.contains($0) }
        return named + found
    }

    /// Rules in which both services occur. In one that has stable alone a weight means nothing, and
    /// 0 would end it.
    private func lists(_ route: Object) -> WeightedLists {
        var lists = WeightedLists()
        let rules = Path([.key("spec"), .key("rules")])
        for (index, rule) in (route.spec?["rules"]?.array ?? []).enumerated() {
            lists.add(
                rule["backendRefs"]?.array ?? [],
                at: rules.appending(index).appending("backendRefs"), identity: ["name"],
                versions: .plain("name") { isService($0, in: route) },
                missing: Self.missingWeight, side: { side($0, in: route) })
        }
        return lists.whole(in: rules, services)
    }

    /// What a backend without a weight gets.
    static let missingWeight = 1

    func side(_ backend: JSON, in route: Object) -> RouteSide? {
        isService(backend, in: route) ? services.side(of: backend["name"]) : nil
    }

    /// Whether a backend is a Service beside the rollout.
    private func isService(_ backend: JSON, in route: Object) -> Bool {
        backend["kind"]?.string ?? "Service" == "Service"
            && (backend["group"]?.string ?? "").isEmpty
            && backend["namespace"]?.string ?? route.namespace == namespace
    }
}
