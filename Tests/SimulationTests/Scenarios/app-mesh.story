# App Mesh: the weights of two VirtualNodes behind a VirtualService. The first release goes through; the second one is replaced by a third while it has traffic, which is given up.
spec: {strategy: {canary: {trafficRouting: {nginx: null, appMesh: {virtualService: {name: model}, virtualNodeGroup: {stableVirtualNodeRef: {name: model-api}, canaryVirtualNodeRef: {name: model-api-canary}}}}, steps: [{setWeight: 50}, {pause: {duration: 10}}]}}}
without: [Ingress]
objects:
  - apiVersion: appmesh.k8s.aws/v1beta2
    kind: VirtualService
    metadata: {name: model}
    spec: {provider: {virtualRouter: {virtualRouterRef: {name: router}}}}
  - apiVersion: appmesh.k8s.aws/v1beta2
    kind: VirtualRouter
    metadata: {name: router}
    spec: {routes: [{name: main, httpRoute: {match: {prefix: /}, action: {weightedTargets: [{virtualNodeRef: {name: model-api}, weight: 100}, {virtualNodeRef: {name: model-api-canary}, weight: 0}]}}}]}
  - apiVersion: appmesh.k8s.aws/v1beta2
    kind: VirtualNode
    metadata: {name: model-api}
    spec: {podSelector: {matchLabels: {app: model-api}}}
  - apiVersion: appmesh.k8s.aws/v1beta2
    kind: VirtualNode
    metadata: {name: model-api-canary}
    spec: {podSelector: {matchLabels: {app: model-api}}}
---
10s  image model-api:v2
60s  image model-api:v3
65s  image model-api:v4
70s  crash
75s  abort
