# setCanaryScale: pods before traffic, by number.
# Holds: 1.5 setCanaryScale, 1.5 setCanaryScale persists, 1.5 matchTrafficWeight.
spec: {replicas: 10, strategy: {canary: {steps: [{setCanaryScale: {replicas: 3}}, {pause: {}}, {setWeight: 10}, {pause: {}}, {setCanaryScale: {matchTrafficWeight: true}}, {setWeight: 50}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  promote
50s  promote
70s  promote
