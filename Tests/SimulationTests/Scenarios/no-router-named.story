# `trafficRouting` without a router: a canary of its own size beside the whole of stable, and no weights.
# Holds: 1.4 trafficRouting.
spec: {replicas: 10, strategy: {canary: {trafficRouting: {nginx: null}, steps: [{setWeight: 20}, {pause: {duration: 10s}}, {analysis: {templates: [{templateName: model-api-errors}]}}, {setWeight: 60}, {pause: {duration: 10s}}]}}}
---
0s   metric error-rate 0.001
10s  image model-api:v2
60s  metric error-rate 0.2
60s  image model-api:v3
