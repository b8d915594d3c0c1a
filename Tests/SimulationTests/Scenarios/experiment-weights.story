# Versions of an experiment get traffic of their own, by a gateway: once they have their pods, and as long as the experiment goes on. The second one is given up.
spec: {strategy: {canary: {trafficRouting: {nginx: null, plugins: {argoproj-labs/gatewayAPI: {httpRoute: model}}}, steps: [{setWeight: 10}, {experiment: {duration: 20s, templates: [{name: baseline, specRef: stable, weight: 10}, {name: trial, specRef: canary, weight: 10}]}}, {setWeight: 50}, {pause: {duration: 10}}]}}}
without: [Ingress]
objects:
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: model}
    spec: {rules: [{backendRefs: [{name: model-api, port: 80, weight: 100}, {name: model-api-canary, port: 80, weight: 0}]}]}
---
10s  image model-api:v2
100s image model-api:v3
110s crash
115s abort
160s end
