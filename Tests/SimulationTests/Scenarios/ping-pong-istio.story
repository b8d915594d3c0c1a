# Two services behind a VirtualService take turns: the weights change sides with a promotion. The second release is given up.
# Holds: 6.8 sides.
spec: {strategy: {canary: {stableService: null, canaryService: null, pingPong: {pingService: model-api, pongService: model-api-canary}, trafficRouting: {nginx: null, istio: {virtualService: {name: model}}}, steps: [{setWeight: 50}, {pause: {duration: 10}}]}}}
without: [Ingress]
objects:
  - apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: model}
    spec:
      http:
        - route:
            - {destination: {host: model-api}, weight: 100}
            - {destination: {host: model-api-canary}, weight: 0}
---
10s  image model-api:v2
60s  image model-api:v3
65s  abort
