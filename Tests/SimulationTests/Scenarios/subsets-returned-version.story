# Istio by subsets alone: a revision comes back whose pods still have what stable cannot carry. The size of its first step
# is meant for that step's weight, and waits until the rest is gone.
faults: []
podStartSeconds: 3
takesRolloutsFirst: true
spec:
  strategy:
    canary:
      stableService: null
      trafficRouting: {nginx: null, istio: {virtualService: {name: model}, destinationRule: {name: model, stableSubsetName: stable, canarySubsetName: canary}}}
      steps: [{setCanaryScale: {replicas: 1}}, {setWeight: 86}, {setCanaryScale: {replicas: 2}}]
objects:
  - apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: model}
    spec:
      http:
        - route:
            - {destination: {host: model-api, subset: stable}, weight: 100}
            - {destination: {host: model-api, subset: canary}, weight: 0}
  - apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: model}
    spec: {host: model-api, subsets: [{name: stable}, {name: canary}]}
---
5s image model-api:v2
17s stable-pods 2
8s image model-api:v3
17s image model-api:v4
37s image model-api:v3
70s new-pods all
70s stable-pods all
70s edit {spec: {paused: false}}
80s promote full
200s end
