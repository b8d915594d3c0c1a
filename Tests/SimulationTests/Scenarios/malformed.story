# A text comes where a number belongs: the field is refused by itself, and the release knows where it was. Argo Rollouts
# reads no status then, and takes the update for a first deploy.
# Holds: 9.3 malformed field, 4.1 bad field.
spec: {strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}, {setWeight: 80}, {pause: {}}]}}}
---
10s  image model-api:v2
20s  edit {spec: {minReadySeconds: soon}}
25s  crash
30s  edit {spec: {minReadySeconds: 0}}
40s  promote
50s  promote
