# A person skips all steps: all pods first, then all traffic.
# Holds: 4.12 full, 6.2 promoteFull.
spec: {replicas: 5, strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  promote full
