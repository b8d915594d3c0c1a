# Four of five canary pods suffice to go on. The weight is what they carry, and follows as pods come; with three of ten
# new pods missing nothing is promoted, whatever the threshold says.
spec:
  replicas: 10
  strategy:
    canary:
      steps: [{setWeight: 50}, {pause: {duration: 10s}}, {setWeight: 100}]
      replicaProgressThreshold: {type: Percent, value: 60}
---
0s   new-pods 4
10s  image model-api:v2
40s  new-pods 7
60s  new-pods 9
90s  new-pods all
