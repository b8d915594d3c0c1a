# Pods count once they have been ready for a while.
# Holds: 1.1 minReadySeconds.
spec: {minReadySeconds: 15, strategy: {canary: {steps: [{setWeight: 40}, {pause: {duration: 10}}]}}}
---
20s  image model-api:v2
