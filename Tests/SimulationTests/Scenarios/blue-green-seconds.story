# The preview lasts its seconds; a person ends the second one earlier.
# Holds: 1.3 autoPromotionSeconds.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5, autoPromotionSeconds: 30}
---
10s  image model-api:v2
60s  image model-api:v3
70s  promote
