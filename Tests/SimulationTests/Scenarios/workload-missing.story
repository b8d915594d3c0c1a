# What is referred to is not there for a while: that is said, nothing that runs is touched, and the release goes on.
# Holds: 1.2 not found.
spec: {replicas: 5, selector: null, template: null, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}, strategy: {canary: {analysis: null, steps: [{setWeight: 40}, {pause: {duration: 30s}}]}}}
objects:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: default}
    spec:
      replicas: 5
      selector: {matchLabels: {app: model-api}}
      template:
        metadata: {labels: {app: model-api}}
        spec: {containers: [{name: model, image: "model-api:v1"}]}
---
60s  image model-api:v2
70s  edit {spec: {workloadRef: {name: nowhere}}}
80s  edit {spec: {workloadRef: {name: web}}}
150s end
