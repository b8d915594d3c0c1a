# A third version comes in mid-rollout: the second one gets nothing any more.
# Holds: 4.7 third revision, 4.7 template.
spec: {strategy: {canary: {steps: [{setWeight: 40}, {pause: {}}, {setWeight: 80}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  image model-api:v3
60s  promote
90s  promote
