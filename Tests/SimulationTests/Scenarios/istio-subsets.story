# Istio by subsets, without any service of the rollout: a third revision comes while the second one has traffic.
spec: {strategy: {canary: {stableService: null, canaryService: null, trafficRouting: {nginx: null, istio: {virtualService: {name: model}, destinationRule: {name: model, stableSubsetName: stable, canarySubsetName: canary}}}, steps: [{setWeight: 50}, {pause: {duration: 10}}]}}}
without: [Ingress]
objects:
  - apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: model}
    spec: {http: [{route: [{destination: {host: model-api, subset: stable}, weight: 100}, {destination: {host: model-api, subset: canary}, weight: 0}]}]}
  - apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: model}
    spec: {host: model-api, subsets: [{name: stable, labels: {app: model-api}}, {name: canary, labels: {app: model-api}}, {name: other}]}
---
10s  image model-api:v2
15s  image model-api:v3
