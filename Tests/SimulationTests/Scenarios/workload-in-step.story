# The Deployment makes way as pods come, and gets pods back as they are lost.
# Holds: 1.2 progressively.
spec: {replicas: 5, selector: null, template: null, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web, scaleDown: progressively}}
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
0s   metric error-rate 0.001
0s   new-pods all
3s   stable-pods 2
20s  stable-pods all
90s  end
