# Back within the scale-down delay: at once, and untried.
# Holds: 4.8 blue-green within delay.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5, autoPromotionEnabled: false, prePromotionAnalysis: {templates: [{templateName: model-api-errors}]},
      postPromotionAnalysis: {templates: [{templateName: model-api-errors}]}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
30s  promote
38s  undo
