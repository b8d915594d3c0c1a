import Documents
import KubernetesObjects

extension RouterKind {
    /// `trafficRouting.istio` (rollout-semantics §1.6).
    static let istio = RouterKind(key: IstioRouter.kind, isPlugin: false) { reader, rollout in
        IstioRouter(reader, rollout)?.router
    }
}

extension IstioRouter {
    /// Far more than one rollout can have; bounds the work of a turn.
    private static let serviceLimit = 100

    init?(_ reader: Reader, _ rollout: RoutedRollout) {
        let before = reader.findings.all.count
        reader.allowOnly(["virtualService", "virtualServices", "destinationRule"])
        let one = reader["virtualService"], many = reader["virtualServices"]
        if one.isPresent == many.isPresent {
            reader.refuse(
                "either VirtualService or VirtualServices must be configured",
                remedy: one.isPresent ? "keep virtualServices" : "name one in virtualService")
        }
        services =
            (one.isPresent ? [Self.service(one, rollout, at: [.key("virtualService")])] : [])
            + many.elements().enumerated().map { index, element in
                Self.service(element, rollout, at: [.key("virtualServices"), .index(index)])
            }
        if Set(services.map(\.reference)).count < services.count
            || services.count > Self.serviceLimit
        {
            many.refuse(
                "names a VirtualService twice, or more than \(Self.serviceLimit) of them",
                remedy: "list each once")
        }
        let rule = reader["destinationRule"]
        subsets = rule.isPresent ? Self.subsets(rule, rollout) : nil
        namespace = rollout.namespace
        stableService = rollout.stableService
        canaryService = rollout.canaryService
        managedRoutes = rollout.managedRoutes
        if reader.findings.all.count > before { return nil }
        if subsets == nil, rollout.services(reader) == nil { return nil }
    }

    private static func service(
        _ reader: Reader, _ rollout: RoutedRollout, at field: [Path.Component]
    ) -> Choice {
        reader.allowOnly(["name", "routes", "tlsRoutes", "tcpRoutes"])
        let parts = reader["name"].requiredString().split(separator: ".", maxSplits: 1)
        let tls = reader["tlsRoutes"].elements().map { route in
            route.allowOnly(["port", "sniHosts"])
            return TLS(
                port: route["port"].int(),
                hosts: route["sniHosts"].elements().compactMap { $0.string() })
        }
        let tcp = reader["tcpRoutes"].elements().compactMap { route in
            route.allowOnly(["port"])
            return route["port"].int()
        }
        return Choice(
            reference: Reference(
                .virtualServices,
                namespace: parts.count > 1 ? String(parts[1]) : rollout.namespace,
                name: parts.first.map(String.init) ?? ""),
            field: Path(field + [.key("name")]),
            http: reader["routes"].elements().map { $0.requiredString() }, tls: tls, tcp: tcp)
    }

    private static func subsets(_ reader: Reader, _ rollout: RoutedRollout) -> Subsets? {
        reader.allowOnly([
            "name", "canarySubsetName", "stableSubsetName", "additionalSubsetNames",
        ])
        let names = ["name", "stableSubsetName", "canarySubsetName"].map {
            reader[$0].requiredString()
        }
        if names.contains("") { return nil }
        if names[1] == names[2] {
            reader["canarySubsetName"].refuse(
                "is the subset of stable, too", remedy: "name another subset of the rule")
        }
        let additional = reader["additionalSubsetNames"].elements().map { $0.requiredString() }
        if additional.contains(where: names.dropFirst().contains) {
            reader["additionalSubsetNames"].refuse(
                "names a subset of the two sides", remedy: "name others only")
        }
        return Subsets(
            rule: Reference(.destinationRules, namespace: rollout.namespace, name: names[0]),
            stable: names[1], canary: names[2], additional: Set(additional))
    }
}
