import Documents
import KubernetesObjects
import Rollouts

extension GatewayRouter {
    /// Whether every gateway says that it has taken over the routes as they are. One that says
    /// nothing is taken at its word.
    func verify(_ seen: Observed) -> Verification {
        var isKnown = false
        for reference in references(seen) {
            guard let route = seen.objects[reference] else { continue }
            for parent in route.status?["parents"]?.array ?? [] where route.isAttached(to: parent) {
                guard let conditions = parent["conditions"]?.array, !conditions.isEmpty else {
                    continue
                }
                isKnown = true
                if let why = obstacle(conditions, generation: route.generation) {
                    let gateway = parent["parentRef"]?["name"]?.string ?? ""
                    return .no("\(reference.shown) at gateway \(gateway): \(why)")
                }
            }
        }
        return isKnown ? .yes : .cannot
    }

    /// Conditions that have to be true where they are there.
    private static let wanted = ["Accepted", "ResolvedRefs", "Programmed"]

    private func obstacle(_ conditions: [JSON], generation: Int) -> String? {
        for condition in conditions {
            guard let type = condition["type"]?.string else { continue }
            let isMeant = Self.wanted.contains(type) || type == "PartiallyInvalid"
            guard isMeant else { continue }
            if let observed = condition["observedGeneration"]?.int, observed < generation {
                return "it has taken over generation \(observed), not \(generation) yet"
            }
            let isTrue = condition["status"]?.string == "True"
            if isTrue == (type == "PartiallyInvalid") {
                let reason = condition["reason"]?.string ?? ""
                let message = condition["message"]?.string ?? ""
                return "\(type) is \(isTrue ? "True" : "not True"): \(reason) \(message)"
            }
        }
        return nil
    }
}

extension Object {
    /// Whether this route still names that parent: a gateway that is gone leaves what it said.
    fileprivate func isAttached(to parent: JSON) -> Bool {
        func identity(_ reference: JSON?) -> [String] {
            [
                reference?["name"]?.string ?? "", reference?["namespace"]?.string ?? namespace,
                reference?["sectionName"]?.string ?? "",
            ]
        }
        let parents = spec?["parentRefs"]?.array ?? []
        return parents.isEmpty || parents.contains { identity($0) == identity(parent["parentRef"]) }
    }
}
