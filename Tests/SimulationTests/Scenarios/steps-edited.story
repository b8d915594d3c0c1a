# The steps are edited in mid-rollout: the rollout starts again at the first of the new ones.
# Holds: 4.7 steps.
spec: {strategy: {canary: {steps: [{setWeight: 40}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  edit {spec: {strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {}}]}}}}
60s  promote
