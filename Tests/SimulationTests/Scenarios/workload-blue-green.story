# A Deployment behind the active service: it makes way after the switch, and a new image is tried beside stable.
spec: {replicas: 5, selector: null, template: null, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web, scaleDown: onsuccess}, strategy: {canary: null, blueGreen: {activeService: model-api, previewService: model-api-canary, autoPromotionSeconds: 10}}}
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
120s end
