import Testing

/// Routes of Gateway API on a server, and a release through one.
enum Gateway {
    /// Plays `act` where the server has such routes. What is installed there already stays; what is
    /// not goes afterwards.
    static func with(on cluster: Kubernetes, _ act: () async throws -> Void) async throws {
        let definition = "customresourcedefinition/httproutes.gateway.networking.k8s.io"
        if try await cluster.kubectl("get", definition).status == 0 { return try await act() }
        try await cluster.apply(Self.definition)
        try await cluster.afterwards(["delete", definition]) {
            _ = try await cluster.kubectl(
                "wait", definition, "--for=condition=Established", "--timeout=30s"
            ).checked()
            try await act()
        }
    }

    /// A release that has requests with a header first, and then a part of all.
    static func release(on cluster: Kubernetes) async throws {
        try await cluster.apply(documents)
        try await cluster.waits(for: "{.status.phase}=Healthy", of: "rollout/routed")
        try await cluster.setImage("routed:v2", of: "routed")
        try await cluster.waits(for: "{.status.phase}=Paused", of: "rollout/routed")
        let headers = "{.spec.rules[*].matches[*].headers[*].name}"
        try await cluster.shows("X-Test", at: headers, of: "httproute/routed")
        _ = try await cluster.sluice("promote", "routed").checked()
        try await cluster.waits(for: "{.status.phase}=Healthy", of: "rollout/routed")
        try await cluster.shows("", at: headers, of: "httproute/routed")
        let weights = "{.spec.rules[*].backendRefs[*].weight}"
        try await cluster.shows("100 0", at: weights, of: "httproute/routed")
    }

    private static let definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: httproutes.gateway.networking.k8s.io
          annotations: {api-approved.kubernetes.io: "unapproved, made up by a test"}
        spec:
          group: gateway.networking.k8s.io
          scope: Namespaced
          names: {kind: HTTPRoute, listKind: HTTPRouteList, plural: httproutes, singular: httproute}
          versions:
            - name: v1
              served: true
              storage: true
              subresources: {status: {}}
              schema:
                openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
        """

    private static let documents = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: routed}
        spec:
          rules:
            - backendRefs:
                - {name: routed, port: 80, weight: 100}
                - {name: routed-canary, port: 80, weight: 0}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: routed}
        spec: {selector: {app: routed}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: routed-canary}
        spec: {selector: {app: routed}, ports: [{port: 80}]}
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: routed}
        spec:
          replicas: 1
          selector: {matchLabels: {app: routed}}
          template:
            metadata: {labels: {app: routed}}
            spec: {containers: [{name: routed, image: "routed:v1"}]}
          strategy:
            canary:
              stableService: routed
              canaryService: routed-canary
              trafficRouting:
                managedRoutes: [{name: testers}]
                plugins: {argoproj-labs/gatewayAPI: {httpRoute: routed}}
              steps:
                - setCanaryScale: {replicas: 1}
                - setHeaderRoute:
                    name: testers
                    match: [{headerName: X-Test, headerValue: {exact: "yes"}}]
                - setWeight: 20
                - pause: {}
        """
}
