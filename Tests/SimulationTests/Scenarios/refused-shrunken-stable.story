# Stable has shrunk as the canary grew, the document breaks, and then a metric turns bad: stable grows, all goes back.
spec:
  replicas: 10
  strategy:
    canary:
      dynamicStableScale: true
      scaleDownDelaySeconds: null
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
30s  edit {spec: {minReadySeconds: -1}}
40s  metric errors 0.5
60s  end
