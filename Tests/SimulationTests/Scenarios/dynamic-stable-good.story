# Stable shrinks as the canary grows, and is gone at the end.
# Holds: 1.4 dynamicStableScale, 4.3b dynamic.
spec: {replicas: 5, strategy: {canary: {dynamicStableScale: true, scaleDownDelaySeconds: null, steps: [{setWeight: 40}, {pause: {}}, {setWeight: 80}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  promote
60s  promote
