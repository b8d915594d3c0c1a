# Two services behind an ALB take turns: the promotion moves no weight and no selector that has traffic.
spec: {strategy: {canary: {stableService: null, canaryService: null, pingPong: {pingService: model-api, pongService: model-api-canary}, trafficRouting: {nginx: null, alb: {ingress: model-api, servicePort: 80, rootService: root}}, steps: [{setWeight: 50}, {pause: {duration: 10}}]}}}
objects:
  - apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: model-api}
    spec:
      rules:
        - http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: root, port: {name: use-annotation}}}}]}
---
10s  image model-api:v2
60s  image model-api:v3
80s  abort
