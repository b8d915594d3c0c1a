# A person promotes everything in the middle of an experiment.
spec: {strategy: {canary: {steps: [{setWeight: 10}, {experiment: {duration: 1m, templates: [{name: baseline, specRef: stable}, {name: trial, specRef: canary, replicas: 2, service: {}}], analyses: [{name: compare, templateName: compare, requiredForCompletion: true, args: [{name: old, value: "{{templates.baseline.podTemplateHash}}"}, {name: new, value: "{{templates.trial.podTemplateHash}}"}]}]}}, {setWeight: 50}, {pause: {}}]}}}
objects:
  - apiVersion: argoproj.io/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: compare}
    spec:
      args: [{name: old}, {name: new}]
      metrics:
        - name: error-rate
          interval: 5s
          count: 4
          inconclusiveLimit: 0
          successCondition: "result[0] <= 0.01"
          failureCondition: "result[0] >= 0.05"
          provider: {prometheus: {address: "http://127.0.0.1:9090", query: 'errors{hash="{{args.new}}"} - errors{hash="{{args.old}}"}'}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
20s  promote full
