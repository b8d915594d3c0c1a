import Documents
import KubernetesObjects
import Rollouts

/// Istio: the weights of two destinations in the routes of VirtualServices, told apart by host or
/// by the subsets of a DestinationRule (rollout-semantics §6.5).
struct IstioRouter: Sendable {
    static let kind = "istio"

    /// A VirtualService, and which of its routes are meant. Without any named, the only one of each
    /// protocol is.
    struct Choice: Hashable, Sendable {
        let reference: Reference
        /// Where the document names it.
        let field: Path
        let http: [String]
        let tls: [TLS]
        let tcp: [Int]

        var namesRoutes: Bool { !(http.isEmpty && tls.isEmpty && tcp.isEmpty) }
    }

    /// A TLS route by what it matches.
    struct TLS: Hashable, Sendable {
        let port: Int?
        let hosts: [String]
    }

    /// A DestinationRule with the names of two of its subsets.
    struct Subsets: Hashable, Sendable {
        let rule: Reference
        let stable: String
        let canary: String
        /// Others that keep their weights: the two sides divide what these leave.
        var additional: Set<String> = []
    }

    let namespace: String
    /// Nil where subsets tell the sides apart.
    let stableService: String?
    let canaryService: String?
    let services: [Choice]
    let subsets: Subsets?
    let managedRoutes: [String]

    var router: Router {
        var router = Router(
            kind: Self.kind,
            reads: services.map(\.reference) + (subsets.map { [$0.rule] } ?? []),
            takesVersions: true,
            plan: { split, seen throws(RouterError) in try plan(split, seen) }, read: read,
            routes: { routes, seen throws(RouterError) in try plan(routes, seen) },
            // Nobody says whether the proxies have followed.
            verify: { _ in .cannot }, selects: selects, retreat: weights.retreat)
        router.faults = faults
        router.reserved = weights.reserved
        return router
    }

    var weights: WeightedObjects {
        WeightedObjects(
            total: 100, references: { _ in services.map(\.reference) }, lists: lists,
            event: { reference, weight in
                Event(
                    "Updated VirtualService", "\(reference.shown) set to desiredWeight '\(weight)'")
            })
    }

    /// Going up, the subsets lead to the new pods before anything is sent there. The canary's stays
    /// where it is while it has traffic that other pods do not carry.
    private func plan(_ split: Split, _ seen: Observed) throws(RouterError) -> [Change] {
        guard let subsets else { return try weights.plan(split, seen) }
        let hash = canaryHash(subsets, seen)
        return try weights.plan(split, seen, canary: hash) { moves throws(RouterError) in
            try plan(subsets, movesCanary: moves, seen)
        }
    }

    private func read(_ seen: Observed) -> Reading {
        subsets == nil ? weights.read(seen) : weights.read(seen, planned: plan)
    }
}

extension IstioRouter {
    private func lists(_ object: Object) -> WeightedLists {
        guard let service = service(object) else { return WeightedLists() }
        return examine(object, service).lists
    }

    /// What can be written to in a VirtualService, and what is wrong with it.
    func examine(
        _ object: Object, _ service: Choice
    ) -> (lists: WeightedLists, faults: [RouteFault]) {
        var lists = WeightedLists()
        var (routes, faults) = routes(of: service, in: object)
        for (family, indices) in routes {
            for index in indices {
                let list = Path([.key("spec"), .key(family), .index(index), .key("route")])
                let elements = object.spec?[family]?[index]?["route"]?.array ?? []
                let before = lists.pairs.count
                lists.add(
                    elements, at: list,
                    identity: ["destination", subsets == nil ? "host" : "subset"],
                    versions: naming(in: object), missing: 0, isReserved: isReserved, side: side)
                let isOwn = isOwn(object.spec?[family]?[index] ?? .null)
                if lists.pairs.count == before, !isOwn {
                    faults.append(.sides(family, list))
                }
            }
        }
        lists.fault = faults.first?.error ?? lists.fault
        return (lists, faults)
    }

    /// The routes to write to: those that are meant, and mirror routes of the rollout's own.
    private func routes(
        of service: Choice, in object: Object
    ) -> (found: [(family: String, indices: [Int])], faults: [RouteFault]) {
        var found: [(String, [Int])] = []
        var faults: [RouteFault] = []
        let http = object.spec?["http"]?.array ?? []
        let own = http.indices.filter { isOwn(http[$0]) }
        for family in ["http", "tls", "tcp"] {
            let routes = object.spec?[family]?.array ?? []
            let candidates = routes.indices.filter { family != "http" || !own.contains($0) }
            if service.namesRoutes {
                found.append((family, candidates.filter { service.means(routes[$0], family) }))
                faults += service.lost(among: candidates.map { routes[$0] }, family)
                continue
            }
            if candidates.count > 1 { faults.append(.several(family, candidates.count)) }
            found.append((family, Array(candidates.prefix(1))))
        }
        let isEmpty = found.allSatisfy { $0.1.isEmpty }
        if isEmpty, !service.namesRoutes || object.hasNoRoutes { faults = [.none] }
        return (found.map { ($0, $0 == "http" ? own + $1 : $1) }, faults)
    }

