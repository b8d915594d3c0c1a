# A threshold of 0 is not met by 0 pods: Argo Rollouts would give half of the traffic to nobody.
# Holds: 9.3 threshold of nothing.
spec:
  strategy:
    canary:
      steps: [{setWeight: 50}, {pause: {}}]
      replicaProgressThreshold: {type: Percent, value: 0}
---
0s   new-pods 0
10s  image model-api:v2
30s  new-pods 1
40s  end
