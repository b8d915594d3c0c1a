# spec.paused holds the steps; traffic stays where it is.
spec: {strategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 20}}, {setWeight: 50}, {pause: {duration: 20}}]}}}
---
10s  image model-api:v2
20s  pause
90s  resume
