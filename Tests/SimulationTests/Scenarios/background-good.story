# Background analysis from the third step on, ended by the promotion.
# Holds: 5.2 background, 1.4 analysis.
spec: {strategy: {canary: {analysis: {startingStep: 2, templates: [{templateName: always}]}, steps: [{setWeight: 10}, {pause: {duration: 20}}, {setWeight: 50}, {pause: {duration: 60}}]}}}
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
