# A step that asks for no canary pods takes the traffic from them first: at the step itself, and where a person skips to it while the weight of the steps before is still on its way. A weight after it waits for pods.
# Holds: 9.4 P3.
spec: {strategy: {canary: {steps: [{setWeight: 37}, {pause: {duration: 5}}, {setCanaryScale: {replicas: 0}}, {pause: {duration: 5}}, {setWeight: 60}]}}}
---
5s   image model-api:v2
30s  image model-api:v3
32s  promote
32s  promote
50s  abort
