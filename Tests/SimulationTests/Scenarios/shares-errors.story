# Without a router a bad verdict gives the pods back as stable's come.
# Holds: 4.10 without a router.
spec: {replicas: 10, strategy: {canary: {trafficRouting: null, scaleDownDelaySeconds: null, abortScaleDownDelaySeconds: null, steps: [{setWeight: 20}, {pause: {duration: 10s}}, {analysis: {templates: [{templateName: model-api-errors}]}}, {setWeight: 60}, {pause: {duration: 10s}}]}}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
20s  metric error-rate 0.08
