# Another Ingress is named in mid-release. The first one keeps its share as long as the release does, and then goes.
spec:
  strategy:
    canary:
      analysis: {templates: [{templateName: watch}]}
      steps: [{setWeight: 50}, {pause: {}}]
objects:
  - apiVersion: argoproj.io/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: watch}
    spec:
      metrics:
        - name: errors
          interval: 5s
          successCondition: "result[0] <= 0.01"
          provider: {prometheus: {address: "http://127.0.0.1:9090", query: errors}}
  - apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: other}
    spec:
      ingressClassName: nginx
      rules:
        - host: other.local
          http:
            paths:
              - {path: /, pathType: Prefix, backend: {service: {name: model-api, port: {name: http}}}}
---
0s   metric errors 0.001
10s  image model-api:v2
20s  edit {spec: {strategy: {canary: {trafficRouting: {nginx: {stableIngress: other}}}}}}
30s  metric errors 0.5
40s  metric errors 0.001
40s  image model-api:v3
60s  end
