# An autoscaler works on while a preview waits, and both sides follow.
# Holds: 4.1 scaling event.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5, autoPromotionEnabled: false}
---
10s  image model-api:v2
20s  scale 5
30s  scale 2
40s  promote
