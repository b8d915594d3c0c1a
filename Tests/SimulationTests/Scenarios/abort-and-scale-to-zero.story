# An environment is switched off in mid-release: whoever does that aborts and scales to 0 at once. All pods go, the canary's
# too, though no pod of stable is left that its Service could lead to.
spec: {replicas: 3, strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}}
---
10s  image model-api:v2
20s  abort
20s  scale 0
