import Documents
import KubernetesObjects
import Rollouts

extension RouterKind {
    /// `trafficRouting.traefik`: the weights of two Services in a TraefikService
    /// (rollout-semantics §6.7, traffic-routers §5).
    static let traefik = RouterKind(key: "traefik", isPlugin: false) { reader, rollout in
        let before = reader.findings.all.count
        reader.allowOnly(["weightedTraefikServiceName"])
        let name = reader["weightedTraefikServiceName"].requiredString()
        guard reader.findings.all.count == before, let services = rollout.services(reader)
        else { return nil }
        let reference = Reference(
            .traefikServices, namespace: rollout.namespace, name: name)
        let list = Path([.key("spec"), .key("weighted"), .key("services")])
        let weights = WeightedObjects(total: 100, references: { _ in [reference] }) { object in
            var lists = WeightedLists()
            lists.add(
                object.spec?["weighted"]?["services"]?.array ?? [], at: list, identity: ["name"],
                missing: 1
            ) { element in
                guard element["kind"]?.string ?? "Service" == "Service",
                    element["namespace"]?.string ?? object.namespace == rollout.namespace
                else { return nil }
                return services.side(of: element["name"])
            }
            return lists.whole(in: list, services)
        }
        return Router(
            kind: "traefik", reads: [reference],
            plan: { split, seen throws(RouterError) in try weights.plan(split, seen) },
            read: weights.read, verify: { _ in .cannot }, retreat: weights.retreat)
    }
}
