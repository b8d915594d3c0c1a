# A document that names a VirtualService which nobody has made is refused before anything moves. Comes it to name one in the middle of a release, the weights stay on the routes that have them, and an abort takes them back.
# Holds: 8.2 VirtualService.
spec: {strategy: {canary: {trafficRouting: {nginx: null, istio: {virtualService: {name: model}}}, steps: [{setWeight: 50}, {pause: {}}]}}}
without: [Ingress]
objects:
  - apiVersion: networking.istio.io/v1alpha3
    kind: VirtualService
    metadata: {name: model}
    spec: {http: [{route: [{destination: {host: model-api}, weight: 100}, {destination: {host: model-api-canary}, weight: 0}]}]}
---
5s   edit {spec: {strategy: {canary: {trafficRouting: {istio: {virtualService: {name: modle}}}}}}}
8s   edit {spec: {strategy: {canary: {trafficRouting: {istio: {virtualService: {name: model}}}}}}}
10s  image model-api:v2
30s  edit {spec: {strategy: {canary: {trafficRouting: {istio: {virtualService: {name: modle}}}}}}}
60s  edit {spec: {strategy: {canary: {trafficRouting: {istio: {virtualService: {name: model}}}}}}}
80s  edit {spec: {strategy: {canary: {trafficRouting: {istio: {virtualService: {name: modle}}}}}}}
90s  abort
120s edit {spec: {strategy: {canary: {trafficRouting: {istio: {virtualService: {name: model}}}}}}}
150s end
