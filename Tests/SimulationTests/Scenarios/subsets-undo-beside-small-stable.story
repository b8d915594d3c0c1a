# The same by subsets alone: the canary's subset stays where it is as long as stable cannot carry both parts. A third
# revision that comes then finds both as they should be.
podStartSeconds: 4
spec:
  strategy:
    canary:
      stableService: null
      canaryService: null
      dynamicStableScale: true
      scaleDownDelaySeconds: null
      trafficRouting: {nginx: null, istio: {virtualService: {name: model}, destinationRule: {name: model, stableSubsetName: stable, canarySubsetName: canary}}}
      steps: [{setWeight: 49}]
without: [Ingress]
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
10s image model-api:v1
11s image model-api:v4
80s end
