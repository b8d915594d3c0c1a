# The router is taken out in mid-release: the pods' share takes over, and the Ingress gives back what it has.
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
20s  edit {spec: {strategy: {canary: {trafficRouting: null, scaleDownDelaySeconds: null, abortScaleDownDelaySeconds: null}}}}
30s  metric errors 0.5
60s  end
