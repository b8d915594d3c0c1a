# Version 2 turns out bad after its promotion: the way back to version 1 skips the steps, and waits for all of its pods.
# Holds: 1.1 rollbackWindow, 6.3 rollback window.
# Holds: 9.3 rollback window.
spec: {rollbackWindow: {revisions: 1}, strategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 10}}], scaleDownDelaySeconds: 5}}}
---
10s  image model-api:v2
60s  image model-api:v1
90s  image model-api:v3
95s  image model-api:v1
120s end
