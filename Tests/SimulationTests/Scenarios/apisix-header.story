# APISIX: testers come to the canary by a route of the rollout's own before any weight does, which goes with the release.
spec: {strategy: {canary: {trafficRouting: {nginx: null, managedRoutes: [{name: testers}], apisix: {route: {name: model}}}, steps: [{setCanaryScale: {replicas: 1}}, {setHeaderRoute: {name: testers, match: [{headerName: X-Test, headerValue: {exact: "yes"}}]}}, {pause: {duration: 10}}, {setCanaryScale: {matchTrafficWeight: true}}, {setWeight: 50}, {pause: {duration: 10}}]}}}
without: [Ingress]
objects:
  - apiVersion: apisix.apache.org/v2
    kind: ApisixRoute
    metadata: {name: model}
    spec: {http: [{name: main, match: {paths: ["/*"]}, backends: [{serviceName: model-api, servicePort: 80, weight: 100}, {serviceName: model-api-canary, servicePort: 80, weight: 0}]}]}
---
10s  image model-api:v2
60s  image model-api:v3
65s  crash
70s  abort
