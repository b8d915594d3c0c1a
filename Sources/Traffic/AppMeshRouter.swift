import Documents
import KubernetesObjects
import Rollouts

/// AWS App Mesh: the weights of two VirtualNodes in the routes of the VirtualRouter that stands
/// behind a VirtualService (rollout-semantics §6.7).
struct AppMeshRouter: Sendable {
    static let kind = "appMesh"

    let namespace: String
    let service: Reference
    /// The names of the routes that are meant; all of them where none is named.
    let routes: [String]
    /// The names of the VirtualNodes.
    let nodes: SideNames

    var router: Router {
        var router = Router(
            kind: Self.kind, reads: [service, node(nodes.stable), node(nodes.canary)],
            searches: [search],
            plan: { split, seen throws(RouterError) in try plan(split, seen) }, read: read,
            verify: { _ in .cannot }, selects: selects, retreat: retreat)
        router.faults = faults
        return router
    }

    func node(_ name: String) -> Reference {
        Reference(.meshNodes, namespace: namespace, name: name)
    }

    /// The document names no VirtualRouter: its VirtualService does.
    private var search: Search {
        Search(resource: .meshRouters, namespace: namespace, labels: .everything)
    }

    private func virtualRouter(_ seen: Observed) throws(RouterError) -> Reference {
        guard let reference = provider(of: try seen.object(service)) else {
            throw RouterError("\(withoutRouter); \(Self.routerRemedy)")
        }
        if seen.objects[reference] == nil, let why = deniedRouters(seen) {
            throw RouterError("\(reference.shown) cannot be read: \(why)")
        }
        return reference
    }

    /// The VirtualRouter behind the VirtualService; nil where there is none of the same namespace.
    private func provider(of service: Object) -> Reference? {
        let target = service.spec?["provider"]?["virtualRouter"]?["virtualRouterRef"]
        guard let name = target?["name"]?.string,
            target?["namespace"]?.string ?? namespace == namespace
        else { return nil }
        return search.reference(name)
    }

    private func deniedRouters(_ seen: Observed) -> String? {
        seen.denied[search.reference(search.labels.description)]
    }

    private var withoutRouter: String {
        "\(service.shown) has no VirtualRouter of its namespace as its provider"
    }

    private static let routerRemedy =
        "give it one in spec.provider.virtualRouter.virtualRouterRef"

    /// What is wrong with the VirtualService and the VirtualRouter behind it, before anything is
    /// moved.
    private func faults(_ seen: Observed) -> [NamedFault] {
        let field = Path([.key("virtualService"), .key("name")])
        guard let object = seen.objects[service] else {
            return seen.denied[service] == nil ? [NamedFault(missing: service, at: field)] : []
        }
        guard let reference = provider(of: object) else {
            return [NamedFault(field, service.name, withoutRouter, remedy: Self.routerRemedy)]
        }
        guard let router = seen.objects[reference] else {
            return deniedRouters(seen) == nil ? [NamedFault(missing: reference, at: field)] : []
        }
        return (lists(router).fault.map { [$0] } ?? []).map { fault in
            NamedFault(
                field, reference.name, "\(reference.shown) \(fault)",
                remedy: "correct the VirtualRouter, or virtualService")
        }
    }

    var weights: WeightedObjects {
        WeightedObjects(
            total: 100,
            references: { seen in
                do throws(RouterError) { return [try virtualRouter(seen)] } catch { return [] }
            }, lists: lists)
    }

    /// Going up, the nodes stand for the new pods before anything is sent there. That of the canary
    /// stays as it is while it has traffic that other pods do not carry.
    private func plan(_ split: Split, _ seen: Observed) throws(RouterError) -> [Change] {
        _ = try virtualRouter(seen)
        let hash = seen.objects[node(nodes.canary)].map(hash) ?? seen.currentHash
        return try weights.plan(split, seen, canary: hash) { moves throws(RouterError) in
            try planNodes(movesCanary: moves, seen)
        }
    }

    private func read(_ seen: Observed) -> Reading {
        do throws(RouterError) {
            _ = try virtualRouter(seen)
        } catch {
            if !seen.denied.isEmpty { return .unreadable(error.description) }
            let left = left(seen)
            return left == 0 ? .unset : .unsettled(atMost: Split(canary: left, of: 100))
        }
        return weights.read(seen, planned: plan)
    }
}

