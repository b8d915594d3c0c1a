import Foundation
import Testing

/// A Deployment that serves already, and a rollout that takes its place.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct `A Deployment with requests on it` {
    /// Holds: 1.2 Deployment, 1.2 way back.
    @Test(arguments: ["onsuccess", "progressively"])
    func `is taken over, released through steps and left again, and no request fails`(
        scaleDown: String
    ) async throws {
        try await Scratch.with { scratch in
            try scratch.copyExample("workload-ref")
            try scratch.edit(
                "rollout.yaml", "scaleDown: progressively", to: "scaleDown: \(scaleDown)")
            let rollout = try scratch.read("rollout.yaml")
            try FileManager.default.removeItem(atPath: scratch.path("files/rollout.yaml"))
            let cluster = try await Cluster.start(in: scratch, limitSeconds: 300)
            try await isRolledOut(cluster)
            let load = try await cluster.load(host: "catalog.local", limitSeconds: 240)
            try scratch.write(rollout, to: "rollout.yaml")
            try await adopted(cluster)
            try await released(cluster)
            _ = try await eventually("a hundred answers of version 2", seconds: 20) {
                told(load).suffix(100).allSatisfy { $0 == "200 v2" } ? true : nil
            }
            try await left(cluster)
            let before = told(load).count
            _ = try await eventually("three hundred answers of the Deployment", seconds: 20) {
                told(load).count >= before + 300 ? true : nil
            }
            load.signal(SIGTERM)
            _ = try await load.ended(within: 20)
            let answers = told(load)
            #expect(answers.count > 200)
            let failed = answers.indices.filter { !answers[$0].hasPrefix("200 v") }
            #expect(
                failed.map { "\($0) of \(answers.count), after \(before): \(answers[$0])" } == [])
            #expect(try await cluster.end().left == [])
        }
    }

    private func isRolledOut(_ cluster: Cluster) async throws {
        _ = try await eventually("the Deployment", seconds: 30) {
            let asked = try await cluster.kubectl("get", "deployment", "catalog")
            return asked.status == 0 ? true : nil
        }
        _ = try await cluster.kubectl(
            "rollout", "status", "deployment/catalog", "--timeout=60s", seconds: 70
        ).checked()
    }

    /// The pods of the rollout serve, and those of the Deployment are gone.
    private func adopted(_ cluster: Cluster) async throws {
        _ = try await eventually("the rollout's pods alone", seconds: 90) {
            let size = try await cluster.kubectl(
                "get", "deployment", "catalog", "-o", "jsonpath={.spec.replicas}"
            ).checked()
            return size == "0" ? true : nil
        }
        let end = try await cluster.sluice(
            "status", "catalog", "--watch", "--timeout", "60s", seconds: 70)
        #expect(end.status == 0, "\(end)")
        let own = try await cluster.kubectl("get", "pods", "-o", "name").checked()
        #expect(own.split(separator: "\n").count >= 2)
    }

    /// By the words of the documentation.
    private func left(_ cluster: Cluster) async throws {
        let page = Tool.repository.appending(path: "docs/KUBERNETES.md")
        let chapter = try #require(
            String(contentsOf: page, encoding: .utf8)
                .split(separator: "\n## ").first { $0.hasPrefix("Going back to a Deployment\n") })
        let words = chapter.split(separator: "\n").filter { $0.hasPrefix("    ") }
        #expect(words.last == "    kubectl delete rollout catalog")
        _ = try await cluster.shell(words.joined(separator: "\n"), seconds: 120).checked()
        _ = try await eventually("the Deployment's pods alone", seconds: 60) {
            let pods = try await cluster.kubectl("get", "pods", "-o", "name").checked()
            return pods.split(separator: "\n").count == 2 ? true : nil
        }
        let owners = try await cluster.kubectl(
            "get", "replicasets", "-o", "jsonpath={.items[*].metadata.ownerReferences[0].kind}"
        ).checked()
        #expect(Set(owners.split(separator: " ")) == ["Deployment"])
    }

    /// `kubectl set image` on the Deployment, as ever: the rollout takes it through its steps.
    private func released(_ cluster: Cluster) async throws {
        _ = try await cluster.kubectl(
            "set", "image", "deployment/catalog", "catalog=catalog:v2"
        ).checked()
        let paused = try await cluster.sluice(
            "status", "catalog", "--watch", "--timeout", "60s", seconds: 70)
        #expect(paused.status == 4, "\(paused)")
        let weight = try await cluster.kubectl(
            "get", "rollout", "catalog", "-o", "jsonpath={.status.canary.weights.canary.weight}"
        ).checked()
        #expect(weight == "20")
        _ = try await cluster.sluice("promote", "catalog").checked()
        let end = try await cluster.sluice(
            "status", "catalog", "--watch", "--timeout", "60s", seconds: 70)
        #expect(end.status == 0, "\(end)")
    }
}
