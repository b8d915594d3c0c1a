# Canary pods are lost in mid-rollout: the canary gets what the rest carries, until they are back.
spec: {replicas: 10, strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  new-pods 2
60s  new-pods 0
90s  new-pods all
