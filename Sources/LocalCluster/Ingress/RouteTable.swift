import Documents
import KubernetesObjects

/// Which requests go where: the Ingresses, Services and EndpointSlices of a moment, put together as
/// ingress-nginx does.
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
        let match: Match
        let backend: Backend
        let ingress: String
    }

    /// A host with its paths; "" for every host that has none of its own.
    struct Server: Hashable, Sendable {
        let host: String
        var locations: [Location]
    }

    /// A Service's own address, at which it is reached without an Ingress.
    struct ServiceAddress: Hashable, Sendable {
        let address: String
        let port: Int
        let backend: Backend
    }

    private(set) var servers: [Server] = []
    /// The addresses with ports that serve a backend; empty where none is ready.
    private(set) var endpoints: [Backend: [String]] = [:]
    /// The canary of a backend that has one with ready endpoints.
    private(set) var canaries: [Backend: Canary] = [:]
    private(set) var serviceAddresses: [ServiceAddress] = []
    /// What of the Ingresses has no effect, and why.
    package private(set) var notes: [String] = []

    /// Every address that requests may be sent to.
    package var addresses: Set<String> {
        Set(
            endpoints.values.joined().compactMap { $0.split(separator: ":").first.map(String.init) }
        )
    }

    package init() {}

    package init(ingresses: [Object], services: [Object], slices: [Object]) {
        let catalog = EndpointCatalog(services: services, slices: slices)
        let sorted = ingresses.filter { $0.deletionTimestamp == nil && Self.isOurs($0) }.sorted {
            ($0.creationTimestamp?.milliseconds ?? 0, $0.namespace, $0.name)
                < ($1.creationTimestamp?.milliseconds ?? 0, $1.namespace, $1.name)
        }
        for ingress in sorted where !Canary.isCanary(ingress) { add(ingress) }
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
            notes.append(
                "service \(service.backend.namespace)/\(service.backend.service): nobody can listen"
                    + " on \(service.address):\(service.port), so it is reached by its ingress only"
            )
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

    private mutating func add(_ ingress: Object) {
        for rule in IngressRule.all(of: ingress) {
            guard let location = rule.location(in: ingress) else {
                note(
                    ingress,
                    "the backend of \(rule.host)\(rule.path) is no Service; it has no effect")
                continue
            }
            guard NginxText.isSafe(rule.path), NginxText.isSafeHost(rule.host) else {
                note(ingress, "\(rule.host)\(rule.path) has characters that nginx would misread")
                continue
            }
            insert(location, host: rule.host, ingress)
        }
        if ingress["spec", "tls"]?.array?.isEmpty == false {
            note(ingress, "tls has no effect: the box serves plain HTTP on loopback")
        }
        for key in ingress.annotations.keys.sorted() where Canary.isIgnored(key) {
            note(ingress, "the annotation \(key) has no effect in the box")
        }
    }

    private mutating func insert(_ location: Location, host: String, _ ingress: Object) {
        let index = servers.firstIndex { $0.host == host } ?? servers.count
        if index == servers.count { servers.append(Server(host: host, locations: [])) }
        let taken = servers[index].locations.first {
            $0.path == location.path && $0.match == location.match
        }
        if let taken {
            note(
                ingress,
                "\(host)\(location.path) is already served by the older ingress \(taken.ingress)")
            return
        }
        servers[index].locations.append(location)
    }

    /// Attaches a canary to the backends of the paths that it shares with others.
    private mutating func addCanary(_ ingress: Object, _ catalog: EndpointCatalog) {
        for rule in IngressRule.all(of: ingress) {
            guard let location = rule.location(in: ingress) else { continue }
            let primary = servers.first { $0.host == rule.host }?.locations.first {
                $0.path == location.path && $0.match == location.match
                    && $0.backend.namespace == location.backend.namespace
            }
            guard let primary else {
                note(
                    ingress,
                    "no other ingress serves \(rule.host)\(rule.path); the canary has no effect")
                continue
            }
            guard primary.backend.service != location.backend.service else {
                note(
                    ingress, "the canary names the stable service \(primary.backend.service) itself"
                )
                continue
            }
            if let other = canaries[primary.backend], other.ingress != ingress.name {
                note(ingress, "\(primary.backend.label) already has the canary \(other.ingress)")
                continue
            }
            // Without endpoints a canary gets nothing, and stable everything.
            guard !catalog.endpoints(of: location.backend).isEmpty else { continue }
            canaries[primary.backend] = Canary(ingress, backend: location.backend)
        }
    }

    private mutating func note(_ ingress: Object, _ text: String) {
        notes.append("ingress \(ingress.namespace)/\(ingress.name): \(text)")
    }
}

/// One path of one rule of an Ingress.
private struct IngressRule {
    let host: String
    let path: String
    let pathType: String
    let backend: JSON

    static func all(of ingress: Object) -> [IngressRule] {
        let rules = (ingress["spec", "rules"]?.array ?? []).flatMap { rule in
            (rule["http"]?["paths"]?.array ?? []).map {
                IngressRule(
                    host: rule["host"]?.string ?? "", path: $0["path"]?.string ?? "/",
                    pathType: $0["pathType"]?.string ?? "ImplementationSpecific",
                    backend: $0["backend"] ?? [:])
            }
        }
        guard let backend = ingress["spec", "defaultBackend"], !backend.isNull else { return rules }
        return rules + [IngressRule(host: "", path: "/", pathType: "Prefix", backend: backend)]
    }

    /// Nil where the backend is no Service. `ImplementationSpecific` means `Prefix`, as in
    /// ingress-nginx.
    func location(in ingress: Object) -> RouteTable.Location? {
        guard let service = backend["service"]?["name"]?.string,
            let port = backend["service"]?["port"]?["number"]?.int.map(String.init)
                ?? backend["service"]?["port"]?["name"]?.string
        else { return nil }
        let target = RouteTable.Backend(namespace: ingress.namespace, service: service, port: port)
        // A prefix is matched element by element, whether or not it ends with a slash.
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        return RouteTable.Location(
            path: pathType == "Exact" ? path : trimmed,
            match: pathType == "Exact" ? .exact : .prefix,
            backend: target, ingress: ingress.name)
    }
}
