# Between good and bad a person decides: go on.
# Holds: 4.9 InconclusiveAnalysisRun.
spec: {strategy: {canary: {steps: [{setWeight: 10}, {analysis: {templates: [{templateName: model-api-errors}]}}, {setWeight: 50}, {pause: {}}]}}}
objects:
  - apiVersion: argoproj.io/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: model-api-errors}
    spec:
      metrics:
        - name: error-rate
          interval: 2s
          count: 3
          inconclusiveLimit: 0
          successCondition: "result[0] <= 0.01"
          failureCondition: "result[0] >= 0.05"
          provider: {prometheus: {address: "http://127.0.0.1:9090", query: errors}}
---
0s   metric error-rate 0.03
10s  image model-api:v2
60s  promote
90s  promote
