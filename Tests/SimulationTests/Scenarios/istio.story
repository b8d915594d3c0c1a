# Istio by hosts, with copies of the requests before any weight.
spec: {strategy: {canary: {trafficRouting: {nginx: null, managedRoutes: [{name: copies}], istio: {virtualService: {name: model}}}, steps: [{setCanaryScale: {replicas: 1}}, {setMirrorRoute: {name: copies, percentage: 20, match: [{method: {exact: GET}}]}}, {pause: {duration: 10}}, {setMirrorRoute: {name: copies}}, {setCanaryScale: {matchTrafficWeight: true}}, {setWeight: 50}, {pause: {duration: 10}}]}}}
without: [Ingress]
objects:
  - apiVersion: networking.istio.io/v1alpha3
    kind: VirtualService
    metadata: {name: model}
    spec: {http: [{route: [{destination: {host: model-api}, weight: 100}, {destination: {host: model-api-canary}, weight: 0}]}]}
---
10s  image model-api:v2
