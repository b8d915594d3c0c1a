# Without steps traffic follows the pods, never ahead of them.
# Holds: 1.4 no steps, 6.2 no steps, 6.3 no steps.
# Holds: 9.3 no steps.
spec: {replicas: 4, strategy: {canary: {steps: null}}}
---
0s   new-pods 2
10s  image model-api:v2
60s  new-pods all
