# A paused update is restarted on both sides; its weight stays with the pods that are there.
spec:
  replicas: 8
  strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}
---
10s  image model-api:v2
20s  restart
60s  crash
60s  end
