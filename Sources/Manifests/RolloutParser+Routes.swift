import Documents
import Rollouts
import Traffic

/// Steps that make a route for some of the requests (rollout-semantics §1.5, §8.1).
extension RolloutParser {
    private var routing: Reader { root["spec"]["strategy"]["canary"]["trafficRouting"] }

    /// The names of the routes that steps may make, the first in force first.
    func managedRoutes(_ reader: Reader) -> [String] {
        reader.elements().compactMap { element in
            element.allowOnly(["name"])
            return element["name"].requiredString()
        }
    }

    /// Reads `setHeaderRoute`.
    func headerRoute(_ reader: Reader) -> Step {
        reader.allowOnly(["name", "match"])
        let isTaken =
            ["istio", "alb", "apisix"].contains { routing[$0].isPresent }
            || !routing["plugins"].members().isEmpty
        if !isTaken {
            reader.invalid(
                "SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix",
                remedy: "use a router with header routes, such as Gateway API")
        }
        let headers = reader["match"].elements().compactMap { element -> HeaderMatch? in
            element.allowOnly(["headerName", "headerValue"])
            let name = element["headerName"].requiredString()
            let value =
                routing["alb"].isPresent
                ? exact(element["headerValue"], of: element)
                : text(element["headerValue"], of: element)
            return value.map { HeaderMatch(name: name, value: $0) }
        }
        let step = Step.setHeaderRoute(name: name(reader), headers)
        if isTaken { requireTaker(reader, "setHeaderRoute") }
        return step
    }

    /// Reads `setMirrorRoute`.
    func mirrorRoute(_ reader: Reader) -> Step {
        reader.allowOnly(["name", "match", "percentage"])
        if !routing["istio"].isPresent {
            reader.invalid(
                "SetMirrorRoute requires TrafficRouting, supports Istio only",
                remedy: "remove the step")
        }
        let percent = reader["percentage"].int(in: 0...100) ?? 100
        let match = reader["match"]
        let requests = match.elements().map { element in
            element.allowOnly(["method", "path", "headers"])
            func part(_ key: String) -> StringMatch? {
                element[key].isPresent ? text(element[key], of: element) : nil
            }
            let headers = element["headers"].members().compactMap { key, reader in
                text(reader, of: reader).map { HeaderMatch(name: key, value: $0) }
            }
            return RequestMatch(
                method: part("method"), path: part("path"),
                headers: headers.sorted { $0.name < $1.name })
        }
        return .setMirrorRoute(
            name: name(reader), match.isPresent ? requests : nil, percent: percent)
    }

    /// A router that is there and has no such routes would let the step pass without any effect.
    private func requireTaker(_ reader: Reader, _ what: String) {
        let isKnown = routers.allSatisfy(\.isReadable)
        if isKnown && !routers.contains(where: { $0.routes != nil }) {
            reader.refuse(
                "no router of this rollout makes routes for single requests",
                remedy: "remove \(what), or name a route that takes header routes")
        }
    }

    /// The name of a route, which must be one of `managedRoutes`.
    private func name(_ reader: Reader) -> String {
        let name = reader["name"].requiredString()
        guard routing.isPresent else { return name }
        let managed = routing["managedRoutes"]
        if !managed.isPresent {
            managed.require(
                "Rollout has missing field 'spec.strategy.canary.trafficRouting.managedRoutes'",
                remedy: "list the routes that steps make, in the order in which they count")
        } else if !managed.elements().contains(where: { $0["name"].value?.string == name }) {
            reader.invalid(
                "Steps define a route that does not exist in "
                    + "spec.strategy.canary.trafficRouting.managedRoutes",
                value: .string(name), remedy: "add it to managedRoutes")
        }
        return name
    }

    private func text(_ reader: Reader, of element: Reader) -> StringMatch? {
        reader.allowOnly(["exact", "regex", "prefix"])
        let found = ["exact", "regex", "prefix"].compactMap { key in
            reader[key].nonEmptyString().map { (key, $0) }
        }
        if found.count != 1 {
            element.invalid(
                found.isEmpty
                    ? "StringMatch value missed, match value must have one of the following: "
                        + "exact, regex, prefix"
                    : "StringMatch match value must have exactly one of the following: "
                        + "exact, regex, prefix",
                value: reader.value ?? .null, remedy: "write one of exact, regex and prefix")
        }
        switch found.first {
        case ("exact", let text)?: return .exact(text)
        case ("regex", let text)?: return .regex(text)
        case ("prefix", let text)?: return .prefix(text)
        default: return nil
        }
    }

    /// Application Load Balancers compare whole values only.
    private func exact(_ reader: Reader, of element: Reader) -> StringMatch? {
        guard reader.isPresent else { return text(reader, of: element) }
        guard let value = reader["exact"].nonEmptyString(), !reader["regex"].isPresent,
            !reader["prefix"].isPresent
        else {
            element.invalid(
                "SetHeaderRoute match value invalid. ALB supports 'exact' value only",
                value: reader.value ?? .null, remedy: "write exact")
            return nil
        }
        return .exact(value)
    }
}
