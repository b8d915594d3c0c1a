import Documents
import KubernetesObjects
import Rollouts
import Traffic

extension RolloutParser {
    /// The routers of the API in the order in which they are written (rollout-semantics §1.6);
    /// plugins follow.
    private static let routerFields = [
        "istio", "nginx", "alb", "smi", "ambassador", "appMesh", "traefik", "apisix",
    ]

    /// Reads `trafficRouting`: the routers, and what "all traffic" is called.
    mutating func trafficRouting(_ reader: Reader, _ canary: inout Canary) {
        canary.hasRouter = reader.isPresent
        // Without routing the share of the pods is the share of the traffic.
        guard reader.isPresent else { return }
        reader.allowOnly(
            Set(Self.routerFields).union(["plugins", "managedRoutes", "maxTrafficWeight"]))
        let maximum = maximumWeight(reader)
        canary.totalWeight = maximum ?? canary.totalWeight
        canary.managedRoutes = managedRoutes(reader["managedRoutes"])
        let rollout = RoutedRollout(
            namespace: object.namespace, name: object.name, stableService: canary.stableService,
            canaryService: canary.canaryService, maximumWeight: maximum,
            managedRoutes: canary.managedRoutes)
        for field in Self.routerFields where reader[field].isPresent {
            add(field, isPlugin: false, reader[field], rollout)
        }
        for (name, configuration) in reader["plugins"].members() {
            add(name, isPlugin: true, configuration, rollout)
        }
    }

    private func maximumWeight(_ reader: Reader) -> Int? {
        let field = reader["maxTrafficWeight"]
        guard let maximum = field.int() else { return nil }
        if !reader["nginx"].isPresent && reader["plugins"].members().isEmpty {
            field.invalid(
                "Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins",
                remedy: "remove it")
        }
        if maximum < 1 {
            field.invalid("must be greater than 0", remedy: "use 100 or a larger number")
            return nil
        }
        return maximum
    }

    private mutating func add(
        _ key: String, isPlugin: Bool, _ configuration: Reader, _ rollout: RoutedRollout
    ) {
        routerKeys.append(key)
        guard let kind = kinds.first(where: { $0.key == key && $0.isPlugin == isPlugin }) else {
            let known = kinds.map { $0.isPlugin ? "plugins[\"\($0.key)\"]" : $0.key }
                .joined(separator: ", ")
            if isPlugin {
                configuration.refuse(
                    "Forbidden: \(unknownPlugin(key))",
                    remedy: "\(pluginRemedy("--router-plugin", key)), or use what is built in: "
                        + known)
            } else {
                configuration.refuseUnsupported(
                    "the traffic router \(key)", remedy: "use one of: \(known)")
            }
            routers.append(.unreadable(key))
            return
        }
        if let router = kind.parse(configuration, rollout) {
            routers.append(router)
        } else if !kind.isFoundByOwner {
            routers.append(.unreadable(key))
        }
    }
}
