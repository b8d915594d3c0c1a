# The new revision serves, the document then misspells its service: what was moved goes back all the same.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5,
      postPromotionAnalysis: {templates: [{templateName: model-api-errors}]}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
13s  edit {spec: {strategy: {blueGreen: {activeService: model-appi}}}}
14s  metric error-rate 0.2
60s  end
