# Without a router a third revision takes the place of the second one, and stable keeps its pods.
# Holds: 4.7 third revision.
spec: {replicas: 10, strategy: {canary: {trafficRouting: null, scaleDownDelaySeconds: null, abortScaleDownDelaySeconds: null, steps: [{setWeight: 20}, {pause: {duration: 10s}}, {analysis: {templates: [{templateName: model-api-errors}]}}, {setWeight: 60}, {pause: {duration: 10s}}]}}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
18s  image model-api:v3
