# An autoscaler changes the size while traffic is divided, also under a pause of the user's own.
# Holds: 4.1 scaling event, 4.9 spec.paused.
# Holds: 9.3 paused and scaled.
spec: {replicas: 4, strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}, {setWeight: 75}, {pause: {}}]}}}
---
10s  image model-api:v2
30s  autoscale 8
50s  pause
60s  autoscale 12
80s  autoscale 6
100s resume
110s promote
130s promote
