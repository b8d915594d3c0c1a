# The user's own pause holds the switch, and not the pods.
# Holds: 4.4 no cutover while paused.
spec:
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 5}
---
5s   pause
10s  image model-api:v2
30s  scale 4
40s  resume
