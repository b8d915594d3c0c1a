# An autoscaler works on while the new revision proves itself: what serves follows, and what it came from stays whole.
# Holds: 4.1 scaling event.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, postPromotionAnalysis: {templates: [{templateName: model-api-errors}]}}
---
0s   metric error-rate none
10s  image model-api:v2
16s  autoscale 6
20s  metric error-rate 0.5
