# Everything is switched off in mid-rollout, and on again.
# Holds: 1.1 replicas 0.
spec: {replicas: 4, strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  scale 0
60s  scale 4
90s  promote
