# spec.paused holds the steps; traffic stays where it is.
# Holds: 1.1 paused, 4.9 spec.paused.
spec: {strategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 20}}, {setWeight: 50}, {pause: {duration: 20}}]}}}
---
10s  image model-api:v2
20s  pause
90s  resume
