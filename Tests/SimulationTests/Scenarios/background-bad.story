# Background analysis keeps watching through an open pause: two failures are one more than it forgives.
# Holds: 4.10 cause background, 5.2 background.
spec: {strategy: {canary: {analysis: {templates: [{templateName: always}]}, steps: [{setWeight: 10}, {pause: {}}]}}}
objects:
  - apiVersion: argoproj.io/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: always}
    spec:
      metrics:
        - name: error-rate
          interval: 10s
          successCondition: "result[0] <= 0.01"
          failureLimit: 1
          provider: {prometheus: {address: "http://127.0.0.1:9090", query: errors}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
65s  metric error-rate 0.5
