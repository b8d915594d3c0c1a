# Open pauses wait for a person, who ends each of them with one promote.
# Holds: 1.5 pause, 4.12 pause.
spec: {strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}, {setWeight: 50}, {pause: {}}, {setWeight: 100}]}}}
---
10s  image model-api:v2
60s  promote
90s  promote
