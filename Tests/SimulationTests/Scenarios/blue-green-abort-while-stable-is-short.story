# An abort waits a moment for stable's pods; then those that are there must do.
# Holds: 4.4 abort.
# Holds: 9.3 abort after a switch.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5, prePromotionAnalysis: {templates: [{templateName: model-api-errors}]},
      postPromotionAnalysis: {templates: [{templateName: model-api-errors}]}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
17s  stable-pods 1
18s  abort
90s  end
