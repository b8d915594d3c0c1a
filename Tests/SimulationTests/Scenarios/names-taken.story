# Objects of an earlier rollout of the same name are still there: nothing of theirs is taken over, and nothing waits.
# Holds: 5.2 name taken, 2.1 collisionCount, 4.1 owner.
spec: {strategy: {canary: {steps: [{setWeight: 50}, {analysis: {templates: [{templateName: model-api-errors}]}}]}}}
objects:
  - apiVersion: apps/v1
    kind: ReplicaSet
    metadata: {name: model-api-6dc745cc86}
    spec:
      replicas: 0
      selector: {matchLabels: {app: model-api, rollouts-pod-template-hash: 6dc745cc86}}
      template:
        metadata: {labels: {app: model-api, rollouts-pod-template-hash: 6dc745cc86}}
        spec: {containers: [{name: model, image: "model-api:v2"}]}
  - apiVersion: argoproj.io/v1alpha1
    kind: AnalysisRun
    metadata: {name: model-api-c8d4b6d75-2-1}
    spec:
      metrics:
        - {name: error-rate, provider: {prometheus: {address: "http://127.0.0.1:9090", query: error-rate}}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
