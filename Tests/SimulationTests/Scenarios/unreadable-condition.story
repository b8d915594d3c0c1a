# A template whose condition cannot be read is named for a release: it is refused before there is any pod of it.
# Holds: 8.2 templates that fit.
objects:
  - apiVersion: argoproj.io/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: odd}
    spec:
      metrics:
        - {name: odd, count: 1, successCondition: "frob(result[0]) < 0.05", provider: {prometheus: {address: "http://127.0.0.1:9090", query: up}}}
---
10s  edit {spec: {strategy: {canary: {steps: [{setWeight: 10}, {analysis: {templates: [{templateName: odd}]}}]}}}}
20s  image model-api:v2
40s  edit {spec: {strategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 10}}]}}}}
90s  end
