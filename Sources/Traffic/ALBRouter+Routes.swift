import Documents
import KubernetesObjects
import Rollouts

/// Header routes: before each path that leads to the root service, the same path for requests with
/// the headers, with an action of its own that sends all of them to the canary.
extension ALBRouter {
    /// The changes that leave exactly these header routes in the Ingresses.
    func plan(_ routes: [ManagedRoute], _ seen: Observed) throws(RouterError) -> [Change] {
        try seen.changes(
            to: routes, in: ingresses.map(reference), patch: { patch($0, to: routes) },
            event: { reference, names in
                Event(
                    "PatchingALBIngress",
                    names.isEmpty
                        ? "Removing the header routes of \(reference.shown)"
                        : "Updating \(reference.shown) to the header routes \(names)")
            })
    }

    /// Nil where the Ingress has these routes already.
    private func patch(_ ingress: Object, to routes: [ManagedRoute]) -> Patch? {
        let names = routes.filter(\.isByHeader).map(\.name)
        let recorded = recorded(ingress)
        var patch = ListPatch()
        for (index, rule) in (ingress.spec?["rules"]?.array ?? []).enumerated() {
            let paths = rule["http"]?["paths"]?.array ?? []
            let wanted = paths.filter { !isOwn($0, recorded) }.flatMap { path in
                leadsToRoot(path) ? names.map { self.path(path, to: $0) } + [path] : [path]
            }
            let isThere =
                paths.count == wanted.count
                && zip(paths, wanted).allSatisfy { $0.includes($1) }
            if isThere { continue }
            let list = Path([
                .key("spec"), .key("rules"), .index(index), .key("http"), .key("paths"),
            ])
            patch.require(.array(paths), at: list)
            patch.set(.array(wanted), at: list)
        }
        for name in managedRoutes {
            let route = routes.first { $0.name == name }
            guard route != nil || recorded.contains(key(of: name)) else { continue }
            patch.annotate(key(of: name), route.flatMap(action), on: ingress)
            patch.annotate("\(prefix)/conditions.\(name)", route.flatMap(conditions), on: ingress)
        }
        let others = recorded.subtracting(managedRoutes.map(key))
        patch.annotate(
            Self.record, record(ingress, others.union(names.map(key))), on: ingress)
        return patch.patch
    }

    /// A path of an action that the Ingress records as this rollout's.
    private func isOwn(_ path: JSON, _ recorded: Set<String>) -> Bool {
        let service = path["backend"]?["service"]
        let name = service?["name"]?.string ?? ""
        return managedRoutes.contains(name) && recorded.contains(key(of: name))
            && service?["port"]?["name"]?.string == Self.annotated
    }

    private func path(_ path: JSON, to action: String) -> JSON {
        var path = path
        path["backend"] = [
            "service": ["name": .string(action), "port": ["name": .string(Self.annotated)]]
        ]
        return path
    }

    private func action(_ route: ManagedRoute) -> String? {
        route.isByHeader ? forwarding([(services.canary, 100)]).text : nil
    }

    private func conditions(_ route: ManagedRoute) -> String? {
        guard case .header(let headers) = route.purpose else { return nil }
        return JSON.array(
            headers.map { header in
                [
                    "field": "http-header",
                    "httpHeaderConfig": [
                        "httpHeaderName": .string(header.name),
                        "values": [.string(header.value.text)],
                    ],
                ]
            }
        ).text
    }

    /// The annotations that the Ingress records as this rollout's.
    private func recorded(_ ingress: Object) -> Set<String> {
        Set((records(ingress)[rollout]?.array ?? []).compactMap(\.string))
    }

    /// The record with exactly these of this rollout; nil for none of anybody.
    private func record(_ ingress: Object, _ keys: Set<String>) -> String? {
        var all = records(ingress)
        let present = (all[rollout]?.array ?? []).compactMap(\.string)
        if Set(present) == keys { return ingress.annotations[Self.record] }
        let kept = present.filter(keys.contains)
        let added = keys.subtracting(present).sorted()
        all[rollout] = keys.isEmpty ? .none : .some(.array((kept + added).map(JSON.string)))
        return all.object?.isEmpty ?? true ? nil : all.text
    }

    /// The port of a backend that an annotation describes.
    private static let annotated = "use-annotation"
}

extension ManagedRoute {
    fileprivate var isByHeader: Bool {
        if case .header = purpose { true } else { false }
    }
}

extension StringMatch {
    /// Load balancers compare whole values only, and documents with others are refused.
    fileprivate var text: String {
        switch self {
        case .exact(let text), .regex(let text), .prefix(let text): text
        }
    }
}
