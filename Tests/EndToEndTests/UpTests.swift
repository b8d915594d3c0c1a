import Foundation
import Testing

/// One after the other, so that two clusters at most share the machine with the demo.
@Suite(.serialized, .timeLimit(.minutes(15))) struct `A cluster in a box` {
    @Test func `serves a directory, kubectl, the commands and the page`() async throws {
        try await Scratch.with { scratch in
            try scratch.copyExample()
            try scratch.edit("analysis.yaml", "value: 8s", to: "value: 6s")
            let cluster = try await Cluster.start(in: scratch)
            #expect(cluster.page.hasPrefix("http://127.0.0.1:"))
            #expect(cluster.ingresses.hasPrefix("http://127.0.0.1:"))
            try await firstVersion(of: cluster)
            var old = cluster
            old.client = Tool.oldKubectl
            for (client, map) in [(cluster, "by-new"), (old, "by-old")] {
                try await asKubectlSees(client, applying: map)
            }
            try await asKubectlWrites(cluster)
            let load = try await cluster.load()
            try await brokenFile(cluster)
            try await release(cluster)
            try await past(cluster)
            _ = try await eventually("a hundred answers of version 2", seconds: 20) {
                told(load).suffix(100).allSatisfy { $0 == "200 v2" } ? true : nil
            }
            load.signal(SIGTERM)
            _ = try await load.ended(within: 20)
            let answers = told(load)
            #expect(try await cluster.get(cluster.prometheus + "/-/ready").contains("Ready"))
            #expect(answers.count > 500)
            #expect(answers.filter { !$0.hasPrefix("200 v") } == [])
            let end = try await cluster.end()
            #expect(end.status == 0)
            #expect(end.left == [])
        }
    }

    @Test func `that is hollow rehearses a release of images that cannot run here`() async throws {
        try await Scratch.with { scratch in
            try scratch.copyExample()
            try scratch.edit("rollout.yaml", "model-api:v1", to: "registry.example.com/api:1.0")
            try scratch.edit(
                "rollout.yaml", "          command: [sluice, stand-in, model]\n", to: "")
            try scratch.setSteps(["setWeight: 20", "pause: {}"])
            let cluster = try await Cluster.start(in: scratch, with: ["--hollow"])
            let api = try await API(cluster)
            try await api.wait(for: "version 1") { $0.phase == "Healthy" }
            try scratch.edit("rollout.yaml", "api:1.0", to: "api:2.0")
            try await api.wait(for: "the pause") { $0.phase == "Paused" && $0.weight == 20 }
            _ = try await cluster.sluice("promote", "model-api").checked()
            let end = try await cluster.sluice(
                "status", "model-api", "--watch", "--timeout", "60s", seconds: 70)
            #expect(end.status == 0, "\(end)")
            let pods = try await cluster.kubectl("get", "pods").checked()
            #expect(pods.contains(#/\nmodel-api-[-a-z0-9]+ +1/1 +Running +0 /#))
            let programs = cluster.program.processes().compactMap(\.command.first)
            #expect(!programs.contains { $0.hasSuffix("prometheus") })
            #expect(!cluster.program.processes().contains { $0.command.contains("stand-in") })
            #expect(try await cluster.end().left == [])
        }
    }

    private func firstVersion(of cluster: Cluster) async throws {
        _ = try await eventually("the rollout", seconds: 20) {
            try await cluster.kubectl("get", "rollout", "model-api").status == 0 ? true : nil
        }
        let waited = try await cluster.kubectl(
            "wait", "rollout/model-api", "--for=condition=Healthy", "--timeout=60s", seconds: 70)
        #expect(try waited.checked().contains("condition met"))
        let status = try await cluster.sluice(
            "status", "model-api", "--watch", "--timeout", "60s", seconds: 70)
        #expect(status.status == 0, "\(status)")
    }

    private func asKubectlSees(_ cluster: Cluster, applying map: String) async throws {
        let rollouts = try await cluster.kubectl("get", "rollouts").checked()
        #expect(
            rollouts.contains(
                #/^NAME +DESIRED +CURRENT +UP-TO-DATE +AVAILABLE +AGE\nmodel-api +3 +3 +3 +3 /#))
        let pods = try await cluster.kubectl("get", "pods").checked()
        #expect(pods.matches(of: #/\nmodel-api-[-a-z0-9]+ +1/1 +Running +0 /#).count == 3)
        let described = try await cluster.kubectl("describe", "rollout", "model-api").checked()
        #expect(described.contains("Phase:") && described.contains("RolloutCompleted"))
        let explained = try await cluster.kubectl("explain", "rollout.spec").checked()
        #expect(explained.contains("progressDeadlineSeconds"))
        let file = cluster.scratch.path("\(map).yaml")
        try """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: \(map)}
        data: {key: value}
        """.write(toFile: file, atomically: true, encoding: .utf8)
        for expected in ["created", "unchanged"] {
            let applied = try await cluster.kubectl("apply", "-f", file)
            #expect(try applied.checked() == "configmap/\(map) \(expected)\n")
        }
    }

    private func asKubectlWrites(_ cluster: Cluster) async throws {
        let noted = try await cluster.kubectl(
            "annotate", "rollout", "model-api", "example.com/note=seen")
        #expect(try noted.checked().contains("annotated"))
        _ = try await cluster.kubectl("scale", "rollout", "model-api", "--replicas=4").checked()
        let api = try await API(cluster)
        let scaled = try await api.wait(for: "four pods") { $0.status?.availableReplicas == 4 }
        #expect(scaled.metadata.annotations?["example.com/note"] == "seen")
        #expect(scaled.revision == "1")
    }

    /// A file that cannot be read changes nothing, whatever else has changed with it.
    private func brokenFile(_ cluster: Cluster) async throws {
        let api = try await API(cluster)
        let before = try await api.wait(for: "rest") { $0.phase == "Healthy" }
        let services = try cluster.scratch.read("services.yaml")
        try cluster.scratch.write("kind: [Service\n", to: "services.yaml")
        try cluster.scratch.edit("rollout.yaml", "model-api:v1", to: "model-api:v2")
        let page = try await eventually("the page to tell", seconds: 20) {
            let page = try await cluster.get(cluster.page + "/")
            return page.contains(/services\.yaml:\d+:\d+/) ? page : nil
        }
        #expect(page.contains("model-api"))
        let after = try await api.look()
        #expect(after.metadata.resourceVersion == before.metadata.resourceVersion)
        #expect(after.image == "model-api:v1")
        try cluster.scratch.write(services, to: "services.yaml")
    }

    private func release(_ cluster: Cluster) async throws {
        let api = try await API(cluster)
        try await api.wait(for: "the new image") { $0.image == "model-api:v2" }
        try await api.wait(for: "10 % on the new version") { $0.weight == 10 }
        let early = try await cluster.sluice("status", "model-api")
        #expect(early.status == 3, "\(early)")
        let late = try await cluster.sluice(
            "status", "model-api", "--watch", "--timeout", "1s")
        #expect(late.status == 3 && late.errors.contains("timed out"), "\(late)")
        let end = try await cluster.sluice(
            "status", "model-api", "--watch", "--timeout", "90s", seconds: 100)
        #expect(end.status == 0, "\(end)")
        let rollout = try await api.look()
        #expect(rollout.isUpdated && rollout.revision == "2" && rollout.phase == "Healthy")
        #expect(rollout.spec.replicas == 3, "what the file says counts again once it has changed")
        #expect(!(try await cluster.get(cluster.page + "/")).contains("services.yaml:"))
    }

    /// What is told of it afterwards.
    private func past(_ cluster: Cluster) async throws {
        struct Told: Decodable {
            struct Details: Decodable { var query: String? }
            var kind: String
            var revision: Int?
            var summary: String
            var details: Details?
        }
        let text = try await cluster.sluice("history", "model-api", "-o", "json").checked()
        let told = try JSONDecoder().decode([Told].self, from: Data(text.utf8))
        #expect(Set(told.filter { $0.kind == "revision" }.map(\.revision)) == [1, 2])
        for weight in ["10", "30", "50"] {
            #expect(
                told.contains { $0.kind == "weight" && $0.summary.contains(weight) },
                "\(told.filter { $0.kind == "weight" })")
        }
        let measurements = told.filter { $0.kind == "measurement" }
        #expect(measurements.count >= 18)
        #expect(measurements.contains { $0.details?.query?.contains("nginx_ingress") == true })

        let list = try await cluster.sluice("get").checked()
        #expect(list.contains("model-api") && list.contains("Healthy"))
        let picture = try await cluster.sluice("get", "model-api").checked()
        #expect(picture.contains("model-api:v2") && !picture.contains("\u{1B}"))
        let logs = try await cluster.sluice("logs", "model-api", "--tail", "5").checked()
        #expect(logs.contains("listening"))
        let page = try await cluster.get(cluster.page + "/rollouts/default/model-api")
        #expect(page.contains("<html") && page.contains("model-api:v2"))
        #expect(page.contains("Healthy") && page.contains("error-rate"))
        let unknown = try await cluster.sluice("status", "no-such")
        #expect(unknown.status == 2, "\(unknown)")
    }
}
