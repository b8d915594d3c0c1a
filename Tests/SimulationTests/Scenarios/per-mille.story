# Weights in parts of 1000.
# Holds: 1.6 maxTrafficWeight.
spec: {replicas: 4, strategy: {canary: {trafficRouting: {maxTrafficWeight: 1000}, steps: [{setWeight: 5}, {pause: {duration: 30}}, {setWeight: 500}, {pause: {duration: 30}}]}}}
---
10s  image model-api:v2
