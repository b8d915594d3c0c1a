import Documents
import KubernetesObjects
import Rollouts

/// Header routes: for each rule that is divided, one more rule of the same requests, if they have
/// the headers, with the canary alone behind it. Gateways take the rule that asks for more headers.
extension GatewayRouter {
    /// The changes that leave exactly these header routes in the objects.
    func plan(_ routes: [ManagedRoute], _ seen: Observed) throws(RouterError) -> [Change] {
        try seen.changes(
            to: routes, in: self.routes.filter(\.takesHeaders).map(\.reference),
            patch: { patch($0, to: routes) },
            event: { reference, names in
                Event(
                    "Patching\(reference.resource.kind)",
                    names.isEmpty
                        ? "Removing the header routes of \(reference.shown)"
                        : "Updating \(reference.shown) to the header routes \(names)")
            })
    }

    /// Nil where the object has these routes already.
    private func patch(_ object: Object, to routes: [ManagedRoute]) -> Patch? {
        let all = object.spec?["rules"]?.array ?? []
        let own = all.indices.filter { isOwn(all[$0]) }
        let divided = all.filter { rule in
            let sides = (rule["backendRefs"]?.array ?? []).compactMap { side($0, in: object) }
            return !isOwn(rule) && Set(sides).count == 2
        }
        let wanted = routes.flatMap { route in
            divided.enumerated().compactMap {
                headerRule($0.element, number: $0.offset, for: route, in: object)
            }
        }
        let present = own.map { all[$0] }
        if present.count == wanted.count, zip(present, wanted).allSatisfy({ $0.includes($1) }) {
            return nil
        }
        let rules = Path([.key("spec"), .key("rules")])
        var patch = ListPatch()
        patch.remove(own, of: all, in: rules)
        for rule in wanted { patch.set(rule, at: rules.appending("-")) }
        return patch.patch
    }

    /// Whether a rule is called as header routes are: `NAME`, `NAME-1` …
    private func isOwn(_ rule: JSON) -> Bool {
        managedRoutes.contains { ManagedRoute.isName(rule["name"]?.string, of: $0) }
    }

    private func headerRule(
        _ rule: JSON, number: Int, for route: ManagedRoute, in object: Object
    ) -> JSON? {
        guard case .header(let headers) = route.purpose,
            var backend = rule["backendRefs"]?.array?.first(where: {
                side($0, in: object) == .canary
            })
        else { return nil }
        backend["weight"] = .int(Int64(Self.missingWeight))
        let matches = rule["matches"]?.array ?? []
        var header = rule
        header["name"] = .string(route.name(number: number))
        header["matches"] = .array((matches.isEmpty ? [[:]] : matches).map { merged($0, headers) })
        header["backendRefs"] = [backend]
        return header
    }

    private func merged(_ match: JSON, _ headers: [HeaderMatch]) -> JSON {
        let names = Set(headers.map { $0.name.lowercased() })
        let others = (match["headers"]?.array ?? []).filter {
            !names.contains($0["name"]?.string?.lowercased() ?? "")
        }
        var match = match
        match["headers"] = .array(others + headers.map(Self.json))
        return match
    }

    private static func json(_ header: HeaderMatch) -> JSON {
        let (type, value) =
            switch header.value {
            case .exact(let text): ("Exact", text)
            case .regex(let text): ("RegularExpression", text)
            case .prefix(let text): ("RegularExpression", text + ".*")
            }
        return [
            "name": .string(header.name), "type": .string(type), "value": .string(value),
        ]
    }
}
