# Stable shrinks as the canary grows, and an abort walks the steps back as stable's pods return.
spec: {replicas: 5, strategy: {canary: {dynamicStableScale: true, scaleDownDelaySeconds: null, abortScaleDownDelaySeconds: null, steps: [{setWeight: 40}, {pause: {}}, {setWeight: 80}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  promote
60s  abort
