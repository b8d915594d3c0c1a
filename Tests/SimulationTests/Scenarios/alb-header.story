# ALB: testers come to the canary by a path of their own before any weight does. The weights are annotations of somebody else's Ingress.
spec: {strategy: {canary: {trafficRouting: {nginx: null, managedRoutes: [{name: testers}], alb: {ingress: model, servicePort: 80, rootService: root}}, steps: [{setCanaryScale: {replicas: 1}}, {setHeaderRoute: {name: testers, match: [{headerName: X-Test, headerValue: {exact: "yes"}}]}}, {pause: {duration: 10}}, {setCanaryScale: {matchTrafficWeight: true}}, {setWeight: 50}, {pause: {duration: 10}}]}}}
objects:
  - apiVersion: v1
    kind: Service
    metadata: {name: root}
    spec: {selector: {app: model-api}, ports: [{port: 80}]}
  - apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: model}
    spec: {ingressClassName: alb, rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: root, port: {name: use-annotation}}}}]}}]}
---
10s  image model-api:v2
60s  image model-api:v3
65s  crash
70s  abort
