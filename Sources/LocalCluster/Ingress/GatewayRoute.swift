import Documents
import KubernetesObjects

/// An HTTPRoute as the Ingresses that say the same: hosts, paths, and two backends with weights, or
/// one for a value of one header. The box has no gateway; whatever the route names as its parent,
/// nginx serves it.
///
/// Unlike with a gateway, a backend without ready endpoints leaves its share to the other one.
package struct GatewayRoute {
    private(set) var ingresses: [Object] = []
    /// What of the route has no effect here, and why.
    private(set) var notes: [RouteTable.Note] = []
    private let route: Object

    init(_ route: Object) {
        self.route = route
        for (index, rule) in (route.spec?["rules"]?.array ?? []).enumerated() {
            take(rule, "rules[\(index)]")
        }
    }

    /// What a custom resource definition of the box says of the kind: everything is kept.
    package static let definition: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "httproutes.gateway.networking.k8s.io"],
        "spec": [
            "group": .string(Resource.httpRoutes.group), "scope": "Namespaced",
            "names": [
                "kind": .string(Resource.httpRoutes.kind),
                "plural": .string(Resource.httpRoutes.plural), "singular": "httproute",
                "listKind": "HTTPRouteList",
            ],
            "versions": .array(
                ["v1", "v1beta1"].map { version in
                    [
                        "name": .string(version), "served": true, "storage": .bool(version == "v1"),
                        "schema": [
                            "openAPIV3Schema": [
                                "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                            ]
                        ],
                        "subresources": ["status": [:]],
                    ]
                }),
        ],
    ]

    private mutating func take(_ rule: JSON, _ place: String) {
        if rule["filters"]?.array?.isEmpty == false {
            note("\(place).filters have no effect in the box")
        }
        let backends = rule["backendRefs"]?.array ?? []
        guard let first = backends.first, backends.count <= 2 else {
            return note("\(place) has not one or two backendRefs; it is not served in the box")
        }
        let matches = rule["matches"]?.array ?? []
        for match in matches.isEmpty ? [[:]] : matches {
            guard match["queryParams"] == nil, match["method"] == nil,
                let type = Self.pathTypes[match["path"]?["type"]?.string ?? "PathPrefix"]
            else {
                note("\(place) matches by more than path and header; it is not served in the box")
                continue
            }
            let path = match["path"]?["value"]?.string ?? "/"
            if let headers = match["headers"]?.array, !headers.isEmpty {
                takeHeaders(headers, path, type, first, alone: backends.count == 1, place)
                continue
            }
            add(path, type, first, [:])
            if backends.count == 2 {
                add(path, type, backends[1], Self.weights(first, backends[1]))
            }
        }
    }

    private mutating func takeHeaders(
        _ headers: [JSON], _ path: String, _ type: String, _ backend: JSON, alone: Bool,
        _ place: String
    ) {
        guard headers.count == 1, alone, let name = headers[0]["name"]?.string,
            let value = headers[0]["value"]?.string
        else {
            return note("\(place) has more than one header or backend; it is not served in the box")
        }
        let isExact = headers[0]["type"]?.string ?? "Exact" == "Exact"
        let key = "canary-by-header-\(isExact ? "value" : "pattern")"
        for index in ingresses.indices
        where ingresses[index].annotations["\(Canary.prefix)canary"] == "true" {
            let paths = ingresses[index]["spec", "rules"]?[0]?["http"]?["paths"]
            guard paths == Self.paths(path, type, backend) else { continue }
            ingresses[index]["metadata", "annotations", "\(Canary.prefix)canary-by-header"] =
                .string(name)
            ingresses[index]["metadata", "annotations", "\(Canary.prefix)\(key)"] =
                .string(isExact ? value : "^\(value)$")
            return
        }
        note("\(place) has no rule of the same path with this backend; it is not served in the box")
    }

    private static let pathTypes = ["PathPrefix": "Prefix", "Exact": "Exact"]

    /// In parts of 10000, as far as nginx can tell them apart.
    private static func weights(_ first: JSON, _ second: JSON) -> [String: String] {
        func weight(_ backend: JSON) -> Int {
            min(max(backend["weight"]?.int ?? 1, 0), 1_000_000)
        }
        let total = max(weight(first) + weight(second), 1)
        let part = weight(second) * fineness / total
        return [
            "\(Canary.prefix)canary": "true",
            "\(Canary.prefix)canary-weight": String(
                weight(second) > 0 ? max(part, 1) : 0),
            "\(Canary.prefix)canary-weight-total": String(fineness),
        ]
    }

    private static let fineness = 10_000

    private static func paths(_ path: String, _ type: String, _ backend: JSON) -> JSON {
        let service: JSON = [
            "name": backend["name"] ?? "", "port": ["number": backend["port"] ?? 80],
        ]
        return [
            ["path": .string(path), "pathType": .string(type), "backend": ["service": service]]
        ]
    }

    private mutating func add(
        _ path: String, _ type: String, _ backend: JSON, _ annotations: [String: String]
    ) {
        let hosts = route.spec?["hostnames"]?.array?.compactMap(\.string) ?? [""]
        ingresses += hosts.map { host in
            var ingress = Object([
                "metadata": [
                    "name": .string(route.name), "namespace": .string(route.namespace),
                    "annotations": JSON(strings: annotations),
                ],
                "spec": [
                    "rules": [
                        [
                            "host": .string(host),
                            "http": ["paths": Self.paths(path, type, backend)],
                        ]
                    ]
                ],
            ])
            ingress["metadata", "creationTimestamp"] = route.metadata["creationTimestamp"]
            ingress["metadata", "deletionTimestamp"] = route.metadata["deletionTimestamp"]
            return ingress
        }
    }

    private mutating func note(_ text: String) {
        let subject = Reference(.httpRoutes, namespace: route.namespace, name: route.name)
        notes.append(RouteTable.Note(subject: subject, text: text))
    }
}
