import Documents
import KubernetesObjects
import Testing

// Promises about many objects and about time.
extension Contract {
    private static func labelled(_ name: String, _ group: String) -> JSON {
        var body = configMap(name)
        body["metadata"] = ["name": .string(name), "labels": ["group": .string(group)]]
        return body
    }

    static func selects(_ api: APIUnderTest) async throws {
        for (name, group) in [("a", "one"), ("b", "one"), ("c", "two")] {
            _ = try await api.create(api.path(.configMaps), labelled(name, group))
        }
        let list = api.path(.configMaps)
        #expect(try await api.get(list + "?labelSelector=group%3Done").names == ["a", "b"])
        #expect(
            try await api.get(list + "?labelSelector=group+in+(two),group").names == ["c"])
        #expect(try await api.get(list + "?fieldSelector=metadata.name%3Db").names == ["b"])
        let broken = try await api.get(list + "?labelSelector=%3D%3D")
        #expect(broken.status == 400)
    }

    static func pages(_ api: APIUnderTest) async throws {
        for name in ["a", "b", "c"] {
            _ = try await api.create(api.path(.configMaps), labelled(name, "paged"))
        }
        let list = api.path(.configMaps) + "?labelSelector=group%3Dpaged&limit=2"
        let first = try await api.get(list)
        #expect(first.names == ["a", "b"])
        // What comes between two pages shows on none of them.
        _ = try await api.create(api.path(.configMaps), labelled("bb", "paged"))
        let mark = try #require(first.json["metadata"]?["continue"]?.string)
        let second = try await api.get(list + "&continue=\(escaped(mark))")
        #expect(second.names == ["c"])
        #expect(second.json["metadata"]?["continue"]?.string ?? "" == "")
    }

    static func watchesFromAVersion(_ api: APIUnderTest) async throws {
        let version = try await api.get(api.path(.configMaps)).object.resourceVersion
        let path = api.path(.configMaps, "watched")
        _ = try await api.create(api.path(.configMaps), labelled("watched", "w"))
        _ = try await api.patch(path, "merge-patch+json", ["data": ["color": "red"]])
        _ = try await api.delete(path)
        let events = try await api.watch(
            api.path(.configMaps)
                + "?watch=1&resourceVersion=\(version)&labelSelector=group%3Dw", 3)
        #expect(events.compactMap { $0["type"]?.string } == ["ADDED", "MODIFIED", "DELETED"])
        #expect(events[1]["object"]?["data"]?["color"] == "red")
        let versions = events.compactMap { Object($0["object"] ?? [:]).resourceVersion }
        #expect(Set(versions).count == 3)
    }

    static func watchesFromNowOn(_ api: APIUnderTest) async throws {
        _ = try await api.create(api.path(.configMaps), labelled("here", "n"))
        let events = try await api.watch(
            api.path(.configMaps) + "?watch=true&labelSelector=group%3Dn", 1)
        #expect(events.first?["type"] == "ADDED")
    }

    static func streamsLists(_ api: APIUnderTest) async throws {
        _ = try await api.create(api.path(.configMaps), labelled("s", "streamed"))
        let events = try await api.watch(
            api.path(.configMaps)
                + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                + "&allowWatchBookmarks=true&labelSelector=group%3Dstreamed", 2)
        #expect(events.compactMap { $0["type"]?.string } == ["ADDED", "BOOKMARK"])
        let mark = Object(events.last?["object"] ?? [:])
        #expect(mark.annotations["k8s.io/initial-events-end"] == "true")
    }

    static func leavesASelection(_ api: APIUnderTest) async throws {
        _ = try await api.create(api.path(.configMaps), labelled("leaver", "in"))
        let version = try await api.get(api.path(.configMaps)).object.resourceVersion
        _ = try await api.patch(
            api.path(.configMaps, "leaver"), "merge-patch+json",
            ["metadata": ["labels": ["group": "out"]]])
        let events = try await api.watch(
            api.path(.configMaps)
                + "?watch=1&resourceVersion=\(version)&labelSelector=group%3Din", 1)
        #expect(events.first?["type"] == "DELETED")
    }

    static func deletesWhatIsOwned(_ api: APIUnderTest) async throws {
        let owner = try await api.create(api.path(.configMaps), configMap("owner")).object
        var owned = configMap("owned")
        owned["metadata"]?["ownerReferences"] = [
            [
                "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": .string(owner.uid),
            ]
        ]
        _ = try await api.create(api.path(.configMaps), owned)
        let version = try await api.get(api.path(.configMaps)).object.resourceVersion
        let wrong = try await api.delete(
            api.path(.configMaps, "owner"), ["preconditions": ["uid": "another"]])
        #expect(wrong.status == 409)
        #expect(try await api.delete(api.path(.configMaps, "owner")).status == 200)
        let events = try await api.watch(
            api.path(.configMaps)
                + "?watch=1&resourceVersion=\(version)&fieldSelector=metadata.name%3Downed", 1)
        #expect(events.first?["type"] == "DELETED")
    }

    static func waitsForFinalizers(_ api: APIUnderTest) async throws {
        var body = configMap("held")
        body["metadata"]?["finalizers"] = ["example.com/hold"]
        let path = api.path(.configMaps, "held")
        _ = try await api.create(api.path(.configMaps), body)
        _ = try await api.delete(path)
        #expect(try await api.get(path).object.deletionTimestamp != nil)
        _ = try await api.patch(path, "merge-patch+json", ["metadata": ["finalizers": .null]])
        #expect(try await api.get(path).status == 404)
    }

    static func triesWithoutDoing(_ api: APIUnderTest) async throws {
        let dry = try await api.create(api.path(.configMaps) + "?dryRun=All", configMap("dry"))
        #expect(dry.status == 201)
        #expect(try await api.get(api.path(.configMaps, "dry")).status == 404)
        let wrong = try await api.create(
            api.path(.configMaps) + "?dryRun=Some", configMap("dry"))
        #expect(wrong.status == 422)
        #expect(wrong.json["details"]?["causes"]?[0]?["field"] == "dryRun")
    }

    static func servesDefinedKinds(_ api: APIUnderTest) async throws {
        let definition: JSON = [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": "cars.contract.example"],
            "spec": [
                "group": "contract.example", "scope": "Namespaced",
                "names": ["kind": "Car", "plural": "cars", "singular": "car"],
                "versions": [
                    [
                        "name": "v1", "served": true, "storage": true,
                        "schema": [
                            "openAPIV3Schema": [
                                "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                            ]
                        ],
                    ]
                ],
            ],
        ]
        let made = try await api.create(definitions, definition)
        #expect(made.status == 201)
        let path = "/apis/contract.example/v1/namespaces/\(api.namespace)/cars"
        let car: JSON = [
            "apiVersion": "contract.example/v1", "kind": "Car", "metadata": ["name": "beetle"],
            "spec": ["doors": 2],
        ]
        #expect(try await served { try await api.create(path, car) }.status == 201)
        #expect(try await api.get(path).names == ["beetle"])
        let group = try await served { try await api.get("/apis/contract.example/v1") }
        #expect(group.json["resources"]?[0]?["name"] == "cars")
    }

    static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

    /// The first answer that is another one: a server takes a moment until it serves what is new.
    static func served(
        after refusals: Set<Int> = [404], _ ask: () async throws -> APIUnderTest.Answer
    ) async throws -> APIUnderTest.Answer {
        for _ in 0..<200 {
            let answer = try await ask()
            if !refusals.contains(answer.status) { return answer }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try await ask()
    }

    /// A value as it stands in a query.
    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let hexadecimal = String(byte, radix: 16, uppercase: true)
            return "%" + (hexadecimal.count < 2 ? "0" : "") + hexadecimal
        }.joined()
    }
}
