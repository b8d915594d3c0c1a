# Without a router traffic follows the pods, and the Deployment's are among them until they go. It is larger than the rollout.
spec: {replicas: 3, selector: null, template: null, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web, scaleDown: progressively}, strategy: {canary: {trafficRouting: null, stableService: null, canaryService: null, scaleDownDelaySeconds: null, abortScaleDownDelaySeconds: null, analysis: null, steps: [{setWeight: 40}, {pause: {duration: 10s}}]}}}
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
