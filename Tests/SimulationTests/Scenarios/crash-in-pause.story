# The controller is killed in a timed pause, which does not begin again.
# Holds: 4.9 startTime.
spec: {strategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 60}}]}}}
---
10s  image model-api:v2
50s  crash
