# Another route is named in mid-release, and the controller dies before it looks. The first route goes back with the release, and the next one begins without it.
spec: {strategy: {canary: {trafficRouting: {nginx: null, plugins: {argoproj-labs/gatewayAPI: {httpRoute: model}}}, steps: [{setWeight: 50}, {pause: {}}, {setWeight: 20}, {pause: {}}]}}}
without: [Ingress]
objects:
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: model}
    spec: {rules: [{backendRefs: [{name: model-api, weight: 100}, {name: model-api-canary, weight: 0}]}]}
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: other}
    spec: {rules: [{backendRefs: [{name: model-api, weight: 100}, {name: model-api-canary, weight: 0}]}]}
---
10s  image model-api:v2
20s  crash
20s  edit {spec: {strategy: {canary: {trafficRouting: {plugins: {argoproj-labs/gatewayAPI: {httpRoute: other}}}}}}}
30s  promote
40s  abort
50s  image model-api:v3
60s  end
