/// Kinds of others that say where requests go. A cluster has them only where somebody installed
/// them, and not always in the newest version.
extension Resource {
    package static let httpRoutes = gatewayRoute("HTTPRoute", "v1")
    package static let grpcRoutes = gatewayRoute("GRPCRoute", "v1")
    package static let tcpRoutes = gatewayRoute("TCPRoute", "v1alpha2")
    package static let tlsRoutes = gatewayRoute("TLSRoute", "v1")

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
    ]
}
