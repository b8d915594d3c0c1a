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
        Router(
            kind: Self.kind,
            reads: services.map(\.reference) + (subsets.map { [$0.rule] } ?? []),
            takesVersions: true,
            plan: { split, seen throws(RouterError) in try plan(split, seen) }, read: read,
            routes: { routes, seen throws(RouterError) in try plan(routes, seen) },
            // Nobody says whether the proxies have followed.
            verify: { _ in .cannot }, selects: selects, retreat: weights.retreat)
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
        var lists = WeightedLists()
        guard let service = service(object) else {
            return lists
        }
        for (family, indices) in routes(of: service, in: object, &lists.fault) {
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
                    lists.fault =
                        lists.fault
                        ?? RouterError(
                            "has no destinations for both sides in spec.\(family)[\(index)].route;"
                                + " add the one that is missing")
                }
            }
        }
        return lists
    }

    /// The routes to write to: those that are meant, and mirror routes of the rollout's own.
    private func routes(
        of service: Choice, in object: Object, _ fault: inout RouterError?
    ) -> [(family: String, indices: [Int])] {
        func all(_ family: String) -> [JSON] { object.spec?[family]?.array ?? [] }
        var found: [(String, [Int])] = []
        let own = all("http").indices.filter { isOwn(all("http")[$0]) }
        for family in ["http", "tls", "tcp"] {
            let routes = all(family)
            let candidates = routes.indices.filter { family != "http" || !own.contains($0) }
            if service.namesRoutes {
                let meant = candidates.filter { service.means(routes[$0], family) }
                found.append((family, meant))
                continue
            }
            if candidates.count > 1 {
                fault = RouterError(
                    "has \(candidates.count) \(family) routes; name those that are meant")
            }
            found.append((family, Array(candidates.prefix(1))))
        }
        let count = found.reduce(0) { $0 + $1.1.count }
        if count < max(service.http.count + service.tls.count + service.tcp.count, 1) {
            fault = RouterError(
                service.namesRoutes
                    ? "lacks a route that the rollout names; correct the routes of virtualService"
                    : "has no http, tls or tcp route; add one")
        }
        return found.map { ($0, $0 == "http" ? own + $1 : $1) }
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
        var fault: RouterError?
        let http = routes(of: service, in: object, &fault).first { $0.family == "http" }
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

extension IstioRouter.Choice {
    fileprivate func means(_ route: JSON, _ family: String) -> Bool {
        let matches = route["match"]?.array ?? []
        switch family {
        case "http": return http.contains(route["name"]?.string ?? "")
        case "tls":
            return tls.contains { wanted in
                matches.contains { match in
                    let hosts = match["sniHosts"]?.array?.compactMap(\.string) ?? []
                    let isPort = wanted.port == nil || match["port"]?.int == wanted.port
                    return isPort && (wanted.hosts.isEmpty || Set(wanted.hosts) == Set(hosts))
                }
            }
        default:
            return matches.contains { match in tcp.contains { match["port"]?.int == $0 } }
        }
    }
}
