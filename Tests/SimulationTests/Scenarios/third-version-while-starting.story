# A third version comes before the second one has pods.
spec: {strategy: {canary: {steps: [{setWeight: 40}, {pause: {}}]}}}
---
10s  image model-api:v2
11s  image model-api:v3
