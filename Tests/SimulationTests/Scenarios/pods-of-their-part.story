# The canary's pods are marked, and keep away from stable's nodes; at the promotion they are marked as stable.
spec:
  strategy:
    canary:
      steps: [{setWeight: 50}, {pause: {duration: 10s}}]
      canaryMetadata: {labels: {part: canary}}
      stableMetadata: {labels: {part: stable}, annotations: {shown: "yes"}}
      antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}
---
10s  image model-api:v2
40s  undo
80s  abort
