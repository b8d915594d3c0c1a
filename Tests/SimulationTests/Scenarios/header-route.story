# Requests with a header come to the canary before any weight does, and to stable again when the release is given up.
spec: {strategy: {canary: {trafficRouting: {nginx: null, managedRoutes: [{name: testers}], plugins: {argoproj-labs/gatewayAPI: {httpRoute: model}}}, steps: [{setCanaryScale: {replicas: 1}}, {setHeaderRoute: {name: testers, match: [{headerName: X-Test, headerValue: {exact: "yes"}}]}}, {pause: {}}, {setCanaryScale: {matchTrafficWeight: true}}, {setWeight: 50}, {pause: {}}]}}}
without: [Ingress]
objects:
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: model}
    spec: {rules: [{backendRefs: [{name: model-api, weight: 100}, {name: model-api-canary, weight: 0}]}]}
---
10s  image model-api:v2
15s  new-pods 0
17s  new-pods all
20s  crash
25s  promote
30s  abort
40s  retry
50s  promote
55s  promote
