# A small preview, which a person ends; then it grows, and only the whole revision serves.
# Holds: 1.3 previewReplicaCount, 1.3 autoPromotionEnabled, 4.4 preview size.
spec:
  replicas: 4
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5, autoPromotionEnabled: false, previewReplicaCount: 1}
---
10s  image model-api:v2
30s  promote
