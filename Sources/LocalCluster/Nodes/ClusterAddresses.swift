import Documents
import KubernetesObjects

/// Gives every Service an address of the box, at which nginx passes HTTP on to whoever is ready.
enum ClusterAddresses {
    /// One turn of all Services. An address of another block is one of an earlier run, and no
    /// longer ours.
    static func turn(_ services: [Object], block: AddressBlock) -> [Write] {
        var taken = Set(services.compactMap(address).filter(block.contains))
        var last = taken.count
        return services.compactMap { service in
            guard wantsAddress(service), !(address(of: service).map(block.contains) ?? false),
                let next = block.serviceAddress(after: last, notIn: taken)
            else { return nil }
            taken.insert(next.address)
            last = next.index
            let reference = Reference(.services, namespace: service.namespace, name: service.name)
            return .patch(
                reference,
                [
                    "spec": [
                        "clusterIP": .string(next.address), "clusterIPs": [.string(next.address)],
                    ]
                ])
        }
    }

    private static func address(of service: Object) -> String? {
        service["spec", "clusterIP"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func wantsAddress(_ service: Object) -> Bool {
        service.deletionTimestamp == nil && service["spec", "type"]?.string != "ExternalName"
            && address(of: service) != "None"
    }
}
