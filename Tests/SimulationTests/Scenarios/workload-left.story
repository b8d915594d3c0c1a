# The template moves from the Deployment into the rollout: what means the same is no new revision.
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
60s  edit {spec: {workloadRef: null, selector: {matchLabels: {app: model-api}}, template: {metadata: {labels: {app: model-api}}, spec: {containers: [{name: model, image: "model-api:v1", imagePullPolicy: IfNotPresent}]}}}}
90s  end
