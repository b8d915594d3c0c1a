# Stable has no pod left when the release is aborted: traffic stays where somebody answers.
spec: {replicas: 4, strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  stable-pods 0
31s  abort
60s  stable-pods all
