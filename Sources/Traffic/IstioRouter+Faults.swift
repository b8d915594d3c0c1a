import Documents
import KubernetesObjects

/// Why the requests of a protocol cannot be divided as the rollout wants it.
struct RouteFault: Hashable {
    /// Nil where there is no route of any protocol.
    let family: String?
    /// A sentence of its own.
    private let sentence: String
    /// Follows the name of the VirtualService.
    let error: RouterError
    let remedy: String

    private init(_ family: String?, _ what: String, shown: String? = nil, remedy: String) {
        self.family = family
        sentence = shown ?? "it \(what)"
        self.remedy = remedy
        error = RouterError("\(what); \(remedy)")
    }

    static let none = RouteFault(nil, "has no http, tls or tcp route", remedy: "add one")

    static func several(_ family: String, _ count: Int) -> RouteFault {
        RouteFault(family, "has \(count) \(family) routes", remedy: "name those that are meant")
    }

    static func sides(_ family: String, _ list: Path) -> RouteFault {
        RouteFault(
            family, "has no destinations for both sides in \(list)",
            remedy: "add the one that is missing")
    }

    /// - Parameter shown: how the missing route is told of.
    static func lost(_ family: String, _ shown: String) -> RouteFault {
        RouteFault(
            family, "lacks a route that the rollout names", shown: shown,
            remedy: "correct the routes of virtualService")
    }

    /// In the words of Argo Rollouts (§8.2).
    var message: String {
        guard let family else {
            return "Unable to get any of the HTTP, TCP or TLS routes for the Istio VirtualService"
        }
        return "Istio VirtualService has invalid \(family.uppercased()) routes. Error: \(sentence)"
    }
}

extension IstioRouter.TLS {
    var shown: String {
        let port = port.map { ["port \($0)"] } ?? []
        let hosts = hosts.isEmpty ? [] : ["sniHosts \(hosts.joined(separator: ", "))"]
        return (port + hosts).joined(separator: " and ")
    }
}

extension IstioRouter {
    /// What is wrong with the VirtualServices, before anything is moved.
    func faults(_ seen: Observed) -> [NamedFault] {
        services.flatMap { service -> [NamedFault] in
            let reference = service.reference
            guard let object = seen.objects[reference] else {
                let isMissing = seen.denied[reference] == nil
                return isMissing ? [NamedFault(missing: reference, at: service.field)] : []
            }
            return examine(object, service).faults.map { fault in
                NamedFault(service.field, reference.name, fault.message, remedy: fault.remedy)
            }
        }
    }
}
