import Documents
import KubernetesObjects

/// What belongs to the sample rollout: ReplicaSets, Services, Ingresses and a finished analysis.
func surroundings() throws -> [(Resource, Object)] {
    let kinds: [String: Resource] = [
        "ReplicaSet": .replicaSets, "Service": .services, "AnalysisRun": .analysisRuns,
        "Ingress": .ingresses,
    ]
    let texts = replicaSets + services + ingresses + [analysisRun]
    return try texts.flatMap(parsed).compactMap { json in
        guard let resource = kinds[json["kind"]?.string ?? ""] else { return nil }
        var object = Object(json)
        object["apiVersion"] = .string(resource.apiVersion)
        object["metadata", "namespace"] = "web"
        return (resource, object)
    }
}

private let owner = """
    ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: shop,
      uid: shop-uid, controller: true}]
    """

private let replicaSets = [("new", 2, "v2", 1), ("old", 1, "v1", 4)].map {
    hash, revision, tag, pods in
    """
    kind: ReplicaSet
    metadata:
      name: shop-\(hash)
      labels: {app: shop, rollouts-pod-template-hash: \(hash)}
      annotations: {rollout.argoproj.io/revision: "\(revision)"}
      \(owner)
    spec:
      replicas: \(pods)
      selector: {matchLabels: {app: shop}}
      template:
        metadata: {labels: {app: shop}}
        spec: {containers: [{name: app, image: "shop:\(tag)"}]}
    status: {replicas: \(pods), readyReplicas: \(pods), availableReplicas: \(pods)}
    """
}

private let services = [("shop", "old"), ("shop-canary", "new")].map { name, hash in
    """
    kind: Service
    metadata:
      name: \(name)
      annotations: {argo-rollouts.argoproj.io/managed-by-rollouts: shop}
    spec: {selector: {app: shop, rollouts-pod-template-hash: \(hash)}}
    """
}

private let analysisRun = """
    kind: AnalysisRun
    metadata:
      name: shop-new-2-1
      labels: {rollout-type: Step, step-index: "1", rollouts-pod-template-hash: new}
      annotations: {rollout.argoproj.io/revision: "2"}
      \(owner)
    spec:
      metrics:
        - name: errors
          count: 2
          interval: 10s
          successCondition: result[0] <= 0.01
          provider: {prometheus: {address: "http://prometheus", query: up}}
    status:
      phase: Successful
      metricResults:
        - name: errors
          phase: Successful
          count: 2
          successful: 2
          measurements:
            - {phase: Successful, value: "[0.00123456]"}
            - {phase: Successful, value: "[0.002]"}
    """

private let ingresses = [("shop", "shop", ""), ("shop-shop-canary", "shop-canary", canary)].map {
    name, service, metadata in
    """
    kind: Ingress
    metadata:
      name: \(name)
      \(metadata)
    spec:
      rules:
        - http:
            paths:
              - path: /
                pathType: Prefix
                backend: {service: {name: \(service), port: {number: 80}}}
    """
}

private let canary = """
    annotations: {nginx.ingress.kubernetes.io/canary: "true",
        nginx.ingress.kubernetes.io/canary-weight: "10"}
      \(owner)
    """
