# Stable's pods are lost while the release goes back: traffic follows as they return.
spec: {replicas: 10, strategy: {canary: {steps: [{setWeight: 60}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  stable-pods 5
30s  abort
60s  stable-pods 8
90s  stable-pods all
