# A person wants it now: no analysis, no pause.
# Holds: 4.4 fast track.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5, autoPromotionEnabled: false, previewReplicaCount: 1, prePromotionAnalysis: {templates: [{templateName: model-api-errors}]},
      postPromotionAnalysis: {templates: [{templateName: model-api-errors}]}}
---
10s  image model-api:v2
15s  promote full
