import Documents
import KubernetesObjects

/// One path of one rule of an Ingress.
struct IngressRule {
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
    func location(in ingress: Object, _ options: IngressOptions) -> RouteTable.Location? {
        guard let service = backend["service"]?["name"]?.string,
            let port = backend["service"]?["port"]?["number"]?.int.map(String.init)
                ?? backend["service"]?["port"]?["name"]?.string
        else { return nil }
        let target = RouteTable.Backend(namespace: ingress.namespace, service: service, port: port)
        // A prefix is matched element by element, whether or not it ends with a slash.
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        return RouteTable.Location(
            path: pathType == "Exact" ? path : trimmed, pattern: path,
            match: pathType == "Exact" ? .exact : .prefix,
            backend: target, ingress: ingress.name, options: options)
    }
}
