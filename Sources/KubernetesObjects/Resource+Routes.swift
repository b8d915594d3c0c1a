/// Kinds of others that say where requests go. A cluster has them only where somebody installed
/// them, and not always in the newest version.
extension Resource {
    package static let httpRoutes = gatewayRoute("HTTPRoute", "v1")
    package static let grpcRoutes = gatewayRoute("GRPCRoute", "v1")
    package static let tcpRoutes = gatewayRoute("TCPRoute", "v1alpha2")
    package static let tlsRoutes = gatewayRoute("TLSRoute", "v1")

    package static let virtualServices = Resource(
        group: "networking.istio.io", version: "v1", kind: "VirtualService",
        plural: "virtualservices", hasStatus: true)
    package static let destinationRules = Resource(
        group: "networking.istio.io", version: "v1", kind: "DestinationRule",
        plural: "destinationrules", hasStatus: true)

    package static let meshServices = meshed("VirtualService")
    package static let meshRouters = meshed("VirtualRouter")
    package static let meshNodes = meshed("VirtualNode")

    package static let traefikServices = Resource(
        group: "traefik.io", version: "v1alpha1", kind: "TraefikService",
        plural: "traefikservices")
    package static let apisixRoutes = Resource(
        group: "apisix.apache.org", version: "v2", kind: "ApisixRoute", plural: "apisixroutes",
        hasStatus: true)
    package static let trafficSplits = Resource(
        group: "split.smi-spec.io", version: "v1alpha3", kind: "TrafficSplit",
        plural: "trafficsplits")

    package static let mappings = Resource(
        group: "getambassador.io", version: "v3alpha1", kind: "Mapping", plural: "mappings",
        hasStatus: true)

    /// Kinds of AWS App Mesh.
    private static func meshed(_ kind: String) -> Resource {
        Resource(
            group: "appmesh.k8s.aws", version: "v1beta2", kind: kind,
            plural: "\(kind.lowercased())s", hasStatus: true)
    }

    private static func gatewayRoute(_ kind: String, _ version: String) -> Resource {
        Resource(
            group: "gateway.networking.k8s.io", version: version, kind: kind,
            plural: "\(kind.lowercased())s", hasStatus: true)
    }

    /// All of them, each with the versions in which a server may have it, the best first. Where
    /// weights stand is the same in all of these.
    package static let routes: [Resource: [String]] = [
        .httpRoutes: ["v1", "v1beta1"],
        .grpcRoutes: ["v1", "v1alpha2"],
        .tcpRoutes: ["v1", "v1alpha2"],
        .tlsRoutes: ["v1", "v1alpha3", "v1alpha2"],
        .virtualServices: ["v1", "v1beta1", "v1alpha3"],
        .destinationRules: ["v1", "v1beta1", "v1alpha3"],
        .meshServices: ["v1beta2"],
        .meshRouters: ["v1beta2"],
        .meshNodes: ["v1beta2"],
        .traefikServices: ["v1alpha1"],
        .apisixRoutes: ["v2"],
        .mappings: ["v3alpha1", "v2"],
        // Older ones count in thousandths.
        .trafficSplits: ["v1alpha4", "v1alpha3", "v1alpha2"],
    ]
}
