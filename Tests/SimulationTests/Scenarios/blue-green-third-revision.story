# A third revision comes while the second one is being proved: stable serves meanwhile.
# Holds: 4.7 third revision.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5, prePromotionAnalysis: {templates: [{templateName: model-api-errors}]},
      postPromotionAnalysis: {templates: [{templateName: model-api-errors}]}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
19s  image model-api:v3
