# Not one new pod becomes ready: nobody previews it, nobody is switched to it, and after its deadline it is given up.
# Holds: 9.3 preview.
spec:
  progressDeadlineSeconds: 60
  progressDeadlineAbort: true
  strategy:
    canary: null
    blueGreen: {activeService: model-api, previewService: model-api-canary, abortScaleDownDelaySeconds: 5}
---
5s   new-pods 0
10s  image model-api:v2
