# Without a router the share of the pods is the share of the traffic.
# Holds: 4.3 no services.
spec: {replicas: 10, strategy: {canary: {trafficRouting: null, scaleDownDelaySeconds: null, abortScaleDownDelaySeconds: null, steps: [{setWeight: 20}, {pause: {duration: 10s}}, {analysis: {templates: [{templateName: model-api-errors}]}}, {setWeight: 60}, {pause: {duration: 10s}}]}}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
