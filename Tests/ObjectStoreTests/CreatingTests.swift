import Documents
import KubernetesObjects
import ObjectStore
import Testing

struct `A created object` {
    @Test func `gets what the server fills in`() throws {
        var yard = try Yard()
        let object = try yard.create(.deployments, "web", ["spec": ["replicas": 2]])
        #expect(object.namespace == "shop")
        #expect(object.uid == "uid-3")
        #expect(object.generation == 1)
        #expect(object.creationTimestamp == yard.now)
        #expect(object.resourceVersion == String(yard.store.resourceVersion))
        #expect(try yard.get(.deployments, "web") == object)
    }

    @Test func `loses what is not its to say`() throws {
        var yard = try Yard()
        let object = try yard.create(
            .deployments, "web",
            [
                "metadata": ["uid": "mine", "generation": 7, "labels": .null], "spec": [:],
                "status": ["replicas": 9],
            ])
        #expect(object.uid == "uid-3")
        #expect(object.generation == 1)
        #expect(object.status == nil)
        #expect(object.metadata["labels"] == nil)
    }

    /// Holds: 1.0 status.
    @Test func `keeps a status that has no endpoint`() throws {
        var yard = try Yard()
        let run = try yard.create(.analysisRuns, "run", ["status": ["phase": "Running"]])
        #expect(run.status == ["phase": "Running"])
    }

    @Test func `gets a name of its own from generateName`() throws {
        var yard = try Yard()
        let object = Object(["metadata": ["generateName": "run-"]])
        let first = try yard.store.create(
            object, in: .analysisRuns, namespace: "shop", by: yard.writer())
        let second = try yard.store.create(
            object, in: .analysisRuns, namespace: "shop", by: yard.writer())
        #expect(first.object.name.hasPrefix("run-"))
        #expect(first.object.name.count == 9)
        #expect(first.object.name != second.object.name)
    }

    @Test func `is refused where one of its name exists`() throws {
        var yard = try Yard()
        try yard.create(.configMaps, "a")
        let error = #expect(throws: StoreError.self) { try yard.create(.configMaps, "a") }
        #expect(error?.code == 409)
        #expect(error?.reason == "AlreadyExists")
        #expect(error?.message == #"configmaps "a" already exists"#)
    }

    @Test func `is refused in a namespace that does not exist`() throws {
        var yard = try Yard()
        let error = #expect(throws: StoreError.self) {
            try yard.create(.configMaps, "a", in: "nowhere")
        }
        #expect(error?.message == #"namespaces "nowhere" not found"#)
        #expect(error?.code == 404)
    }

    @Test func `is refused with all causes when its name or labels are wrong`() throws {
        var yard = try Yard()
        let version = yard.store.resourceVersion
        let error = #expect(throws: StoreError.self) {
            try yard.create(.rollouts, "Web_", labels: ["a b": "c d"])
        }
        #expect(error?.code == 422)
        #expect(
            error?.causes.map(\.field) == ["metadata.name", "metadata.labels", "metadata.labels"])
        #expect(
            error?.message.hasPrefix(#"Rollout.argoproj.io "Web_" is invalid: [metadata.name: "#)
                == true)
        #expect(error?.json["details"]?["causes"]?.array?.count == 3)
        #expect(yard.store.resourceVersion == version)
    }

    @Test func `is refused with another type, namespace or version than its request`() throws {
        let yard = try Yard()
        let wrong: [JSON] = [
            ["apiVersion": "v2", "metadata": ["name": "a"]],
            ["kind": "Secret", "metadata": ["name": "a"]],
            ["metadata": ["name": "a", "namespace": "lab"]],
            ["metadata": ["name": "a", "resourceVersion": "3"]],
            ["metadata": "a"], [],
        ]
        for json in wrong {
            let error = #expect(throws: StoreError.self) {
                var store = yard.store
                _ = try store.create(
                    Object(json), in: .configMaps, namespace: "shop", by: yard.writer())
            }
            #expect(error?.code == 400, "\(json.text)")
        }
    }

    @Test func `of an unknown kind is not found`() throws {
        var yard = try Yard()
        let unknown = Resource(group: "x.io", version: "v1", kind: "X", plural: "xs")
        #expect(throws: StoreError.unknownResource) { try yard.create(unknown, "a") }
    }

    @Test func `of a dry run is answered and not stored`() throws {
        var yard = try Yard()
        let before = yard.store.resourceVersion
        let written = try yard.store.create(
            Object(["metadata": ["name": "a"]]), in: .configMaps, namespace: "shop",
            by: yard.writer(isDryRun: true))
        #expect(written.object.name == "a")
        #expect(written.changes == [])
        #expect(yard.store.resourceVersion == before)
        #expect(!yard.has(.configMaps, "a"))
    }

    @Test func `records its manager where one is named`() throws {
        var yard = try Yard()
        let written = try yard.store.create(
            Object(["metadata": ["name": "a"], "data": ["k": "v"]]), in: .configMaps,
            namespace: "shop", by: yard.writer("kubectl"))
        let entry = written.object.metadata["managedFields"]?[0]
        #expect(entry?["manager"] == "kubectl")
        #expect(entry?["operation"] == "Update")
        #expect(entry?["fieldsV1"] == ["f:data": ["f:k": [:]]])
    }
}

struct `A definition` {
    private let gadgets = Resource(
        group: "x.io", version: "v1", kind: "Gadget", plural: "gadgets", hasStatus: true,
        hasScale: true)
    private let definition: JSON = [
        "spec": [
            "group": "x.io", "scope": "Namespaced",
            "names": ["kind": "Gadget", "plural": "gadgets", "shortNames": ["gd"]],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true,
                    "subresources": [
                        "status": [:],
                        "scale": [
                            "specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size",
                            "labelSelectorPath": ".status.selector",
                        ],
                    ],
                ]
            ],
        ]
    ]

    @Test func `registers its kind`() throws {
        var yard = try Yard()
        let object = try yard.create(.customResourceDefinitions, "gadgets.x.io", definition)
        #expect(object.status?["conditions"]?[1]?["type"] == "Established")
        #expect(yard.store.resources.contains { $0.kind == "Gadget" && $0.shortNames == ["gd"] })
        try yard.create(gadgets, "g", ["spec": ["size": 4]])
        let scale = try yard.store.scale(of: yard.at(gadgets, "g"))
        #expect(scale.spec?["replicas"] == 4)
    }

    @Test func `takes its objects and its kind with it`() throws {
        var yard = try Yard()
        try yard.create(.customResourceDefinitions, "gadgets.x.io", definition)
        try yard.create(gadgets, "g")
        let written = try yard.delete(.customResourceDefinitions, "gadgets.x.io")
        #expect(
            written.changes.filter { $0.object == nil }.map(\.reference.name) == [
                "g", "gadgets.x.io",
            ])
        #expect(throws: StoreError.unknownResource) { try yard.get(gadgets, "g") }
    }
}
