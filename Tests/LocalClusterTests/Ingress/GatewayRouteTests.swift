import Documents
import KubernetesObjects
import Testing

@testable import LocalCluster

private func route(_ rules: JSON) -> GatewayRoute {
    GatewayRoute(
        Object([
            "metadata": ["name": "shop", "namespace": "default"],
            "spec": ["hostnames": ["shop.test"], "rules": rules],
        ]))
}

private func backend(_ name: String, _ weight: Int64? = nil) -> JSON {
    var backend: JSON = ["name": .string(name), "port": 80]
    backend["weight"] = weight.map { .int($0) }
    return backend
}

private let stable = RouteTable.Backend(namespace: "default", service: "stable", port: "80")

struct `An HTTPRoute in the box` {
    @Test(
        arguments: [
            (70, 30, Canary.Share.part(3000)), (0, 1000, .all), (100, 0, .none),
            (nil, nil, .part(5000)),
            (999_999, 1, .part(1)),
        ] as [(Int64?, Int64?, Canary.Share)])
    func `divides by weight`(first: Int64?, second: Int64?, share: Canary.Share) {
        let route = route([["backendRefs": [backend("stable", first), backend("canary", second)]]])
        let table = table(route.ingresses)
        #expect(table.servers.first?.host == "shop.test")
        #expect(table.servers.first?.locations.map(\.path) == ["/"])
        #expect(table.canaries[stable]?.share == share)
        #expect(table.notes.isEmpty && route.notes.isEmpty)
    }

    @Test func `has paths, and rules with one backend`() {
        let route = route([
            [
                "matches": [
                    ["path": ["type": "Exact", "value": "/a"]], ["path": ["value": "/b"]],
                ],
                "backendRefs": [backend("stable")],
            ]
        ])
        let locations = table(route.ingresses).servers.first?.locations ?? []
        #expect(locations.map(\.path) == ["/a", "/b"])
        #expect(locations.map(\.match) == [.exact, .prefix])
    }

    @Test func `sends the value of a header to the canary`() {
        let header: JSON = ["name": "X-Canary", "type": "RegularExpression", "value": "y.*"]
        let route = route([
            ["backendRefs": [backend("stable", 100), backend("canary", 0)]],
            ["matches": [["headers": [header]]], "backendRefs": [backend("canary")]],
        ])
        let canary = table(route.ingresses).canaries[stable]
        #expect(canary?.header == .pattern("X-Canary", matches: "^y.*$"))
        #expect(route.notes.isEmpty)
    }

    @Test func `says what it cannot serve`() {
        let route = route([
            ["filters": [["type": "URLRewrite"]], "backendRefs": [backend("stable")]],
            ["matches": [["method": "GET"]], "backendRefs": [backend("stable")]],
            ["backendRefs": []],
        ])
        #expect(
            route.notes.map(\.text) == [
                "rules[0].filters have no effect in the box",
                "rules[1] matches by more than path and header; it is not served in the box",
                "rules[2] has not one or two backendRefs; it is not served in the box",
            ])
    }
}
