# An Ingress has a rule with a host and no paths: it is passed over, and the release goes on.
# Holds: 9.3 rules without http, 6.4 rules without http.
spec: {strategy: {canary: {steps: [{setWeight: 50}, {pause: {duration: 10}}]}}}
objects:
  - apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: model-api}
    spec:
      rules:
        - {host: elsewhere.local}
        - {host: model.local, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: model-api, port: {name: http}}}}]}}
---
10s  image model-api:v2
