# Gateway API by the configuration of its plugin: two weights in a route of somebody else, in parts of 1000.
# Holds: 6.6 maxTrafficWeight, 9.3 gateway total.
spec: {strategy: {canary: {trafficRouting: {nginx: null, maxTrafficWeight: 1000, plugins: {argoproj-labs/gatewayAPI: {httpRoute: model}}}, steps: [{setWeight: 5}, {pause: {duration: 10}}, {setWeight: 500}, {pause: {duration: 10}}]}}}
without: [Ingress]
objects:
  - apiVersion: gateway.networking.k8s.io/v1beta1
    kind: HTTPRoute
    metadata: {name: model}
    spec:
      rules:
        - backendRefs: [{name: model-api, port: 80}, {name: model-api-canary, port: 80}, {name: other, port: 80, weight: 0}]
---
10s  image model-api:v2
