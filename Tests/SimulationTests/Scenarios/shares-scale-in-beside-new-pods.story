# Without a router, a rollout becomes smaller while its new pods are still to come: those go, and not stable's, which
# serve.
podStartSeconds: 3
spec:
  replicas: 5
  strategy:
    canary:
      trafficRouting: null
      scaleDownDelaySeconds: null
      steps: [{pause: {duration: 8}}]
---
5s image model-api:v2
6s promote full
8s scale 2
40s end
