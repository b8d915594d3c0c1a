import Documents
import KubernetesObjects
import Rollouts

extension RouterKind {
    /// `trafficRouting.apisix`: the weights of two Services in the rules of an ApisixRoute
    /// (rollout-semantics §6.7).
    static let apisix = RouterKind(key: "apisix", isPlugin: false) { reader, rollout in
        let before = reader.findings.all.count
        reader.allowOnly(["route"])
        let route = reader["route"]
        route.allowOnly(["name", "rules"])
        let name = route["name"].requiredString()
        let rules = route["rules"].elements().map { $0.requiredString() }
        guard reader.findings.all.count == before, let services = rollout.services(reader)
        else { return nil }
        let reference = Reference(.apisixRoutes, namespace: rollout.namespace, name: name)
        let http = Path([.key("spec"), .key("http")])
        let weights = WeightedObjects(total: 100, references: { _ in [reference] }) { object in
            var lists = WeightedLists()
            var found: Set<String> = []
            for (index, rule) in (object.spec?["http"]?.array ?? []).enumerated() {
                let rule = rule, name = rule["name"]?.string ?? ""
                guard rules.isEmpty || rules.contains(name) else { continue }
                found.insert(name)
                lists.add(
                    rule["backends"]?.array ?? [],
                    at: http.appending(index).appending("backends"), identity: ["serviceName"],
                    missing: 100
                ) { services.side(of: $0["serviceName"]) }
            }
            lists = lists.whole(in: http, services)
            if let lost = rules.first(where: { !found.contains($0) }) {
                lists.fault = RouterError("has no http rule \(lost); correct rules")
            }
            return lists
        }
        return Router(
            kind: "apisix", reads: [reference], changesStandAlone: true,
            plan: { split, seen throws(RouterError) in try weights.plan(split, seen) },
            read: weights.read, verify: { _ in .cannot }, retreat: weights.retreat)
    }
}
