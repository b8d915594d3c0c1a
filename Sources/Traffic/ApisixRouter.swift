import Documents
import KubernetesObjects
import Rollouts

/// APISIX: the weights of two Services in the rules of an ApisixRoute, and an ApisixRoute of the
/// rollout's own for each header route (rollout-semantics §6.7).
struct ApisixRouter: Sendable {
    static let kind = "apisix"

    let namespace: String
    let services: SideNames
    let route: Reference
    /// The names of the rules that are meant; all of them where none is named.
    let rules: [String]
    let managedRoutes: [String]

    var router: Router {
        Router(
            kind: Self.kind, reads: [route] + managedRoutes.map(own),
            plan: { split, seen throws(RouterError) in try weights.plan(split, seen) },
            read: weights.read,
            routes: { routes, seen throws(RouterError) in try plan(routes, seen) },
            verify: { _ in .cannot }, retreat: weights.retreat)
    }

    /// The ApisixRoute of a header route of this name.
    func own(_ name: String) -> Reference {
        Reference(.apisixRoutes, namespace: namespace, name: name)
    }

    private var weights: WeightedObjects {
        WeightedObjects(total: 100, references: { _ in [route] }) { object in
            var lists = WeightedLists()
            let list = Path([.key("spec"), .key("http")])
            for (index, rule) in (object.spec?["http"]?.array ?? []).enumerated()
            where isMeant(rule) {
                lists.add(
                    rule["backends"]?.array ?? [],
                    at: list.appending(index).appending("backends"), identity: ["serviceName"],
                    missing: 100
                ) { services.side(of: $0["serviceName"]) }
            }
            lists = lists.whole(in: list, services)
            let found = (object.spec?["http"]?.array ?? []).compactMap { $0["name"]?.string }
            if let lost = rules.first(where: { !found.contains($0) }) {
                lists.fault = RouterError("has no http rule \(lost); correct rules")
            }
            return lists
        }
    }

    func isMeant(_ rule: JSON) -> Bool {
        rules.isEmpty || rules.contains(rule["name"]?.string ?? "")
    }
}

extension RouterKind {
    /// `trafficRouting.apisix` (rollout-semantics §1.6).
    static let apisix = RouterKind(key: ApisixRouter.kind, isPlugin: false) { reader, rollout in
        let before = reader.findings.all.count
        reader.allowOnly(["route"])
        let route = reader["route"]
        route.allowOnly(["name", "rules"])
        let name = route["name"].requiredString()
        let rules = route["rules"].elements().map { $0.requiredString() }
        if rollout.managedRoutes.contains(name) {
            route["name"].refuse(
                "is the name of a managed route, too", remedy: "rename the managed route")
        }
        guard reader.findings.all.count == before, let services = rollout.services(reader)
        else { return nil }
        return ApisixRouter(
            namespace: rollout.namespace, services: services,
            route: Reference(.apisixRoutes, namespace: rollout.namespace, name: name),
            rules: rules, managedRoutes: rollout.managedRoutes
        ).router
    }
}
