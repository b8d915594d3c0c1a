# The pods of the active side and of the preview are replaced while the preview is paused.
spec:
  replicas: 4
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, autoPromotionEnabled: false}
---
10s  image model-api:v2
20s  restart
60s  promote
80s  end
