# A new image in mid-adoption: pods of the Deployment with it go before anybody has judged it.
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
0s   metric latency-p95-seconds 0.1
1s   image model-api:v2
90s  end
