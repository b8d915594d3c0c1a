import Foundation
import Testing

/// A baseline beside the canary, on the box: real pods, real requests, a real Prometheus.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct `A release that begins with an experiment` {
    @Test func `goes on when the new version is no worse, and stops when it is`() async throws {
        try await Scratch.with { scratch in
            try scratch.copyExample("experiment")
            let cluster = try await Cluster.start(in: scratch)
            _ = try await settled(cluster)
            let trial = try Program(
                [
                    "curl", "-s", "-o", "/dev/null", "-m", "10", "-H", "Host: trial.shelf.local",
                    "--rate", "60/s", "\(cluster.ingresses)/predict?n=[1-100000]",
                ], in: scratch, limitSeconds: 400)
            let load = try await cluster.load(host: "shelf.local", perSecond: 40, limitSeconds: 400)

            try scratch.edit("rollout.yaml", "image: shelf:v1", to: "image: shelf:v2")
            try await experimentRuns(1, cluster)
            let listed = try await cluster.sluice("get", "experiments").checked()
            #expect(listed.contains("Running") && listed.contains("shelf"))
            #expect(try await settled(cluster) == 0)
            try await podsAreGone(cluster)

            try scratch.edit(
                "rollout.yaml", "command: [sluice, stand-in, model]",
                to: "command: [sluice, stand-in, model, --error-percent, \"50\"]")
            try await experimentRuns(2, cluster)
            #expect(try await settled(cluster) == 1)
            let shown = try await cluster.sluice("get", "shelf").checked()
            #expect(shown.contains("Experiment analysis phase is error/failed"))
            try await podsAreGone(cluster)

            for program in [trial, load] {
                program.signal(SIGTERM)
                _ = try await program.ended(within: 20)
            }
            // No production request ever met the bad version.
            #expect(told(load).filter { !$0.hasPrefix("200 v") } == [])
            #expect(try await cluster.end().left == [])
        }
    }

    private func settled(_ cluster: Cluster) async throws -> Int32 {
        try await cluster.sluice("status", "shelf", "--watch", "--timeout", "150s", seconds: 170)
            .status
    }

    private func experimentRuns(_ count: Int, _ cluster: Cluster) async throws {
        _ = try await eventually("experiment \(count) that runs", seconds: 60) {
            let phases = try await cluster.kubectl(
                "get", "experiments", "-o", "jsonpath={.items[*].status.phase}"
            ).checked().split(separator: " ")
            return phases.count == count && phases.contains("Running") ? true : nil
        }
    }

    /// Thirty seconds after its end an experiment has neither pods nor a Service.
    private func podsAreGone(_ cluster: Cluster) async throws {
        _ = try await eventually("no pods of experiments", seconds: 60) {
            let pods = try await cluster.kubectl("get", "pods", "-l", "trial=shelf", "-o", "name")
                .checked()
            let services = try await cluster.kubectl("get", "services", "-o", "name").checked()
            return pods.isEmpty && !services.contains("candidate") ? true : nil
        }
    }
}
