# setCanaryScale by percent, also above 100 and below what the traffic needs.
# Holds: 1.5 setCanaryScale, 4.3b setCanaryScale weight.
spec: {replicas: 4, strategy: {canary: {steps: [{setCanaryScale: {weight: 200}}, {setWeight: 50}, {pause: {}}, {setCanaryScale: {weight: 25}}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  promote
50s  promote
