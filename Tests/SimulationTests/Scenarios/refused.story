# A document that cannot be followed arrives in mid-rollout: nothing moves. Corrected, the rollout goes on.
# Holds: 4.1 refused document, 8.0 again.
spec: {strategy: {canary: {steps: [{setWeight: 40}, {pause: {duration: 60}}, {setWeight: 80}, {pause: {}}]}}}
---
10s  image model-api:v2
20s  edit {spec: {strategy: {canary: {steps: [{setWeight: 140}]}}}}
120s edit {spec: {strategy: {canary: {steps: [{setWeight: 40}, {pause: {duration: 60}}, {setWeight: 80}, {pause: {}}]}}}}
