import Documents
import KubernetesObjects

/// Which requests go where: the Ingresses, Services, EndpointSlices and certificates of a moment,
/// put together as ingress-nginx does.
package struct RouteTable: Hashable, Sendable {
    /// A port of a Service, as an Ingress names it.
    struct Backend: Hashable, Sendable {
        let namespace: String
        let service: String
        /// A number or a name.
        let port: String

        /// As ingress-nginx names it in metrics.
        var label: String { "\(namespace)-\(service)-\(port)" }
        /// A name that no two backends share: Kubernetes names have no underscore.
        var upstream: String { "\(namespace)_\(service)_\(port)" }
    }

    enum Match: Hashable, Sendable {
        case exact, prefix
    }

    /// A path of a host.
    struct Location: Hashable, Sendable {
        let path: String
        /// The path as it is written: what it means where the paths of its host are patterns.
        let pattern: String
        let match: Match
        let backend: Backend
        let ingress: String
        let options: IngressOptions

        var reference: Reference {
            Reference(.ingresses, namespace: backend.namespace, name: ingress)
        }
    }

    /// A host with its paths; "" for every host that has none of its own.
    struct Server: Hashable, Sendable {
        let host: String
        var locations: [Location]

        /// One Ingress that wants patterns makes patterns of all paths of its host.
        var hasPatterns: Bool { locations.contains { $0.options.makesPatterns } }
    }

    /// A Service's own address, at which it is reached without an Ingress.
    struct ServiceAddress: Hashable, Sendable {
        let address: String
        let port: Int
        let backend: Backend
    }

    /// Something of an object that has no effect.
    package struct Note: Hashable, Sendable, CustomStringConvertible {
        let subject: Reference
        let text: String

        /// The object, and what is to be said of it.
        package var description: String {
            "\(subject.resource.singular) \(subject.namespace)/\(subject.name): \(text)"
        }
    }

    var servers: [Server] = []
    /// The addresses with ports that serve a backend; empty where none is ready.
    private(set) var endpoints: [Backend: [String]] = [:]
    /// The canary of a backend that has one with ready endpoints.
    var canaries: [Backend: Canary] = [:]
    /// How clients stay with the pods of a backend, where they do.
    var affinities: [Backend: Affinity] = [:]
    /// What a host shows over TLS; hosts without show the certificate of the box.
    var certificates: [String: KeyPair] = [:]
    /// The hosts for which an Ingress asks for TLS, with whatever certificate.
    var secured: Set<String> = []
    private(set) var serviceAddresses: [ServiceAddress] = []
    /// What of the Ingresses has no effect, and why.
    package var notes: [Note] = []

    /// Every address that requests may be sent to.
    package var addresses: Set<String> {
        Set(
            endpoints.values.joined().compactMap { $0.split(separator: ":").first.map(String.init) }
        )
    }

    package init() {}

    package init(
        ingresses: [Object], services: [Object], slices: [Object], secrets: [Object] = []
    ) {
        let catalog = EndpointCatalog(services: services, slices: slices)
        let sorted = ingresses.filter { $0.deletionTimestamp == nil && Self.isOurs($0) }.sorted {
            ($0.creationTimestamp?.milliseconds ?? 0, $0.namespace, $0.name)
                < ($1.creationTimestamp?.milliseconds ?? 0, $1.namespace, $1.name)
        }
        for ingress in sorted where !Canary.isCanary(ingress) { add(ingress, secrets) }
        for ingress in sorted where Canary.isCanary(ingress) { addCanary(ingress, catalog) }
        for location in servers.flatMap(\.locations) {
            endpoints[location.backend] = catalog.endpoints(of: location.backend)
        }
        for canary in canaries.values {
            endpoints[canary.backend] = catalog.endpoints(of: canary.backend)
        }
        serviceAddresses = catalog.serviceAddresses()
        for service in serviceAddresses {
            endpoints[service.backend] = catalog.endpoints(of: service.backend)
        }
        servers.sort { $0.host < $1.host }
    }

    /// Leaves out the addresses of Services on which nginx cannot listen: one of them would spoil
    /// everything.
    mutating func keepServiceAddresses(where canListen: (ServiceAddress) -> Bool) {
        for service in serviceAddresses where !canListen(service) {
            let subject = Reference(
                .services, namespace: service.backend.namespace, name: service.backend.service)
            notes.append(
                Note(
                    subject: subject,
                    text: "nobody can listen on \(service.address):\(service.port), "
                        + "so it is reached by its ingress only"))
        }
        serviceAddresses.removeAll { !canListen($0) }
    }

    /// Of the class `nginx`, or of none: nobody else would serve it here.
    private static func isOurs(_ ingress: Object) -> Bool {
        let named =
            ingress["spec", "ingressClassName"]?.string
            ?? ingress.annotations["kubernetes.io/ingress.class"]
        return named.map { $0 == "nginx" } ?? true
    }

    /// Whether nginx would do the same with both; notes do not count.
    func sameRoutes(as other: RouteTable) -> Bool {
        var other = other
        other.notes = notes
        return self == other
    }
}