extension AppMeshRouter {
    /// The most that the canary's node gets.
    func mostForCanary(_ seen: Observed) -> Int { max(left(seen), weights.mostForCanary(seen)) }

    /// What goes on while the VirtualService is away: whoever replaces it may delete it first, and
    /// the routes behind it are as they were once it is back. Until then nothing says which
    /// VirtualRouter is meant, and it may be any that leads to both nodes.
    private func left(_ seen: Observed) -> Int {
        guard seen.objects[service] == nil else { return 0 }
        return search.found(seen).compactMap { seen.objects[$0] }.flatMap { lists($0).pairs }
            .map { $0.share(of: 100, beside: []) ?? 100 }.max() ?? 0
    }

    /// Nothing is known of what it carries then.
    private var retreat: Retreat {
        var retreat = weights.retreat
        retreat.carried = { [carried = retreat.carried] seen, others in
            left(seen) > 0 ? nil : carried(seen, others)
        }
        return retreat
    }
}

extension AppMeshRouter {
    private static let families = ["httpRoute", "http2Route", "grpcRoute", "tcpRoute"]

    private func lists(_ router: Object) -> WeightedLists {
        var lists = WeightedLists()
        let all = router.spec?["routes"]?.array ?? []
        for (index, route) in all.enumerated() where isMeant(route) {
            for family in Self.families {
                guard let targets = route[family]?["action"]?["weightedTargets"]?.array else {
                    continue
                }
                let before = lists.pairs.count
                let list = Path([
                    .key("spec"), .key("routes"), .index(index), .key(family), .key("action"),
                    .key("weightedTargets"),
                ])
                lists.add(
                    targets, at: list, identity: ["virtualNodeRef", "name"], missing: 0,
                    side: { side($0, in: router) })
                if lists.pairs.count == before || targets.count != 2 {
                    lists.fault = RouterError(
                        "must lead to the VirtualNodes \(nodes.stable) and \(nodes.canary) in"
                            + " \(list), and to nothing else; correct its weightedTargets")
                }
            }
        }
        let names = all.compactMap { $0["name"]?.string }
        if let lost = routes.first(where: { !names.contains($0) }) {
            lists.fault = RouterError("has no route \(lost); correct the routes of virtualService")
        } else if lists.pairs.isEmpty, lists.fault == nil {
            lists.fault = RouterError("has no route with weightedTargets; add one")
        }
        return lists
    }

    private func isMeant(_ route: JSON) -> Bool {
        routes.isEmpty || routes.contains(route["name"]?.string ?? "")
    }

    private func side(_ target: JSON, in router: Object) -> RouteSide? {
        let node = target["virtualNodeRef"]
        guard node?["namespace"]?.string ?? router.namespace == namespace else { return nil }
        return nodes.side(of: node?["name"])
    }
}

extension RouterKind {
    /// `trafficRouting.appMesh` (rollout-semantics §1.6).
    static let appMesh = RouterKind(key: AppMeshRouter.kind, isPlugin: false) { reader, rollout in
        let before = reader.findings.all.count
        reader.allowOnly(["virtualService", "virtualNodeGroup"])
        let service = reader["virtualService"], group = reader["virtualNodeGroup"]
        service.allowOnly(["name", "routes"])
        group.allowOnly(["canaryVirtualNodeRef", "stableVirtualNodeRef"])
        let nodes = SideNames(
            stable: group["stableVirtualNodeRef"]["name"].requiredString(),
            canary: group["canaryVirtualNodeRef"]["name"].requiredString())
        if nodes.stable == nodes.canary, !nodes.stable.isEmpty {
            group["canaryVirtualNodeRef"].refuse(
                "is the VirtualNode of stable, too", remedy: "name another VirtualNode")
        }
        let name = service["name"].requiredString()
        let routes = service["routes"].elements().map { $0.requiredString() }
        guard reader.findings.all.count == before, rollout.services(reader) != nil else {
            return nil
        }
        return AppMeshRouter(
            namespace: rollout.namespace,
            service: Reference(.meshServices, namespace: rollout.namespace, name: name),
            routes: routes, nodes: nodes
        ).router
    }
}
