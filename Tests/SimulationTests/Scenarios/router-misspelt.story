# What configures the router cannot be read any more. Its Ingresses are known by their owner, after a restart too.
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
20s  edit {spec: {strategy: {canary: {trafficRouting: {nginx: {stableIngress: null, stableIngres: model-api}}}}}}
25s  crash
30s  metric errors 0.5
60s  edit {spec: {strategy: {canary: {trafficRouting: {nginx: {stableIngress: model-api, stableIngres: null}}}}}}
70s  end
