# The new pods crash after the switch: stable serves until they are back, and an abort needs none of them.
# Holds: 4.4 abort, 4.4 served never scaled.
# Holds: 9.3 abort after a switch.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5, prePromotionAnalysis: {templates: [{templateName: model-api-errors}]},
      postPromotionAnalysis: {templates: [{templateName: model-api-errors}]}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
18s  new-pods 0
20s  new-pods all
23s  new-pods 0
30s  abort
