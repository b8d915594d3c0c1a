import Documents
import KubernetesObjects

extension RouterKind {
    /// `trafficRouting.alb` (rollout-semantics §1.6).
    static let alb = RouterKind(key: ALBRouter.kind, isPlugin: false) { reader, rollout in
        ALBRouter(reader, rollout)?.router
    }
}

extension ALBRouter {
    private static let keys: Set<String> = [
        "ingress", "ingresses", "servicePort", "rootService", "annotationPrefix",
        "stickinessConfig",
    ]
    /// Far more than one rollout can have; bounds the work of a turn.
    private static let ingressLimit = 100
    /// A week: what AWS takes.
    private static let longestStickySeconds = 604_800

    init?(_ reader: Reader, _ rollout: RoutedRollout) {
        let before = reader.findings.all.count
        reader.allowOnly(Self.keys)
        ingresses = Self.ingresses(reader)
        if !reader["servicePort"].isPresent {
            reader["servicePort"].refuse("is missing", remedy: "write the port of the services")
        }
        port = reader["servicePort"].int(in: 1...65_535) ?? 0
        let prefix = reader["annotationPrefix"].string() ?? ""
        self.prefix = prefix.isEmpty ? "alb.ingress.kubernetes.io" : prefix
        stickiness = Self.stickiness(reader["stickinessConfig"])
        let root = reader["rootService"].string().flatMap { $0.isEmpty ? nil : $0 }
        namespace = rollout.namespace
        self.rollout = rollout.name
        managedRoutes = rollout.managedRoutes
        guard reader.findings.all.count == before, let services = rollout.services(reader)
        else { return nil }
        let names = [root, services.stable, services.canary]
        if let taken = managedRoutes.first(where: { names.contains($0) }) {
            reader.refuse(
                "\(taken) is the name of a backend and of a managed route",
                remedy: "rename the managed route")
            return nil
        }
        self.services = services
        self.root = root ?? services.stable
    }

    private static func ingresses(_ reader: Reader) -> [String] {
        let one = reader["ingress"].string().flatMap { $0.isEmpty ? nil : $0 }
        let many = reader["ingresses"].elements().map { $0.requiredString() }
        if (one != nil) == !many.isEmpty {
            reader.refuse(
                "Either Ingress or Ingresses must be configured."
                    + (one == nil ? " Neither are configured." : " Both are configured."),
                remedy: one == nil
                    ? "name the Ingress that routes to the services" : "keep ingresses only")
        }
        if Set(many).count < many.count || many.count > ingressLimit {
            reader["ingresses"].refuse(
                "names an Ingress twice, or more than \(ingressLimit) of them",
                remedy: "list each Ingress once")
        }
        return one.map { [$0] } ?? many
    }

    private static func stickiness(_ reader: Reader) -> JSON? {
        guard reader.isPresent else { return nil }
        reader.allowOnly(["enabled", "durationSeconds"])
        let isEnabled = reader["enabled"].bool() ?? false
        let seconds = reader["durationSeconds"].int(in: 0...longestStickySeconds) ?? 0
        guard isEnabled else { return nil }
        if seconds == 0 {
            reader["durationSeconds"].refuse(
                "must be from 1 to \(longestStickySeconds)", remedy: "write seconds")
        }
        return ["Enabled": true, "DurationSeconds": .int(Int64(seconds))]
    }
}
