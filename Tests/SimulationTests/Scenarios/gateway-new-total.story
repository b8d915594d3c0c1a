# A total that the gateway's router cannot count in breaks the document: what it carries was counted in percent, and goes back.
spec: {strategy: {canary: {trafficRouting: {nginx: null, plugins: {sluice/route-policy: {configMap: gateway, model: model-api, primary: stable, canary: canary, deployment: gateway}}}, steps: [{setWeight: 10}, {pause: {duration: 10}}, {setWeight: 50}, {pause: {}}]}}}
objects:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: gateway}
    data:
      GATEWAY_UPSTREAMS: "stable=http://model-api;canary=http://model-api-canary;other=http://other"
      GATEWAY_ROUTE_POLICIES: "{\"other\": {\"strategy\": \"direct\", \"target\": \"other\"}}"
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: gateway}
    spec:
      replicas: 2
      selector: {matchLabels: {app: gateway}}
      template:
        metadata: {labels: {app: gateway}}
        spec: {containers: [{name: gateway, image: "gateway:1"}]}
---
20s  image model-api:v2
60s  edit {spec: {strategy: {canary: {trafficRouting: {maxTrafficWeight: 1000}}}}}
70s  abort
90s  end
