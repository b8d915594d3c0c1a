# Istio takes the place of a gateway in mid-release, with a route for testers in each. Promotion leaves both without canary.
spec: {strategy: {canary: {trafficRouting: {nginx: null, managedRoutes: [{name: testers}], plugins: {argoproj-labs/gatewayAPI: {httpRoute: model}}}, steps: [{setHeaderRoute: {name: testers, match: [{headerName: X-Test, headerValue: {exact: "yes"}}]}}, {setWeight: 50}, {pause: {}}]}}}
without: [Ingress]
objects:
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: model}
    spec: {rules: [{backendRefs: [{name: model-api, weight: 100}, {name: model-api-canary, weight: 0}]}]}
  - apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: model}
    spec: {http: [{route: [{destination: {host: model-api}, weight: 100}, {destination: {host: model-api-canary}, weight: 0}]}]}
---
10s  image model-api:v2
20s  edit {spec: {strategy: {canary: {trafficRouting: {plugins: null, istio: {virtualService: {name: model}}}}}}}
30s  promote
40s  image model-api:v3
60s  end
