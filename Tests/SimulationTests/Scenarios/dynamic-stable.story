# Stable shrinks as the canary grows, and an abort brings all of it back at once.
# Holds: 4.3b dynamic abort.
spec: {replicas: 5, strategy: {canary: {dynamicStableScale: true, scaleDownDelaySeconds: null, abortScaleDownDelaySeconds: null, steps: [{setWeight: 40}, {pause: {}}, {setWeight: 80}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  promote
60s  abort
