# A retry while the aborted canary still has its pods.
# Holds: 4.11 canary.
spec: {strategy: {canary: {steps: [{setWeight: 40}, {pause: {}}, {setWeight: 80}, {pause: {}}]}}}
---
10s  image model-api:v2
20s  promote
30s  abort
32s  retry
