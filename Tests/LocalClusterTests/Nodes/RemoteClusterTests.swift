import Documents
import KubernetesClient
import KubernetesObjects
import Testing

@testable import LocalCluster

@Suite(.timeLimit(.minutes(5)))
struct `A node behind a client` {
    @Test func `makes pods ready and lets them go`() async throws {
        try await withDirectory { directory in
            let box = try Box()
            try await serving(box, at: directory + "/api.sock") {
                try await nodding(at: directory + "/api.sock") {
                    let pods = box.api.path(.pods)
                    let made = try await box.api.create(
                        pods,
                        [
                            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "web"],
                            "spec": ["containers": [["name": "web", "image": "web:1"]]],
                        ])
                    let begun = try await box.api.watch(
                        pods + "?watch=1&resourceVersion=\(made.object.resourceVersion)", 1)
                    let ready = Object(begun.first?["object"] ?? [:])
                    #expect(ready["status", "phase"] == "Running")
                    _ = try await box.api.delete(box.api.path(.pods, "web"))
                    let version = ready.resourceVersion
                    let ended = try await box.api.watch(
                        pods + "?watch=1&resourceVersion=\(version)", 2)
                    #expect(ended.map { $0["type"] } == ["MODIFIED", "DELETED"])
                }
            }
        }
    }

    @Test func `makes objects of kinds that it does not follow`() async throws {
        try await withDirectory { directory in
            let box = try Box()
            try await serving(box, at: directory + "/api.sock") {
                let client = APIClient(
                    Connection(
                        server: "http://localhost", unixSocketPath: directory + "/api.sock"))
                let metadata: JSON = ["name": "web", "namespace": "default"]
                let map: JSON = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata]
                try await RemoteCluster(client, [.pods]).access.write(
                    .create(.configMaps, Object(map)))
                let reference = Reference(.configMaps, namespace: "default", name: "web")
                #expect(try await client.get(reference).name == "web")
            }
        }
    }
}

/// Plays a hollow node on the server behind a socket file for the length of `act`.
private func nodding(at path: String, _ act: @Sendable () async throws -> Void) async throws {
    let client = APIClient(Connection(server: "http://localhost", unixSocketPath: path))
    let remote = RemoteCluster(client, [.pods])
    let node = HollowNode(remote.access, now: { Box.now })
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { await remote.follow() }
        tasks.addTask { await node.run() }
        try await act()
        tasks.cancelAll()
    }
}
