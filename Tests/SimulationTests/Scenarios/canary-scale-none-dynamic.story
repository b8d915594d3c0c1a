# A step that asks for no canary pods, where stable shrinks as the canary grows: stable is whole before the traffic leaves, and the pods go after it.
# Holds: 9.4 P4.
spec: {replicas: 4, strategy: {canary: {dynamicStableScale: true, scaleDownDelaySeconds: null, steps: [{setWeight: 50}, {pause: {duration: 5}}, {setCanaryScale: {replicas: 0}}, {pause: {duration: 5}}, {setCanaryScale: {matchTrafficWeight: true}}]}}}
---
5s   image model-api:v2
80s  end
