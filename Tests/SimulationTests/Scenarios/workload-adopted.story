# A Deployment is taken over once the rollout serves; its new image goes through the steps.
# Holds: 1.2 onsuccess.
spec: {replicas: 5, selector: null, template: null, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web, scaleDown: onsuccess}}
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
0s   metric latency-p95-seconds 0.1
60s  image model-api:v2
