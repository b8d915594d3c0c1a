# A third revision comes while stable is small, and begins at a step without weight: stable keeps the pods for the traffic
# that it gets back.
podStartSeconds: 0
spec:
  replicas: 3
  strategy:
    canary:
      dynamicStableScale: true
      scaleDownDelaySeconds: null
      trafficRouting: {nginx: null, managedRoutes: [{name: testers}], plugins: {argoproj-labs/gatewayAPI: {httpRoute: a}}}
      steps: [{setHeaderRoute: {name: testers, match: [{headerName: X-Test, headerValue: {exact: a}}]}}, {setWeight: 80}, {pause: {}}]
objects:
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: a}
    spec: {rules: [{backendRefs: [{name: model-api, weight: 1}, {name: model-api-canary, weight: 0}]}]}
---
5s   image model-api:v2
21s  image model-api:v3
100s promote full
200s end
