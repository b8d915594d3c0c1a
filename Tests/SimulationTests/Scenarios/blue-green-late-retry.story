# Tried again once its pods are gone: the new analysis waits until there is something to judge.
# Holds: 9.3 blue-green retry, 4.11 blue-green.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5, prePromotionAnalysis: {templates: [{templateName: model-api-errors}]}}
---
0s   metric error-rate 0.5
10s  image model-api:v2
30s  metric error-rate 0.001
30s  new-pods 0
35s  retry
50s  new-pods all
