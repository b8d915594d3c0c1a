import Documents
import KubernetesObjects

/// Finds the addresses that serve a port of a Service.
struct EndpointCatalog {
    private let services: [String: Object]
    private let slices: [String: [Object]]

    init(services: [Object], slices: [Object]) {
        self.services = Dictionary(
            services.map { ("\($0.namespace)/\($0.name)", $0) },
            uniquingKeysWith: { first, _ in first })
        self.slices = Dictionary(grouping: slices.filter { $0.deletionTimestamp == nil }) {
            "\($0.namespace)/\($0.labels[EndpointSlices.serviceName] ?? "")"
        }
    }

    /// Addresses with ports, sorted; empty where the Service or the port does not exist, or nobody
    /// is ready.
    func endpoints(of backend: RouteTable.Backend) -> [String] {
        let key = "\(backend.namespace)/\(backend.service)"
        let port = services[key]?["spec", "ports"]?.array?.first {
            $0["name"]?.string == backend.port || $0["port"]?.int == Int(backend.port)
        }
        guard let port else { return [] }
        let name = port["name"]?.string ?? ""
        let found = (slices[key] ?? []).flatMap { slice -> [String] in
            let number = slice["ports"]?.array?.first { $0["name"]?.string ?? "" == name }?["port"]?
                .int
            guard let number else { return [] }
            return (slice["endpoints"]?.array ?? []).flatMap { endpoint -> [String] in
                guard endpoint["conditions"]?["ready"]?.bool ?? true else { return [] }
                return (endpoint["addresses"]?.array ?? []).compactMap(\.string)
                    .filter(NginxText.isAddress).map { "\($0):\(number)" }
            }
        }
        return Set(found).sorted()
    }

    /// Every Service port that has an address of its own.
    func serviceAddresses() -> [RouteTable.ServiceAddress] {
        services.values.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }.flatMap {
            service in
            let address = service["spec", "clusterIP"]?.string ?? ""
            guard address.hasPrefix("127."), NginxText.isAddress(address),
                service.deletionTimestamp == nil
            else { return [RouteTable.ServiceAddress]() }
            return (service["spec", "ports"]?.array ?? []).compactMap { port in
                guard let number = port["port"]?.int, port["protocol"]?.string ?? "TCP" == "TCP"
                else {
                    return nil
                }
                let backend = RouteTable.Backend(
                    namespace: service.namespace, service: service.name, port: String(number))
                return RouteTable.ServiceAddress(address: address, port: number, backend: backend)
            }
        }
    }
}
