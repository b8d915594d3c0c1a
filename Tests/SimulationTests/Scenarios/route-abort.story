# One of several routes is not there when everything is to be given back: the others are, at once.
spec: {strategy: {canary: {trafficRouting: {nginx: null, plugins: {argoproj-labs/gatewayAPI: {httpRoute: model, grpcRouteSelector: {matchLabels: {app: model}}}}}, steps: [{setWeight: 50}, {pause: {}}]}}}
without: [Ingress]
objects:
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: model}
    spec: {rules: [{backendRefs: [{name: model-api, weight: 100}, {name: model-api-canary, weight: 0}]}]}
  - apiVersion: gateway.networking.k8s.io/v1
    kind: GRPCRoute
    metadata: {name: model, labels: {app: model}}
    spec: {rules: [{backendRefs: [{name: model-api, weight: 100}, {name: model-api-canary, weight: 0}]}]}
---
10s  image model-api:v2
20s  edit {spec: {strategy: {canary: {trafficRouting: {plugins: {argoproj-labs/gatewayAPI: {httpRoutes: [{name: gone}]}}}}}}}
30s  abort
60s  edit {spec: {strategy: {canary: {trafficRouting: {plugins: {argoproj-labs/gatewayAPI: {httpRoutes: null}}}}}}}
