# The document names an Ingress that does not exist: nothing moves, and a bad metric still takes all traffic back.
# Holds: 4.1 refused document, 8.2 Ingress.
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
---
0s   metric errors 0.001
10s  image model-api:v2
20s  edit {spec: {strategy: {canary: {trafficRouting: {nginx: {stableIngress: web2}}}}}}
30s  metric errors 0.5
60s  edit {spec: {strategy: {canary: {trafficRouting: {nginx: {stableIngress: model-api}}}}}}
70s  end