    private func service(_ object: Object) -> Choice? {
        services.first {
            $0.reference.name == object.name && $0.reference.namespace == object.namespace
        }
    }

    /// Which http routes requests of the rollout come through.
    func mainRoutes(_ object: Object) -> [Int] {
        guard let service = service(object) else {
            return []
        }
        let http = routes(of: service, in: object).found.first { $0.family == "http" }
        return (http?.indices ?? []).filter { !isOwn(object.spec?["http"]?[$0] ?? .null) }
    }

    /// Whether a route is called as those that steps make are: `NAME`, `NAME-1` …
    func isOwn(_ route: JSON) -> Bool {
        managedRoutes.contains { ManagedRoute.isName(route["name"]?.string, of: $0) }
    }

    func side(_ element: JSON) -> RouteSide? {
        let destination = element["destination"]
        if let subsets {
            switch destination?["subset"]?.string {
            case subsets.stable: return .stable
            case subsets.canary: return .canary
            default: return nil
            }
        }
        let host = destination?["host"]?.string ?? ""
        if let stableService, isHost(host, of: stableService) { return .stable }
        if let canaryService, isHost(host, of: canaryService) { return .canary }
        return nil
    }

    private func isReserved(_ element: JSON) -> Bool {
        guard let subset = element["destination"]?["subset"]?.string else { return false }
        return subsets?.additional.contains(subset) ?? false
    }

    /// How destinations of a VirtualService name Services of the rollout's namespace. Short hosts
    /// are those of its own.
    private func naming(in object: Object) -> VersionedList.Naming {
        let isNear = object.namespace == namespace
        return VersionedList.Naming(
            member: ["destination", "host"], port: ["destination", "port", "number"],
            service: { element in
                let host = element["destination"]?["host"]?.string ?? ""
                let name = String(host.prefix { $0 != "." })
                return isHost(host, of: name) && (isNear || name != host) ? name : nil
            },
            element: { service, canary in
                var element = canary
                // A subset is one of another host.
                element["destination"]?["subset"] = nil
                let host = canary["destination"]?["host"]?.string ?? ""
                element["destination"]?["host"] = .string(
                    self.host(of: service, like: host, isNear: isNear))
                return element
            })
    }

    /// The host of a Service of the rollout's namespace, as the canary's is written where that says
    /// which namespace is meant.
    private func host(of service: String, like canary: String, isNear: Bool) -> String {
        let parts = canary.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, parts[1] == namespace {
            return ([service] + parts.dropFirst()).joined(separator: ".")
        }
        return parts.count == 1 && isNear
            ? service : "\(service).\(namespace).svc.cluster.local"
    }

    /// `shop`, `shop.prod`, `shop.prod.svc.cluster.local`.
    private func isHost(_ host: String, of service: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.first.map(String.init) == service
            && (parts.count == 1 || String(parts[1]) == namespace)
    }
}

extension Object {
    /// A VirtualService without any routes.
    fileprivate var hasNoRoutes: Bool {
        ["http", "tls", "tcp"].allSatisfy { spec?[$0]?.array?.isEmpty ?? true }
    }
}

extension IstioRouter.Choice {
    /// The routes that it names and that are not there.
    fileprivate func lost(among routes: [JSON], _ family: String) -> [RouteFault] {
        switch family {
        case "http":
            http.filter { name in !routes.contains { $0["name"]?.string == name } }
                .map { RouteFault.lost(family, "Route '\($0)' is not found") }
        case "tls":
            tls.filter { wanted in !routes.contains { means($0, wanted) } }
                .map { RouteFault.lost(family, "no route matches \($0.shown)") }
        default:
            tcp.filter { port in !routes.contains { means($0, port) } }
                .map { RouteFault.lost(family, "no route matches port \($0)") }
        }
    }

    fileprivate func means(_ route: JSON, _ family: String) -> Bool {
        switch family {
        case "http": http.contains(route["name"]?.string ?? "")
        case "tls": tls.contains { means(route, $0) }
        default: tcp.contains { means(route, $0) }
        }
    }

    private func means(_ route: JSON, _ wanted: IstioRouter.TLS) -> Bool {
        (route["match"]?.array ?? []).contains { match in
            let hosts = match["sniHosts"]?.array?.compactMap(\.string) ?? []
            let isPort = wanted.port == nil || match["port"]?.int == wanted.port
            return isPort && (wanted.hosts.isEmpty || Set(wanted.hosts) == Set(hosts))
        }
    }

    private func means(_ route: JSON, _ port: Int) -> Bool {
        (route["match"]?.array ?? []).contains { $0["port"]?.int == port }
    }
}
