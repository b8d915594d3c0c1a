import Documents
import KubernetesObjects
import Rollouts

/// Header routes: an ApisixRoute of the rollout's own with the rules that are divided, for requests
/// that have the headers, above them and with the canary alone behind it.
extension ApisixRouter {
    /// The changes that leave exactly the ApisixRoutes of these header routes.
    func plan(_ routes: [ManagedRoute], _ seen: Observed) throws(RouterError) -> [Change] {
        var changes: [Change] = []
        for name in managedRoutes {
            let route = routes.first { $0.name == name }
            if let route, case .header(let headers) = route.purpose {
                let spec = spec(headers, over: try seen.object(self.route))
                if spec["http"]?.array?.isEmpty ?? true {
                    throw RouterError("\(self.route.shown) has no rule with the canary; add one")
                }
                if let change = try change(name, to: spec, seen) { changes.append(change) }
            } else if isOurs(seen.objects[own(name)], seen) {
                changes.append(
                    Change(
                        own(name), .delete,
                        event: Event(
                            "DeletingApisixRoute",
                            "Deleting ApisixRoute `\(name)`: its header route is not wanted")))
            }
        }
        return changes
    }

    private func isOurs(_ route: Object?, _ seen: Observed) -> Bool {
        route.map { $0.controllerOwner?.uid == seen.owner.uid } ?? false
    }

    private func change(
        _ name: String, to spec: JSON, _ seen: Observed
    ) throws(RouterError) -> Change? {
        let reference = own(name)
        guard let present = seen.objects[reference] else {
            return Change(
                reference, .create(Object(reference, spec: spec, ownedBy: seen.owner)),
                event: Event(
                    "CreatingApisixRoute", "Creating ApisixRoute `\(name)` for its header route"))
        }
        guard isOurs(present, seen) else {
            throw RouterError(
                "\(reference.shown) is controlled by somebody else; rename it or the managed"
                    + " route, this rollout must create its own")
        }
        if present.spec?.includes(spec) ?? false { return nil }
        return Change(
            reference, .patch(.json([["op": "replace", "path": "/spec", "value": spec]])),
            event: Event(
                "PatchingApisixRoute", "Updating ApisixRoute `\(name)` to its header route"))
    }

    private func spec(_ headers: [HeaderMatch], over base: Object) -> JSON {
        var spec: JSON = [:]
        spec["ingressClassName"] = base.spec?["ingressClassName"]
        let rules = (base.spec?["http"]?.array ?? []).filter(isMeant)
        spec["http"] = .array(rules.compactMap { rule(headers, over: $0) })
        return spec
    }

    /// Far above what anybody writes; one more is still a number of the API.
    private static let highestPriority = 1_000_000_000

    private func rule(_ headers: [HeaderMatch], over rule: JSON) -> JSON? {
        let backends = rule["backends"]?.array ?? []
        let found = backends.first { services.side(of: $0["serviceName"]) == .canary }
        guard var canary = found else { return nil }
        canary["weight"] = 100
        var made = rule
        made["backends"] = [canary]
        let priority = min(rule["priority"]?.int ?? 0, Self.highestPriority)
        made["priority"] = .int(Int64(priority) + 1)
        let conditions = rule["match"]?["exprs"]?.array ?? []
        made.set(.array(conditions + headers.map(Self.condition)), at: ["match", "exprs"])
        return made
    }

    private static func condition(_ header: HeaderMatch) -> JSON {
        let (operation, value) =
            switch header.value {
            case .exact(let text): ("Equal", text)
            case .regex(let text): ("RegexMatch", text)
            case .prefix(let text): ("RegexMatch", "^" + text.escapedForPatterns)
            }
        return [
            "subject": ["scope": "Header", "name": .string(header.name)],
            "op": .string(operation), "value": .string(value),
        ]
    }
}

extension String {
    /// Matches itself only, as a regular expression.
    fileprivate var escapedForPatterns: String {
        reduce(into: "") { pattern, character in
            if #"\^$.|?*+()[]{}"#.contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
    }
}
