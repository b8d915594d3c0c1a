# Without steps traffic follows the pods, never ahead of them.
spec: {replicas: 4, strategy: {canary: {steps: null}}}
---
0s   new-pods 2
10s  image model-api:v2
60s  new-pods all
