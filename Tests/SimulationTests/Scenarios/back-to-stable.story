# In mid-rollout the template becomes stable's again: nothing is left to judge.
# Holds: 4.8 to stable, 7.5 SkipSteps.
spec: {strategy: {canary: {steps: [{setWeight: 40}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  image model-api:v1
