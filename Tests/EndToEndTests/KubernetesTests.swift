import Foundation
import Testing

/// The program on a real API server, where a stand-in makes the pods ready. `.ci/run` names one.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes cluster` {
    @Test func `takes the definitions, however they are applied`() async throws {
        try await Kubernetes.with { cluster in
            let folder = Tool.repository.appending(path: "manifests/crds").path
            for way in [["--server-side"], ["--server-side=false"]] {
                let applied = try await cluster.kubectl("apply", way[0], "-f", folder).checked()
                #expect(applied.split(separator: "\n").count == 5)
            }
            try await define(in: cluster)
            let steps = try await eventually("an explanation", seconds: 60) {
                let told = try await cluster.kubectl(
                    "explain", "rollout.spec.strategy.canary", "--api-version=argoproj.io/v1alpha1")
                return told.status == 0 ? told.output : nil
            }
            #expect(steps.contains("stableService") && steps.contains("maxUnavailable"))
        }
    }

    @Test func `sees a good release go from ten to a hundred percent`() async throws {
        try await releasing { cluster, _, weights in
            let waited = try await cluster.sluice(
                "status", "model-api", "--watch", "--timeout", "120s", seconds: 130)
            #expect(waited.status == 0, "\(waited)")
            try await settled(weights)
            #expect(Self.course(of: weights) == ["0", "10", "30", "50", "100", "0"])
            let pods = try await cluster.kubectl(
                "get", "pods", "-o", "jsonpath={.items[*].spec.containers[0].image}"
            ).checked()
            #expect(Set(pods.split(separator: " ")).contains("model-api:v2"))
            let services = try await cluster.kubectl(
                "get", "service", "-o", Self.hashes
            ).checked()
            #expect(Set(services.split(separator: " ")).count == 1)
        }
    }

    @Test func `gets all traffic back after a bad measurement`() async throws {
        try await releasing { cluster, prometheus, weights in
            _ = try await eventually("a canary at 30 %", seconds: 60) {
                Self.course(of: weights).last == "30" ? true : nil
            }
            try prometheus.answer("0.9")
            let waited = try await cluster.sluice(
                "status", "model-api", "--watch", "--timeout", "60s", seconds: 70)
            #expect(waited.status == 1, "\(waited)")
            try await settled(weights)
            #expect(Self.course(of: weights) == ["0", "10", "30", "0"])
        }
    }

    private static let weight =
        #".metadata.annotations.nginx\.ingress\.kubernetes\.io/canary-weight"#
    private static let hashes =
        #"jsonpath={.items[*].spec.selector.rollouts-pod-template-hash}"#

    /// What was seen, without what stayed as it was.
    private static func course(of weights: Program) -> [Substring] {
        weights.output.split(separator: "\n").reduce(into: []) { course, weight in
            if course.last != weight { course.append(weight) }
        }
    }

    /// Waits until the weight is back at 0, which it was before.
    private func settled(_ weights: Program) async throws {
        _ = try await eventually("a weight of 0", seconds: 30) {
            let course = Self.course(of: weights)
            return course.count > 1 && course.last == "0" ? true : nil
        }
    }

    /// Puts our kinds there and waits until they are served.
    private func define(in cluster: Kubernetes) async throws {
        let definitions = cluster.scratch.path("definitions.yaml")
        try await cluster.scratch.run([Tool.sluice, "crds"]).checked().write(
            toFile: definitions, atomically: true, encoding: .utf8)
        _ = try await cluster.kubectl("apply", "--server-side", "-f", definitions).checked()
        _ = try await cluster.kubectl(
            "wait", "--for=condition=Established", "--timeout=30s", "-f", definitions
        ).checked()
    }

    /// Plays `act` from the moment at which the second version of the example is asked for, with
    /// the weights that its canary has had.
    private func releasing(
        _ act: (Kubernetes, ScriptedPrometheus, Program) async throws -> Void
    ) async throws {
        try await Kubernetes.with { cluster in
            try await define(in: cluster)
            let scratch = cluster.scratch
            try scratch.copyExample()
            try scratch.edit("analysis.yaml", "initialDelay: 6s", to: "initialDelay: 1s")
            let prometheus = try await ScriptedPrometheus.start(in: scratch, answering: "0.001")
            _ = try cluster.start("stand-in", "node")
            _ = try cluster.start("controller", "--prometheus", prometheus.address)
            _ = try await cluster.kubectl("apply", "-f", scratch.path("files")).checked()
            let first = try await cluster.sluice(
                "status", "model-api", "--watch", "--timeout", "60s", seconds: 70)
            #expect(first.status == 0, "\(first)")
            let weights = try cluster.follow("ingress/model-api-model-api-canary", Self.weight)
            _ = try await eventually("a weight of 0", seconds: 30) {
                Self.course(of: weights) == ["0"] ? true : nil
            }
            try scratch.edit("rollout.yaml", "model-api:v1", to: "model-api:v2")
            _ = try await cluster.kubectl("apply", "-f", scratch.path("files")).checked()
            try await act(cluster, prometheus, weights)
        }
    }
}
