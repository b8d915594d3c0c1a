import Documents
import KubernetesObjects

// Columns of what leads to pods, and of what is said about all of them.
extension Column {
    static let serviceColumns: [Column] = [
        .name, .text("Type") { $0["spec", "type"]?.string ?? "ClusterIP" },
        .text("Cluster-IP") { $0["spec", "clusterIP"]?.string ?? "<none>" },
        .text("External-IP") { service in
            if let name = service["spec", "externalName"]?.string { return name }
            return service["spec", "externalIPs"].map(joined) ?? "<none>"
        },
        .text("Port(s)") { service in
            let ports = service["spec", "ports"]?.array ?? []
            return ports.isEmpty ? "<none>" : ports.map(port).joined(separator: ",")
        },
        .age,
        .text("Selector", wide: true) { service in
            let labels = service["spec", "selector"]?.strings ?? [:]
            guard !labels.isEmpty else { return "<none>" }
            return labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: ",")
        },
    ]

    private static func port(_ port: JSON) -> String {
        let number = port["port"]?.int ?? 0
        let node = port["nodePort"]?.int.map { ":\($0)" } ?? ""
        return "\(number)\(node)/\(port["protocol"]?.string ?? "TCP")"
    }

    private static func joined(_ list: JSON) -> String {
        (list.array ?? []).compactMap(\.string).joined(separator: ",")
    }

    static let ingressColumns: [Column] = [
        .name, .text("Class") { $0["spec", "ingressClassName"]?.string ?? "<none>" },
        .text("Hosts") { ingress in
            let hosts = (ingress["spec", "rules"]?.array ?? []).compactMap { $0["host"]?.string }
                .filter { !$0.isEmpty }
            return hosts.isEmpty ? "*" : hosts.joined(separator: ",")
        },
        .text("Address") { ingress in
            (ingress["status", "loadBalancer", "ingress"]?.array ?? [])
                .compactMap { $0["ip"]?.string ?? $0["hostname"]?.string }.joined(separator: ",")
        },
        .text("Ports") { $0["spec", "tls"]?.array?.isEmpty ?? true ? "80" : "80, 443" }, .age,
    ]

    static let endpointSliceColumns: [Column] = [
        .name, .text("AddressType") { $0["addressType"]?.string ?? "" },
        .text("Ports") { slice in
            let ports = (slice["ports"]?.array ?? []).compactMap { $0["port"]?.int }
            return ports.isEmpty ? "<unset>" : ports.map(String.init).joined(separator: ",")
        },
        .text("Endpoints") { slice in
            let addresses = (slice["endpoints"]?.array ?? []).flatMap {
                $0["addresses"]?.array ?? []
            }
            guard !addresses.isEmpty else { return "<unset>" }
            let shown = addresses.prefix(3).compactMap(\.string).joined(separator: ",")
            return addresses.count > 3 ? "\(shown) + \(addresses.count - 3) more..." : shown
        },
        .age,
    ]

    static let eventColumns: [Column] = [
        .init(name: "Last Seen") { event, now in
            let last = moment(event, "lastTimestamp") ?? moment(event, "eventTime")
            return .string(
                (last ?? event.creationTimestamp).map { LocalCluster.age(of: $0, at: now) }
                    ?? "<unknown>")
        },
        .text("Type") { $0["type"]?.string ?? "" }, .text("Reason") { $0["reason"]?.string ?? "" },
        .text("Object") { event in
            let kind = event["involvedObject", "kind"]?.string?.lowercased() ?? ""
            return "\(kind)/\(event["involvedObject", "name"]?.string ?? "")"
        },
        .text("Subobject", wide: true) { $0["involvedObject", "fieldPath"]?.string ?? "" },
        .text("Source", wide: true) {
            $0["source", "component"]?.string ?? $0["reportingComponent"]?.string ?? ""
        },
        .text("Message") { $0["message"]?.string ?? "" },
        .init(name: "First Seen", priority: 1) { event, now in
            let first = moment(event, "firstTimestamp") ?? event.creationTimestamp
            return .string(first.map { LocalCluster.age(of: $0, at: now) } ?? "<unknown>")
        },
        .init(name: "Count", type: "integer", priority: 1) { event, _ in event["count"] ?? 1 },
        .init(name: "Name", format: "name", priority: 1) { event, _ in .string(event.name) },
    ]

    private static func moment(_ event: Object, _ key: String) -> Timestamp? {
        event[key]?.string.flatMap(Timestamp.init(rfc3339:))
    }
}
