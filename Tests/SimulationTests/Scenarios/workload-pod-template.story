# A PodTemplate only says what to run: there is nothing to take over.
# Holds: 1.2 PodTemplate.
spec: {replicas: 5, template: null, workloadRef: {apiVersion: v1, kind: PodTemplate, name: web, scaleDown: onsuccess}, strategy: {canary: {analysis: null, steps: [{setWeight: 40}, {pause: {duration: 10s}}]}}}
objects:
  - apiVersion: v1
    kind: PodTemplate
    metadata: {name: web, namespace: default}
    template:
      metadata: {labels: {app: model-api}}
      spec: {containers: [{name: model, image: "model-api:v1"}]}
---
60s  image model-api:v2
100s undo
150s end
