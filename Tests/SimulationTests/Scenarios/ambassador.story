# Ambassador: a Mapping beside that of somebody else, for as long as the canary has traffic. The first release goes through, and the second one is given up.
spec: {strategy: {canary: {trafficRouting: {nginx: null, ambassador: {mappings: [model]}}, steps: [{setWeight: 20}, {pause: {duration: 10}}, {setWeight: 60}, {pause: {duration: 10}}]}}}
without: [Ingress]
objects:
  - apiVersion: getambassador.io/v3alpha1
    kind: Mapping
    metadata: {name: model}
    spec: {hostname: "*", prefix: /, service: "model-api:80"}
---
10s  image model-api:v2
60s  image model-api:v3
70s  crash
75s  abort
