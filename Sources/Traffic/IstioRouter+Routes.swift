import Documents
import KubernetesObjects
import Rollouts

/// Routes that steps make: each stands before the routes of others, since the first that matches
/// counts, and takes the requests of a main route that match besides.
extension IstioRouter {
    /// The changes that leave exactly these routes in the objects.
    func plan(_ routes: [ManagedRoute], _ seen: Observed) throws(RouterError) -> [Change] {
        try seen.changes(
            to: routes, in: services.map(\.reference), patch: { patch($0, to: routes) },
            event: { reference, names in
                Event(
                    "Updated VirtualService",
                    names.isEmpty
                        ? "Removing the managed routes of \(reference.shown)"
                        : "\(reference.shown) set to the managed routes \(names)")
            })
    }

    private func patch(_ object: Object, to routes: [ManagedRoute]) -> Patch? {
        let all = object.spec?["http"]?.array ?? []
        let own = all.indices.filter { isOwn(all[$0]) }
        let main = mainRoutes(object).map { all[$0] }
        let wanted = routes.flatMap { route in
            main.enumerated().compactMap { made($0.element, number: $0.offset, for: route) }
        }
        let present = own.map { all[$0] }
        let isInPlace = own == Array(own.indices)
        if isInPlace, present.count == wanted.count,
            zip(present, wanted).allSatisfy({ $0.includes($1) })
        {
            return nil
        }
        let http = Path([.key("spec"), .key("http")])
        var patch = ListPatch()
        patch.remove(own, of: all, in: http)
        for (index, route) in wanted.enumerated() { patch.set(route, at: http.appending(index)) }
        return patch.patch
    }

    private func made(_ main: JSON, number: Int, for route: ManagedRoute) -> JSON? {
        let all = main["route"]?.array ?? []
        guard let canary = all.first(where: { side($0) == .canary }),
            let destination = canary["destination"]
        else { return nil }
        var made = main
        made["name"] = .string(route.name(number: number))
        switch route.purpose {
        case .header(let headers):
            made["match"] = Self.merged(main["match"], [Self.match(headers)])
            var alone = canary
            alone["weight"] = 100
            made["route"] = [alone]
        case .mirror(let requests, let percent):
            made["match"] = Self.merged(main["match"], requests.map(Self.match))
            made["mirror"] = destination
            made["mirrorPercentage"] = ["value": .int(Int64(percent))]
        }
        return made
    }

    /// Every combination of what the main route asks for and what the step asks for besides; nil
    /// where both take everything.
    private static func merged(_ main: JSON?, _ besides: [JSON]) -> JSON? {
        let first = main?.array.flatMap { $0.isEmpty ? nil : $0 } ?? [[:]]
        let second = besides.isEmpty ? [[:]] : besides
        let all = first.flatMap { match in
            second.map { more in
                var both = match
                for (key, value) in more.object?.members ?? [] where key != "headers" {
                    both[key] = value
                }
                for (name, value) in more["headers"]?.object?.members ?? [] {
                    both.set(value, at: ["headers", name])
                }
                return both
            }
        }
        return all == [[:]] ? nil : .array(all)
    }

    private static func match(_ headers: [HeaderMatch]) -> JSON {
        ["headers": .object(JSONObject(headers.map { ($0.name, json($0.value)) }))]
    }

    private static func match(_ request: RequestMatch) -> JSON {
        var match: JSON = request.headers.isEmpty ? [:] : Self.match(request.headers)
        match["method"] = request.method.map(json)
        match["uri"] = request.path.map(json)
        return match
    }

    private static func json(_ text: StringMatch) -> JSON {
        switch text {
        case .exact(let text): ["exact": .string(text)]
        case .regex(let text): ["regex": .string(text)]
        case .prefix(let text): ["prefix": .string(text)]
        }
    }
}
