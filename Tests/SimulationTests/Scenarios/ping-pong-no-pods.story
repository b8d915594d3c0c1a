# Of two services that take turns the canary's stays with stable's pods until one of the new pods is there.
# Holds: 9.3 ping-pong.
spec: {strategy: {canary: {stableService: null, canaryService: null, pingPong: {pingService: model-api, pongService: model-api-canary}, trafficRouting: {nginx: null, alb: {ingress: model-api, servicePort: 80, rootService: root}}, steps: [{setWeight: 50}, {pause: {duration: 10}}]}}}
objects:
  - apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: model-api}
    spec:
      rules:
        - http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: root, port: {name: use-annotation}}}}]}
---
5s   new-pods 0
10s  image model-api:v2
40s  new-pods all
50s  new-pods 0
60s  abort
