# The steps of a finished rollout are edited: nothing is run again.
spec: {strategy: {canary: {steps: [{setWeight: 40}]}}}
---
10s  image model-api:v2
60s  edit {spec: {strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}}}
