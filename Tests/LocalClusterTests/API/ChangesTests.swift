import Documents
import KubernetesObjects
import ObjectStore
import Testing

@testable import LocalCluster

struct `What the controllers of the box follow` {
    @Test func `begins with what is there and goes on in order`() async throws {
        let server = try Box().server
        _ = try await server.create(
            Object(Contract.configMap("old")), in: .configMaps, namespace: "default")
        var changes = server.changes(of: .configMaps).makeAsyncIterator()
        #expect(await changes.next().map(name) == "ADDED old")
        let reference = Reference(.configMaps, namespace: "default", name: "new")
        _ = try await server.create(
            Object(Contract.configMap("new")), in: .configMaps, namespace: "default")
        try await server.patch(reference, with: .merge(["data": ["color": "red"]]))
        _ = try await server.delete(reference)
        #expect(await changes.next().map(name) == "ADDED new")
        #expect(await changes.next().map(name) == "MODIFIED new")
        #expect(await changes.next().map(name) == "DELETED new")
    }

    @Test func `ends when its reader is cancelled`() async throws {
        let server = try Box().server
        let reader = Task {
            var seen = 0
            for await _ in server.changes(of: .configMaps) { seen += 1 }
            return seen
        }
        reader.cancel()
        #expect(await reader.value == 0)
    }

    @Test func `rings at once and after each change`() async throws {
        let server = try Box().server
        var rings = server.rings(for: [.secrets, .configMaps]).makeAsyncIterator()
        #expect(await rings.next() != nil)
        _ = try await server.create(
            Object(Contract.configMap("a")), in: .configMaps, namespace: "default")
        #expect(await rings.next() != nil)
    }

    @Test func `is written through the same door`() async throws {
        let access = try Box().server.access
        var body = Contract.configMap("made")
        body["metadata"]?["namespace"] = "default"
        try await access.write(.create(.configMaps, Object(body)))
        let made = try #require(await access.list(.configMaps).first)
        let reference = Reference(.configMaps, namespace: "default", name: "made")
        try await access.write(
            .patch(reference, ["data": ["color": "red"]], version: made.resourceVersion))
        await #expect(throws: WriteFailure.conflict) {
            try await access.write(
                .patch(reference, ["data": ["color": "green"]], version: made.resourceVersion))
        }
        await #expect(throws: WriteFailure.conflict) {
            try await access.write(.delete(reference, uid: "another"))
        }
        try await access.write(.delete(reference, uid: made.uid))
        await #expect(throws: WriteFailure.missing) {
            try await access.write(.delete(reference, uid: made.uid))
        }
    }

    @Test func `forgets events after an hour`() async throws {
        let server = try Box().server
        for (name, age) in [("fresh", 3500), ("stale", 3700)] {
            let moment = Box.now.advanced(bySeconds: -age).rfc3339
            _ = try await server.create(
                Object(["metadata": ["name": .string(name)], "lastTimestamp": .string(moment)]),
                in: .events, namespace: "default")
        }
        await server.removeOldEvents()
        #expect(try await server.list(.events).items.map(\.name) == ["fresh"])
    }

    private func name(_ event: WatchEvent) -> String {
        "\(event.type.rawValue) \(event.object.name)"
    }
}
