import Documents
import KubernetesObjects

/// Writes down which addresses serve a Service: those of ready pods that are not about to end, and
/// no others.
enum EndpointSlices {
    static let serviceName = "kubernetes.io/service-name"
    static let managedBy = "endpointslice.kubernetes.io/managed-by"
    static let manager = "endpointslice-controller.k8s.io"
    /// As many as Kubernetes allows in one slice.
    static let endpointsPerSlice = 1000

    /// One turn of `service`; `pods` are those of its namespace, `slices` all that carry its name.
    static func turn(_ service: Object, pods: [Object], slices: [Object]) -> Outcome {
        guard service.deletionTimestamp == nil else { return Outcome() }
        let selector = service["spec", "selector"]?.strings ?? [:]
        // Without a selector somebody else looks after the endpoints.
        guard !selector.isEmpty, service["spec", "type"]?.string != "ExternalName" else {
            return Outcome()
        }
        let wanted = wanted(of: service, serving: pods.filter { serves($0, service, selector) })
        let mine = slices.filter {
            $0.labels[serviceName] == service.name && $0.labels[managedBy] == manager
                && $0.deletionTimestamp == nil
        }
        let present = Dictionary(
            mine.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var writes: [Write] = []
        for slice in wanted {
            guard let old = present[slice.name] else {
                writes.append(.create(.endpointSlices, slice))
                continue
            }
            let change = ["endpoints", "ports"].filter { old.json[$0] != slice.json[$0] }
            guard !change.isEmpty else { continue }
            let members = change.map { ($0, slice.json[$0] ?? .array([])) }
            writes.append(.patch(reference(of: old), .object(JSONObject(members))))
        }
        let names = Set(wanted.map(\.name))
        for old in mine where !names.contains(old.name) {
            writes.append(.delete(reference(of: old), uid: old.uid))
        }
        return Outcome(writes)
    }

    private static func reference(of slice: Object) -> Reference {
        Reference(.endpointSlices, namespace: slice.namespace, name: slice.name)
    }

    private static func serves(_ pod: Object, _ service: Object, _ selector: [String: String])
        -> Bool
    {
        guard pod.namespace == service.namespace, pod.podAddress != nil, pod.isActivePod else {
            return false
        }
        let early = service["spec", "publishNotReadyAddresses"]?.bool ?? false
        return (pod.isReady || early) && selector.allSatisfy { pod.labels[$0.key] == $0.value }
    }

    /// A slice for each different set of port numbers, since a named port may mean another number
    /// in another pod.
    private static func wanted(of service: Object, serving pods: [Object]) -> [Object] {
        let groups = Dictionary(grouping: pods) { ports(of: service, on: $0) }
        let none = pods.isEmpty ? [(key: ports(of: service, on: nil), value: [Object]())] : []
        let sorted = none + groups.sorted { JSON.array($0.key).text < JSON.array($1.key).text }
        var slices: [Object] = []
        for (ports, pods) in sorted {
            let endpoints = pods.sorted { $0.name < $1.name }.map(endpoint)
            for start in stride(from: 0, to: max(1, endpoints.count), by: endpointsPerSlice) {
                let part = Array(endpoints[start..<min(start + endpointsPerSlice, endpoints.count)])
                slices.append(
                    slice(of: service, number: slices.count, endpoints: part, ports: ports))
            }
        }
        return slices
    }

    private static func ports(of service: Object, on pod: Object?) -> [JSON] {
        (service["spec", "ports"]?.array ?? []).compactMap { port in
            guard let number = target(of: port, on: pod) else { return nil }
            return [
                "name": port["name"] ?? "", "port": count(number),
                "protocol": port["protocol"] ?? "TCP",
            ]
        }
    }

    private static func target(of port: JSON, on pod: Object?) -> Int? {
        guard let target = port["targetPort"], !target.isNull else { return port["port"]?.int }
        if let number = target.int { return number }
        let containers = pod?["spec", "containers"]?.array ?? []
        return containers.flatMap { $0["ports"]?.array ?? [] }
            .first { $0["name"] == target }?["containerPort"]?.int
    }

    private static func endpoint(of pod: Object) -> JSON {
        [
            "addresses": [.string(pod.podAddress ?? "")],
            "conditions": ["ready": true, "serving": true, "terminating": false],
            "targetRef": [
                "kind": "Pod", "namespace": .string(pod.namespace), "name": .string(pod.name),
                "uid": .string(pod.uid),
            ],
        ]
    }

    private static func slice(of service: Object, number: Int, endpoints: [JSON], ports: [JSON])
        -> Object
    {
        let tag = String(fnv1a(Array(service.uid.utf8)) % 0x10_0000, radix: 16)
        return Object([
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": [
                "name": .string("\(service.name)-\(tag)-\(number)"),
                "namespace": .string(service.namespace),
                "labels": JSON(strings: [serviceName: service.name, managedBy: manager]),
                "ownerReferences": [service.ownerReference(of: .services).json],
            ],
            "addressType": "IPv4", "endpoints": .array(endpoints), "ports": .array(ports),
        ])
    }
}
