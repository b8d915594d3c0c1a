import Foundation
import Testing

/// One after the other, so that two clusters at most share the machine with the demo.
@Suite(.serialized, .timeLimit(.minutes(15))) struct `A cluster in trouble` {
    @Test func `goes on after a kill as if nothing had been`() async throws {
        try await Scratch.with { scratch in
            try scratch.copyExample()
            try scratch.setSteps([
                "setWeight: 30", "pause: {duration: 6s}", "setWeight: 60", "pause: {duration: 3s}",
            ])
            let first = try await Cluster.start(in: scratch)
            let api = try await API(first)
            try await api.wait(for: "version 1") { $0.phase == "Healthy" }
            let load = try await first.load(perSecond: 40)
            try scratch.edit("rollout.yaml", "model-api:v1", to: "model-api:v2")
            try await api.wait(for: "30 % on version 2") { $0.weight == 30 }
            let before = try await pods(of: first)
            let processes = first.program.processes()
            first.program.signal(SIGKILL)
            #expect(try await first.program.ended(within: 20) == 137)

            let second = try await Cluster.start(in: scratch)
            #expect(second.ingresses == first.ingresses)
            let status = try await second.sluice(
                "status", "model-api", "--watch", "--timeout", "90s", seconds: 100)
            #expect(status.status == 0, "\(status)")
            let rollout = try await api.wait(for: "the end of the traffic's way") { $0.weight == 0 }
            #expect(rollout.isUpdated && rollout.image == "model-api:v2")
            #expect(rollout.revision == "2" && rollout.phase == "Healthy")
            let sets = try await second.kubectl("get", "replicasets", "-o", "name").checked()
            #expect(sets.split(separator: "\n").count == 2)
            let after = try await pods(of: second)
            #expect(after.allSatisfy { $0.restarts == "0" })
            #expect(!Set(before.map(\.name)).isDisjoint(with: after.map(\.name)), "adopted")
            let family = second.program.processes().union(processes)
            load.signal(SIGTERM)
            _ = try await load.ended(within: 20)
            #expect(told(load).filter { !$0.hasPrefix("200 v") } == [])
            let end = try await second.end()
            #expect(end.status == 0)
            #expect(end.left + Footprint(family).left == [])
        }
    }

    @Test func `loses none of two hundred commands at once`() async throws {
        try await Scratch.with { scratch in
            try scratch.copyExample()
            try scratch.setSteps(["setWeight: 20", "pause: {}", "setWeight: 60", "pause: {}"])
            let cluster = try await Cluster.start(in: scratch)
            try await second(on: cluster)
            let api = try await API(cluster)
            try await api.wait(for: "version 1") { $0.phase == "Healthy" }
            try scratch.edit("rollout.yaml", "model-api:v1", to: "model-api:v2")
            try await api.wait(for: "the pause") { $0.phase == "Paused" && $0.weight == 20 }
            #expect(try await cluster.sluice("status", "model-api").status == 4)

            let storm = (0..<50).flatMap { number in
                [.abort, .retry, .resume, API.Command.annotate("example.com/n\(number)", "here")]
            }
            let answers = try await api.send(storm)
            #expect(answers.count == 200)
            #expect(answers.filter { $0 != "200" } == [])
            #expect(try await api.send([.abort]) == ["200"])
            let down = try await api.wait(for: "the abort", seconds: 20) {
                $0.phase == "Degraded" && $0.weight == 0
            }
            #expect(down.status?.abort == true && down.status?.message?.contains("abort") == true)
            let notes = (down.metadata.annotations ?? [:]).filter {
                $0.key.hasPrefix("example.com/n") && $0.value == "here"
            }
            #expect(notes.count == 50)
            #expect(try await cluster.sluice("status", "model-api").status == 1)

            #expect(try await api.send([.retry]) == ["200"])
            try await api.wait(for: "the pause again", seconds: 30) {
                $0.phase == "Paused" && $0.weight == 20
            }
            #expect(try await api.send([.promoteFull]) == ["200"])
            let up = try await api.wait(for: "the end", seconds: 40) {
                $0.phase == "Healthy" && $0.isUpdated && $0.weight == 0
            }
            #expect(up.revision == "2" && up.image == "model-api:v2")
            #expect(try await cluster.end().left == [])
        }
    }

    @Test func `keeps what an operator has undone when it is started again`() async throws {
        try await Scratch.with { scratch in
            try scratch.copyExample()
            try scratch.setSteps([])
            let first = try await Cluster.start(in: scratch)
            let api = try await API(first)
            try await api.wait(for: "version 1") { $0.phase == "Healthy" }
            try scratch.edit("rollout.yaml", "model-api:v1", to: "model-api:v2")
            try await api.wait(for: "version 2") { $0.isUpdated && $0.image == "model-api:v2" }
            _ = try await first.sluice("undo", "model-api").checked()
            try await api.wait(for: "version 1 again") {
                $0.isUpdated && $0.image == "model-api:v1" && $0.phase == "Healthy"
            }
            #expect(try await first.end().left == [])

            let second = try await Cluster.start(in: scratch)
            let kept = try await api.wait(for: "pods") {
                $0.phase == "Healthy" && $0.status?.availableReplicas == 3
            }
            #expect(kept.image == "model-api:v1" && kept.revision == "3")
            try scratch.edit("rollout.yaml", "model-api:v2", to: "model-api:v3")
            try await api.wait(for: "version 3") { $0.isUpdated && $0.image == "model-api:v3" }
            #expect(try await second.end().left == [])
        }
    }

    /// A second one on the same state is refused, and the first goes on.
    private func second(on cluster: Cluster) async throws {
        let second = try await cluster.scratch.run(Cluster.up(in: cluster.scratch))
        #expect(second.status == 1)
        #expect(second.errors.contains("another sluice uses the state"), "\(second)")
        #expect(cluster.program.status == nil)
    }

    @Test func `is not begun where it would do harm`() async throws {
        try await Scratch.with { scratch in
            let missing = try await scratch.run(Cluster.up(in: scratch))
            #expect(missing.status == 2)
            #expect(missing.errors.contains("\(scratch.path("files")) is no directory"))
            try scratch.copyExample()
            chmod(scratch.path("files/rollout.yaml"), 0o666)
            let open = try await scratch.run(Cluster.up(in: scratch))
            #expect(open.status == 2)
            #expect(open.errors.contains("chmod o-w \(scratch.path("files/rollout.yaml"))"))
            chmod(scratch.path("files/rollout.yaml"), 0o644)
            chmod(scratch.path("files"), 0o777)
            #expect(try await scratch.run(Cluster.up(in: scratch)).status == 2)
            #expect(!FileManager.default.fileExists(atPath: scratch.path("state")))
            let unknown = try await scratch.run([Tool.sluice, "demo", "--only", "nothing"])
            #expect(unknown.status == 2)
            #expect(unknown.errors.contains("good"))
        }
    }

    private struct Pod: Hashable {
        var name: String
        var restarts: String
    }

    private func pods(of cluster: Cluster) async throws -> [Pod] {
        let columns = "custom-columns=N:.metadata.name,R:.status.containerStatuses[0].restartCount"
        let text = try await cluster.kubectl("get", "pods", "--no-headers", "-o", columns).checked()
        return text.split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            return Pod(name: words.first ?? "", restarts: words.last ?? "")
        }
    }
}
