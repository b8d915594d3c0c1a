# Judged before the switch and after it; then the old pods go.
# Holds: 1.3 prePromotionAnalysis, 1.3 postPromotionAnalysis, 4.6 Completed blue-green update, 7.5 blue-green order.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5, prePromotionAnalysis: {templates: [{templateName: model-api-errors}]},
      postPromotionAnalysis: {templates: [{templateName: model-api-errors}]}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
