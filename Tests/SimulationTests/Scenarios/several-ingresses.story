# Two ingresses lead to the same service, and both are moved.
# Holds: 6.4 several.
spec: {strategy: {canary: {trafficRouting: {nginx: {stableIngress: null, stableIngresses: [model-api, internal]}}, steps: [{setWeight: 25}, {pause: {duration: 10}}]}}}
objects:
  - apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: internal}
    spec:
      ingressClassName: nginx
      rules: [{host: internal.local, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: model-api, port: {name: http}}}}]}}]
---
10s  image model-api:v2
