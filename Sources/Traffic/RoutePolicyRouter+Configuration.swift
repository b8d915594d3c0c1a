import Documents
import Rollouts

extension RouterKind {
    /// `trafficRouting.plugins["sluice/route-policy"]`.
    static let routePolicy = RouterKind(key: RoutePolicyRouter.kind, isPlugin: true) {
        reader, rollout in
        RoutePolicyRouter(reader, rollout)?.router
    }
}

extension RoutePolicyRouter {
    private static let keys: Set<String> = [
        "configMap", "key", "upstreamsKey", "namespace", "model", "primary", "canary", "deployment",
        "restart",
    ]

    /// Where the rollout names a stable or canary service, the two upstreams are its own pods.
    init?(_ reader: Reader, _ rollout: RoutedRollout) {
        let before = reader.findings.all.count
        reader.allowOnly(Self.keys)
        namespace = rollout.namespace
        configMap = Self.name("configMap", reader)
        key = reader["key"].string() ?? "GATEWAY_ROUTE_POLICIES"
        upstreamsKey = reader["upstreamsKey"].string() ?? "GATEWAY_UPSTREAMS"
        model = Self.name("model", reader)
        primary = Self.upstream("primary", reader)
        canary = Self.upstream("canary", reader)
        servesPods = rollout.stableService != nil || rollout.canaryService != nil
        deployment = reader["restart"].bool() ?? true ? Self.name("deployment", reader) : nil
        Self.require(rollout, reader)
        if primary == canary && !primary.isEmpty {
            reader["canary"].refuse(
                "names the same upstream as primary", remedy: "name the upstream of the new version"
            )
        }
        if reader.findings.all.count > before { return nil }
    }

    private static func require(_ rollout: RoutedRollout, _ reader: Reader) {
        if let namespace = reader["namespace"].string(), namespace != rollout.namespace {
            reader["namespace"].refuse(
                "the gateway is in namespace \(namespace), the rollout in \(rollout.namespace)",
                remedy: "put the rollout into the gateway's namespace")
        }
        if (rollout.stableService == nil) != (rollout.canaryService == nil) {
            reader.refuse(
                "only one of stableService and canaryService is named, so that traffic would stay"
                    + " on pods that go away",
                remedy: "name both, or none where the upstreams exist without this rollout")
        }
        if let maximum = rollout.maximumWeight, maximum != 100 {
            reader.refuse(
                "route policies count in percent, a maxTrafficWeight of \(maximum) is none",
                remedy: "leave maxTrafficWeight out")
        }
    }

    private static func name(_ key: String, _ reader: Reader) -> String {
        let name = reader[key].requiredString()
        if name.isEmpty && reader[key].value?.string != nil {
            reader[key].refuse("is empty", remedy: "write a name here")
        }
        return name
    }

    private static func upstream(_ key: String, _ reader: Reader) -> String {
        let name = name(key, reader)
        if name.contains(where: { ";,=".contains($0) || $0.isWhitespace }) {
            reader[key].refuse(
                "\"\(name)\" cannot be the name of an upstream",
                remedy: "use a name from the gateway's list of upstreams")
        }
        return name
    }
}
