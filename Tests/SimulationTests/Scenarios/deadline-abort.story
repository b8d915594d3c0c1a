# The new pods never become ready: after its deadline the rollout is aborted.
# Holds: 1.1 progressDeadlineAbort, 4.10 by deadline.
spec: {progressDeadlineSeconds: 60, progressDeadlineAbort: true, strategy: {canary: {steps: [{setWeight: 34}, {pause: {duration: 10}}, {setWeight: 100}]}}}
---
0s   new-pods 2
10s  image model-api:v2
