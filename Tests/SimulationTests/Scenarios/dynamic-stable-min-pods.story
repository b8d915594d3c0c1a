# Both sides keep two pods while they have any. Given up with a small stable, the canary comes to nothing all the same.
# Holds: 9.3 minPodsPerReplicaSet, 4.10 dynamic with minPods, 1.4 minPodsPerReplicaSet.
spec:
  replicas: 5
  strategy:
    canary:
      dynamicStableScale: true
      scaleDownDelaySeconds: null
      minPodsPerReplicaSet: 2
      steps: [{setWeight: 10}, {pause: {duration: 10}}, {setWeight: 80}, {pause: {}}]
---
10s  image model-api:v2
60s  abort
