import Documents
import KubernetesObjects
import Testing

@testable import KubernetesClient

private func configMap(_ version: Int, _ content: String = "x") -> JSON {
    [
        "kind": "ConfigMap", "apiVersion": "v1",
        "metadata": [
            "name": "routes", "namespace": "shop", "uid": "u",
            "resourceVersion": .string("\(version)"),
            "managedFields": [["manager": "kubectl"]],
            "annotations": [
                "kubectl.kubernetes.io/last-applied-configuration": "{}", "kept": "yes",
            ],
        ],
        "data": ["routes": .string(content)],
    ]
}

/// The metadata of `object` as an API server sends it.
private func partial(_ object: JSON) -> JSON {
    [
        "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
        "metadata": object["metadata"] ?? .null,
    ]
}

private func line(_ type: String, _ object: JSON) -> String {
    let event: JSON = ["type": .string(type), "object": object]
    return event.text + "\n"
}

struct `A cache of metadata` {
    private let clock = ManualClock()
    private let cache = ObjectCache(.configMaps, form: .metadata)

    private func following(_ scenes: Scenes, _ body: (APIClient) async throws -> Void) async throws
    {
        try await withClient(scenes.script) { client, _ in
            let task = Task { await cache.follow(client, clock: clock, jitter: { 0 }) }
            defer { task.cancel() }
            try await body(client)
        }
    }

    @Test func `asks for metadata only, and drops what comes besides`() async throws {
        let scenes = Scenes(
            lists: [list([Object(partial(configMap(5)))], version: 5)],
            watches: [watch(line("MODIFIED", configMap(6)))])
        try await following(scenes) { _ in
            while cache.lastResourceVersion() != "6" { await Task.yield() }
            let object = try #require(cache.get(namespace: "shop", name: "routes"))
            #expect(
                object.json == [
                    "metadata": [
                        "name": "routes", "namespace": "shop", "uid": "u",
                        "resourceVersion": "6", "annotations": ["kept": "yes"],
                    ],
                    "kind": "ConfigMap", "apiVersion": "v1",
                ])
            let asked = [await scenes.next(), await scenes.next()].map { $0?.headers["accept"] }
            #expect(
                asked == [
                    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,"
                        + "application/json",
                    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,"
                        + "application/json",
                ])
        }
    }

    @Test func `gets a whole object once for each version that somebody wants`() async throws {
        let scenes = Scenes(
            lists: [
                list([Object(partial(configMap(5)))], version: 5),
                { $1.answer(200, configMap(5, "first").text) },
                { $1.answer(200, configMap(6, "second").text) },
            ],
            watches: [watch(bookmark(5)), watch(line("MODIFIED", configMap(6)))])
        try await following(scenes) { client in
            let wholes = WholeObjects(cache, client: client)
            while !cache.isSynced { await Task.yield() }
            for _ in 0..<3 {
                let object = try await wholes.get(namespace: "shop", name: "routes")
                #expect(object?.json["data"] == ["routes": "first"])
            }
            #expect(try await wholes.get(namespace: "shop", name: "other") == nil)
            await wholes.observed(Object(configMap(6, "mine")))
            let object = try await wholes.get(namespace: "shop", name: "routes")
            #expect(object?.json["data"] == ["routes": "mine"])
        }
    }
}

struct `A cache of whole objects` {
    @Test func `keeps neither who manages fields nor what was last applied`() {
        let kept = ObjectCache.trimmed(Object(configMap(5)))
        #expect(kept.metadata["managedFields"] == nil)
        #expect(kept.annotations == ["kept": "yes"])
        #expect(kept.json["data"] == ["routes": "x"])
    }
}
