# With a shrunken stable the template becomes stable's again: traffic follows its pods.
# Holds: 4.8 to stable dynamic.
spec: {replicas: 5, strategy: {canary: {dynamicStableScale: true, scaleDownDelaySeconds: null, steps: [{setWeight: 40}, {pause: {}}, {setWeight: 80}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  promote
60s  image model-api:v1
