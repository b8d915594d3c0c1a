# Stable has given up pods for the canary, and then its template comes back: traffic stays with the canary's pods until
# stable's are there again, and so does the canary service.
podStartSeconds: 4
spec:
  strategy:
    canary:
      dynamicStableScale: true
      scaleDownDelaySeconds: null
      steps: [{setWeight: 49}, {pause: {}}]
---
5s image model-api:v2
20s image model-api:v1
60s end
