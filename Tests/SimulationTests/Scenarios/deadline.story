# The new pods never become ready: after its deadline the rollout says so and waits.
# Holds: 1.1 progressDeadlineSeconds, 2.2 ProgressDeadlineExceeded.
spec: {progressDeadlineSeconds: 60, strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}}
---
0s   new-pods 1
10s  image model-api:v2
120s new-pods all
