# setCanaryScale: pods before traffic, by number.
spec: {replicas: 10, strategy: {canary: {steps: [{setCanaryScale: {replicas: 3}}, {pause: {}}, {setWeight: 10}, {pause: {}}, {setCanaryScale: {matchTrafficWeight: true}}, {setWeight: 50}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  promote
50s  promote
70s  promote
