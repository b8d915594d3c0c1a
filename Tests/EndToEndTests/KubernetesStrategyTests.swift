import Foundation
import Testing

/// Releases that go up in other ways than by steps of an Ingress, on the server that
/// `SLUICE_TEST_KUBECONFIG` names, else on one in a box.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `A Kubernetes rollout` {
    @Test func `that is blue and green shows a version first, and then serves it whole`()
        async throws
    {
        try await play { cluster in
            try await cluster.apply(Self.storefront)
            try await cluster.waits(for: "{.status.phase}=Healthy", of: "rollout/storefront")
            try await cluster.setImage("storefront:v2", of: "storefront")
            try await cluster.waits(for: "{.status.phase}=Paused", of: "rollout/storefront")
            try await cluster.serves("storefront:v2", by: "storefront-preview")
            try await cluster.serves("storefront:v1", by: "storefront")
            _ = try await cluster.sluice("promote", "storefront").checked()
            try await cluster.waits(for: "{.status.phase}=Healthy", of: "rollout/storefront")
            try await cluster.serves("storefront:v2", by: "storefront")

            try await cluster.setImage("storefront:v3", of: "storefront")
            try await cluster.waits(for: "{.status.phase}=Paused", of: "rollout/storefront")
            _ = try await cluster.sluice("abort", "storefront").checked()
            try await cluster.waits(for: "{.status.phase}=Degraded", of: "rollout/storefront")
            try await cluster.serves("storefront:v2", by: "storefront")
        }
    }

    @Test func `of a Deployment takes its place, and releases what is written there`()
        async throws
    {
        try await play { cluster in
            let folder = Tool.repository.appending(path: "manifests/examples/workload-ref").path
            for file in ["deployment", "ingress", "services"] {
                _ = try await cluster.kubectl("apply", "-f", "\(folder)/\(file).yaml").checked()
            }
            _ = try await cluster.kubectl(
                "rollout", "status", "deployment/catalog", "--timeout=60s", seconds: 70
            ).checked()
            _ = try await cluster.kubectl("apply", "-f", "\(folder)/rollout.yaml").checked()
            try await cluster.shows("0", at: "{.spec.replicas}", of: "deployment/catalog")
            try await cluster.waits(for: "{.status.phase}=Healthy", of: "rollout/catalog")
            try await cluster.serves("catalog:v1", by: "catalog")

            _ = try await cluster.kubectl(
                "set", "image", "deployment/catalog", "catalog=catalog:v2"
            ).checked()
            try await cluster.waits(
                for: "{.status.canary.weights.canary.weight}=20", of: "rollout/catalog")
            try await cluster.waits(for: "{.status.phase}=Paused", of: "rollout/catalog")
            try await cluster.serves("catalog:v2", by: "catalog-canary")
            _ = try await cluster.sluice("promote", "catalog").checked()
            try await cluster.waits(for: "{.status.phase}=Healthy", of: "rollout/catalog")
            try await cluster.serves("catalog:v2", by: "catalog")
            try await cluster.shows("0", at: "{.spec.replicas}", of: "deployment/catalog")
        }
    }

    private func play(_ act: (Kubernetes) async throws -> Void) async throws {
        try await Kubernetes.orBox { cluster in
            try await cluster.define()
            if !cluster.isBox {
                try cluster.startNode()
                try cluster.startController()
            }
            try await act(cluster)
        }
    }

    private static let storefront = """
        apiVersion: v1
        kind: Service
        metadata: {name: storefront}
        spec: {selector: {app: storefront}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: storefront-preview}
        spec: {selector: {app: storefront}, ports: [{port: 80}]}
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: storefront}
        spec:
          replicas: 2
          selector: {matchLabels: {app: storefront}}
          template:
            metadata: {labels: {app: storefront}}
            spec: {containers: [{name: storefront, image: "storefront:v1"}]}
          strategy:
            blueGreen:
              activeService: storefront
              previewService: storefront-preview
              autoPromotionEnabled: false
              scaleDownDelaySeconds: 1
        """
}

extension Kubernetes {
    /// Waits until a Service leads to the pods of that version, and to no others.
    fileprivate func serves(_ image: String, by service: String) async throws {
        let label = "rollouts-pod-template-hash"
        _ = try await eventually("\(image) by \(service)", seconds: 60, everyMilliseconds: 200) {
            let hash = try await kubectl(
                "get", "service", service, "-o", "jsonpath={.spec.selector.\(label)}"
            ).checked()
            let images = try await kubectl(
                "get", "replicasets", "-l", "\(label)=\(hash)", "-o",
                "jsonpath={.items[*].spec.template.spec.containers[*].image}"
            ).checked()
            return images == image ? true : nil
        }
    }
}
