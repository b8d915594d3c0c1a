import Documents
import Rollouts

extension RolloutParser {
    /// Reads `pingPong`: the two services take the places of `stableService` and `canaryService`
    /// (rollout-semantics §6.8, §8.1).
    ///
    /// - Parameter stable: the one that the status names; before any promotion pong is stable.
    func pingPong(_ reader: Reader, stable: PingPong?, _ canary: inout Canary) {
        let field = reader["pingPong"]
        guard field.isPresent else { return }
        field.allowOnly(["pingService", "pongService"])
        let routing = reader["trafficRouting"]
        if routing.isPresent, !routing["alb"].isPresent, !routing["istio"].isPresent {
            routing["alb"].invalid(
                "Ping-pong feature works with the ALB and Istio traffic routers only",
                remedy: "remove pingPong, or use one of these routers")
        }
        let ping = field["pingService"].nonEmptyString()
        let pong = field["pongService"].nonEmptyString()
        for (name, service) in [("pingService", ping), ("pongService", pong)] where service == nil {
            field[name].invalid(
                "Ping service and Pong service must to be set to use Ping-Pong feature", value: "",
                remedy: "name a Service in \(name)")
        }
        if let ping, ping == pong {
            field["pingService"].invalid(
                "This rollout uses the same service for the ping and pong services, but two "
                    + "different services are required.",
                remedy: "create a second Service")
        }
        if routing["alb"].isPresent, routing["alb"]["rootService"].nonEmptyString() == nil {
            routing["alb"]["rootService"].invalid(
                "Root service field is required for the configuration with ALB and ping-pong "
                    + "feature enabled",
                value: "", remedy: "name the backend of the Ingress in rootService")
        }
        canary.hasPingPong = true
        canary.stableService = stable == .ping ? ping : pong
        canary.canaryService = stable == .ping ? pong : ping
    }
}
