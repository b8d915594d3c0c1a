# Timed pauses end by the clock; a promote ends one early.
# Holds: 1.5 pause duration.
spec: {strategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 60}}, {setWeight: 50}, {pause: {duration: 1m}}, {setWeight: 80}, {pause: {duration: "30s"}}]}}}
---
10s  image model-api:v2
80s  promote
