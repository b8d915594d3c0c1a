import Foundation
import Testing

/// What a real server makes of our definitions and of documents of the field.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes server` {
    @Test func `takes the definitions, however they are applied`() async throws {
        try await Kubernetes.with { cluster in
            let folder = Tool.repository.appending(path: "manifests/crds").path
            for way in ["--server-side", "--server-side=false"] {
                let applied = try await cluster.kubectl("apply", way, "-k", folder).checked()
                #expect(applied.split(separator: "\n").count == 5)
            }
            try await cluster.define()
            let steps = try await eventually("an explanation", seconds: 60) {
                let told = try await cluster.kubectl(
                    "explain", "rollout.spec.strategy.canary", "--api-version=argoproj.io/v1alpha1")
                return told.status == 0 ? told.output : nil
            }
            #expect(steps.contains("stableService") && steps.contains("maxUnavailable"))
        }
    }
}
