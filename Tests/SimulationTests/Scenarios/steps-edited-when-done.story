# The steps of a finished rollout are edited: nothing is run again.
# Holds: 4.7 steps when done.
spec: {strategy: {canary: {steps: [{setWeight: 40}]}}}
---
10s  image model-api:v2
60s  edit {spec: {strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}}}
