# Istio by subsets alone, with a stable that shrinks: a step wants the canary's pods gone while stable is too small for its
# traffic. They stay until stable has grown and taken it.
spec: {replicas: 10, strategy: {canary: {stableService: null, canaryService: null, dynamicStableScale: true, scaleDownDelaySeconds: null, trafficRouting: {nginx: null, istio: {virtualService: {name: model}, destinationRule: {name: model, stableSubsetName: stable, canarySubsetName: canary}}}, steps: [{setWeight: 60}, {pause: {duration: 5}}, {setCanaryScale: {replicas: 0}}, {pause: {duration: 10}}]}}}
without: [Ingress]
objects:
  - apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: model}
    spec: {http: [{route: [{destination: {host: model-api, subset: stable}, weight: 100}, {destination: {host: model-api, subset: canary}, weight: 0}]}]}
  - apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: model}
    spec: {host: model-api, subsets: [{name: stable, labels: {app: model-api}}, {name: canary, labels: {app: model-api}}]}
---
10s  image model-api:v2
