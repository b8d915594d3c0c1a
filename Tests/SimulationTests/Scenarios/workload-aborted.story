# A bad image on the Deployment: everything goes back to the rollout's stable pods, and undo puts the template back.
# Holds: 1.2 undo.
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
70s  metric error-rate 0.5
200s undo
300s end
