import Documents
import Foundation
import KubernetesObjects

/// A rollout as it stands at an open pause, from YAML.
func rollout(_ changes: JSON = [:]) throws -> Object {
    let text = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata:
          {name: shop, namespace: web, uid: shop-uid, generation: 2, resourceVersion: "10",
           creationTimestamp: "2026-01-02T03:00:00Z",
           annotations: {rollout.argoproj.io/revision: "2"}}
        spec:
          replicas: 4
          selector: {matchLabels: {app: shop}}
          template:
            metadata: {labels: {app: shop}}
            spec: {containers: [{name: app, image: "shop:v2"}]}
          strategy:
            canary:
              stableService: shop
              canaryService: shop-canary
              trafficRouting: {nginx: {stableIngress: shop}}
              steps:
                - setWeight: 10
                - pause: {}
                - setWeight: 50
                - pause: {duration: 10m}
        status:
          observedGeneration: "2"
          currentPodHash: new
          stableRS: old
          currentStepIndex: 1
          controllerPause: true
          pauseConditions: [{reason: CanaryPauseStep, startTime: "2026-01-02T03:04:05Z"}]
          replicas: 5
          updatedReplicas: 1
          readyReplicas: 5
          availableReplicas: 5
          phase: Paused
          message: CanaryPauseStep
          canary:
            weights:
              canary: {weight: 10, serviceName: shop-canary, podTemplateHash: new}
              stable: {weight: 90, serviceName: shop, podTemplateHash: old}
        """
    return Object(try merged(try parsed(text)[0], changes))
}

/// The documents of a YAML text.
func parsed(_ text: String) throws -> [JSON] {
    try YAML.documents(in: Array(text.utf8), file: "sample.yaml").map(\.value)
}

private func merged(_ json: JSON, _ changes: JSON) throws -> JSON {
    try Patch.merge(changes).applied(to: Object(json), resource: .rollouts).json
}

/// Compares with a file of `Golden`; `RECORD_GOLDEN=1 swift test --filter SluiceTests` writes them
/// anew. Read every line of the difference before you believe it.
func golden(_ name: String, _ text: String) throws -> String {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return try String(contentsOf: file, encoding: .utf8)
}
