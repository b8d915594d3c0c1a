import Documents
import KubernetesObjects

@testable import LocalCluster

/// An Ingress of one host and path.
func ingress(
    _ name: String, host: String = "shop.test", path: String = "/", pathType: String = "Prefix",
    service: String, created: Int64 = 0, annotations: [String: String] = [:]
) -> Object {
    Object([
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": [
            "name": .string(name), "namespace": "default",
            "annotations": JSON(strings: annotations),
            "creationTimestamp": .string(Timestamp(seconds: 1_000_000 + created).rfc3339),
        ],
        "spec": [
            "ingressClassName": "nginx",
            "rules": [
                [
                    "host": .string(host),
                    "http": [
                        "paths": [
                            [
                                "path": .string(path), "pathType": .string(pathType),
                                "backend": [
                                    "service": ["name": .string(service), "port": ["number": 80]]
                                ],
                            ]
                        ]
                    ],
                ]
            ],
        ],
    ])
}

/// A canary Ingress; the keys are those of its annotations after `canary-`.
func canary(
    _ rules: [String: String], service: String = "canary", path: String = "/"
) -> Object {
    let prefix = "nginx.ingress.kubernetes.io/canary"
    let pairs = rules.map { ("\(prefix)-\($0.key)", $0.value) } + [(prefix, "true")]
    return ingress(
        "shop-canary", path: path, service: service, created: 100,
        annotations: Dictionary(uniqueKeysWithValues: pairs))
}

func service(_ name: String) -> Object {
    Object([
        "apiVersion": "v1", "kind": "Service",
        "metadata": ["name": .string(name), "namespace": "default", "uid": .string(name)],
        "spec": ["selector": ["app": .string(name)], "ports": [["port": 80]]],
    ])
}

/// The ready endpoints of a Service, as `address:port`.
func slice(_ service: String, _ endpoints: [String]) -> Object {
    let parts = endpoints.map { $0.split(separator: ":").map(String.init) }
    return Object([
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": [
            "name": .string("\(service)-1"), "namespace": "default",
            "labels": ["kubernetes.io/service-name": .string(service)],
        ],
        "addressType": "IPv4",
        "endpoints": .array(
            parts.map { ["addresses": [.string($0[0])], "conditions": ["ready": true]] }),
        "ports": [["name": "", "port": .int(Int64(parts.first.flatMap { Int64($0[1]) } ?? 80))]],
    ])
}

/// The table of a shop with a stable and a canary side.
func table(
    _ ingresses: [Object], stable: [String] = ["127.16.0.1:8080"],
    canary: [String] = ["127.16.0.2:8080"]
)
    -> RouteTable
{
    RouteTable(
        ingresses: ingresses, services: [service("stable"), service("canary")],
        slices: [slice("stable", stable), slice("canary", canary)])
}
