# In mid-rollout the template becomes stable's again: nothing is left to judge.
spec: {strategy: {canary: {steps: [{setWeight: 40}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  image model-api:v1
