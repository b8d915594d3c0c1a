# On its way back to a plain workload a rollout lets its Services go, and binds them for a release in between.
# Holds: 1.2 way back.
spec: {strategy: {canary: {steps: [{setWeight: 50}, {pause: {duration: 5s}}]}}}
---
30s  edit {metadata: {annotations: {sluice/let-go: "true"}}}
60s  image model-api:v2
180s end
