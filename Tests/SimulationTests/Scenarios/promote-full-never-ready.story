# A person promotes everything, and the pods do not come: after its deadline the rollout says so, and goes on once they do.
# Holds: 4.12 full, 2.2 ProgressDeadlineExceeded.
spec: {replicas: 5, progressDeadlineSeconds: 60, strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {}}]}}}
---
0s   new-pods 1
10s  image model-api:v2
30s  promote full
120s new-pods all
