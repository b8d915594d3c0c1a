import Documents
import KubernetesObjects

extension RouterKind {
    /// `trafficRouting.plugins["argoproj-labs/gatewayAPI"]`: no plugin here, the same document.
    static let gateway = RouterKind(key: GatewayRouter.kind, isPlugin: true) { reader, rollout in
        GatewayRouter(reader, rollout)?.router
    }
}

extension GatewayRouter {
    /// A kind of route, as the configuration calls it.
    private struct Family {
        let resource: Resource
        let key: String
        let hasHeaders: Bool
    }

    private static let families = [
        Family(resource: .httpRoutes, key: "httpRoute", hasHeaders: true),
        Family(resource: .grpcRoutes, key: "grpcRoute", hasHeaders: true),
        Family(resource: .tcpRoutes, key: "tcpRoute", hasHeaders: false),
        Family(resource: .tlsRoutes, key: "tlsRoute", hasHeaders: false),
    ]

    /// `configMap` is what versions before 0.5 kept their state in.
    private static let keys = Set(
        families.flatMap { [$0.key, "\($0.key)s", "\($0.key)Selector"] } + [
            "namespace", "configMap", "disableInProgressLabel", "inProgressLabelKey",
            "inProgressLabelValue",
        ])

    /// What the API takes as a weight.
    private static let weightLimit = 1_000_000
    /// Far more than one rollout can have; bounds the work of a turn.
    private static let routeLimit = 100

    init?(_ reader: Reader, _ rollout: RoutedRollout) {
        let before = reader.findings.all.count
        reader.allowOnly(Self.keys)
        let namespace = reader["namespace"].string() ?? rollout.namespace
        routes = Self.families.flatMap { Self.routes($0, reader, namespace) }
        searches = Self.families.compactMap { Self.search($0, reader, namespace) }
        if routes.isEmpty && searches.isEmpty {
            reader.refuse("names no route", remedy: "name an HTTPRoute in httpRoute")
        }
        if routes.count > Self.routeLimit || Set(routes.map(\.reference)).count < routes.count {
            reader.refuse(
                "names a route twice, or more than \(Self.routeLimit) of them",
                remedy: "list each route once")
        }
        if rollout.maximumWeight ?? 0 > Self.weightLimit {
            reader.refuse(
                "Gateway API cannot follow a maxTrafficWeight above \(Self.weightLimit)",
                remedy: "use a smaller maxTrafficWeight")
        }
        self.namespace = rollout.namespace
        total = rollout.maximumWeight ?? 100
        progressLabel = Self.label(reader)
        managedRoutes = rollout.managedRoutes
        guard let services = rollout.services(reader), reader.findings.all.count == before else {
            return nil
        }
        self.services = services
    }

    private static func routes(
        _ family: Family, _ reader: Reader, _ namespace: String
    ) -> [Route] {
        func route(_ name: String, takesHeaders: Bool) -> Route {
            Route(
                reference: Reference(family.resource, namespace: namespace, name: name),
                takesHeaders: takesHeaders && family.hasHeaders)
        }
        let one = reader[family.key].string().flatMap { $0.isEmpty ? nil : $0 }
        let many = reader["\(family.key)s"].elements().compactMap { element -> Route? in
            element.allowOnly(["name", "useHeaderRoutes"])
            let takesHeaders = element["useHeaderRoutes"].bool() ?? false
            let name = element["name"].requiredString()
            return name.isEmpty ? nil : route(name, takesHeaders: takesHeaders)
        }
        // The single form has always had header routes.
        return (one.map { [route($0, takesHeaders: true)] } ?? []) + many
    }

    private static func search(
        _ family: Family, _ reader: Reader, _ namespace: String
    ) -> Search? {
        let selector = reader["\(family.key)Selector"]
        guard let json = selector.value else { return nil }
        selector.allowOnly(["matchLabels", "matchExpressions"])
        do throws(SelectorError) {
            let labels = try LabelSelector(json: json)
            if labels.isEverything {
                selector.refuse("selects every route", remedy: "name labels in matchLabels")
            }
            return Search(resource: family.resource, namespace: namespace, labels: labels)
        } catch {
            selector.refuse(error.message, remedy: "correct the selector")
            return nil
        }
    }

    private static func label(_ reader: Reader) -> (key: String, value: String)? {
        let key = reader["inProgressLabelKey"].string().flatMap { $0.isEmpty ? nil : $0 }
        let value = reader["inProgressLabelValue"].string().flatMap { $0.isEmpty ? nil : $0 }
        if reader["disableInProgressLabel"].bool() ?? false { return nil }
        return (key ?? "rollouts.argoproj.io/gatewayapi-canary", value ?? "in-progress")
    }
}

extension RoutedRollout {
    /// The two services that most routers divide traffic between; nil after a finding.
    func services(_ reader: Reader) -> SideNames? {
        if let stableService, let canaryService {
            return SideNames(stable: stableService, canary: canaryService)
        }
        reader.refuse(
            "Canary service and Stable service must to be set to use Traffic Routing",
            remedy: "set strategy.canary.stableService and canaryService")
        return nil
    }
}
