import Documents
import KubernetesObjects
import Testing

private let noon = Timestamp(seconds: 1_767_268_800)

private func apply(
    _ wanted: JSON, to object: Object, by manager: String, force: Bool = false,
    _ resource: Resource = .deployments
) throws -> Object {
    try Patch.apply(wanted, manager: manager, force: force)
        .applied(to: object, resource: resource, at: noon)
}

private func wanted(replicas: JSON? = nil, containers: JSON? = nil, labels: JSON? = nil) -> JSON {
    var json: JSON = [
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web"],
    ]
    if let labels { json["metadata"]?["labels"] = labels }
    var spec: JSON = [:]
    if let replicas { spec["replicas"] = replicas }
    if let containers { spec["template"] = ["spec": ["containers": containers]] }
    if spec != [:] { json["spec"] = spec }
    return json
}

struct `Server-side apply` {
    private let empty = Object([:])

    @Test func `writes down who owns which fields`() throws {
        let object = try apply(
            wanted(replicas: 3, containers: [["name": "c", "image": "v1"]]), to: empty, by: "ci")
        #expect(
            object.metadata["managedFields"] == [
                [
                    "manager": "ci", "operation": "Apply", "apiVersion": "apps/v1",
                    "time": .string(noon.rfc3339), "fieldsType": "FieldsV1",
                    "fieldsV1": [
                        "f:spec": [
                            "f:replicas": [:],
                            "f:template": [
                                "f:spec": [
                                    "f:containers": [
                                        #"k:{"name":"c"}"#: [
                                            ".": [:], "f:image": [:], "f:name": [:],
                                        ]
                                    ]
                                ]
                            ],
                        ]
                    ],
                ]
            ])
    }

    @Test func `removes what its manager no longer wants`() throws {
        let first = try apply(
            wanted(
                replicas: 3,
                containers: [
                    ["name": "a", "image": "1"], ["name": "b", "image": "1", "tty": true],
                ]),
            to: empty, by: "ci")
        let second = try apply(
            wanted(containers: [["name": "b", "image": "2"]]), to: first, by: "ci")
        #expect(
            second.spec == ["template": ["spec": ["containers": [["name": "b", "image": "2"]]]]])
    }

    @Test func `leaves the fields of others alone`() throws {
        let first = try apply(wanted(replicas: 3, labels: ["a": "1"]), to: empty, by: "ci")
        let second = try apply(wanted(labels: ["b": "2"]), to: first, by: "scaler")
        #expect(second.labels == ["a": "1", "b": "2"])
        let third = try apply(wanted(labels: ["a": "1"]), to: second, by: "ci")
        #expect(third.spec?["replicas"] == nil)
        #expect(third.labels == ["a": "1", "b": "2"])
    }

    @Test func `refuses to change a field of another manager and names both`() throws {
        let first = try apply(wanted(replicas: 3), to: empty, by: "ci")
        let conflict = FieldConflict(manager: "\"ci\"", field: ".spec.replicas")
        #expect(throws: PatchError.conflicts([conflict])) {
            try apply(wanted(replicas: 5), to: first, by: "scaler")
        }
        #expect(
            FieldConflict.message(of: [conflict])
                == #"Apply failed with 1 conflict: conflict with "ci": .spec.replicas"#)
    }

    @Test func `takes a field by force`() throws {
        let first = try apply(wanted(replicas: 3), to: empty, by: "ci")
        let second = try apply(wanted(replicas: 5), to: first, by: "scaler", force: true)
        #expect(second.spec?["replicas"] == 5)
        #expect(
            second.metadata["managedFields"]?.array?.map { $0["manager"]?.string } == ["scaler"])
    }

    @Test func `shares a field that two managers want alike`() throws {
        let first = try apply(wanted(replicas: 3), to: empty, by: "ci")
        let second = try apply(wanted(replicas: 3), to: first, by: "scaler")
        let third = try apply(wanted(labels: ["a": "1"]), to: second, by: "ci")
        #expect(third.spec?["replicas"] == 3)
    }

    @Test func `names the element and the version of an updater in a conflict`() throws {
        let old = try apply(wanted(containers: [["name": "c", "image": "1"]]), to: empty, by: "ci")
        var new = old
        new["spec", "template", "spec", "containers"] = [["name": "c", "image": "2"]]
        let edited = new.recordingOwner("kubectl", replacing: old, resource: .deployments, at: noon)
        let error = #expect(throws: PatchError.self) {
            try apply(wanted(containers: [["name": "c", "image": "3"]]), to: edited, by: "ci")
        }
        #expect(
            error?.description
                == "Apply failed with 1 conflict: conflict with \"kubectl\" using apps/v1 at "
                + "\(noon.rfc3339): .spec.template.spec.containers[name=\"c\"].image")
    }

    @Test func `again changes nothing`() throws {
        let once = try apply(wanted(replicas: 3, labels: ["a": "1"]), to: empty, by: "ci")
        #expect(try apply(wanted(replicas: 3, labels: ["a": "1"]), to: once, by: "ci") == once)
    }

    @Test func `replaces lists of custom resources whole`() throws {
        let steps: JSON = [
            "spec": ["steps": [["setWeight": 10]]], "metadata": ["finalizers": ["a"]],
        ]
        let first = try apply(steps, to: empty, by: "ci", .rollouts)
        let more: JSON = [
            "spec": ["steps": [["setWeight": 20]]], "metadata": ["finalizers": ["b"]],
        ]
        let second = try apply(more, to: first, by: "other", force: true, .rollouts)
        #expect(second.spec?["steps"] == [["setWeight": 20]])
        #expect(second.finalizers == ["a", "b"])
    }

    @Test func `keys ports by number and protocol, TCP where none is given`() throws {
        let first = try apply(
            [
                "spec": [
                    "ports": [["port": 53, "protocol": "TCP"], ["port": 53, "protocol": "UDP"]]
                ]
            ],
            to: empty, by: "ci", .services)
        let second = try apply(
            ["spec": ["ports": [["port": 53, "name": "dns"]]]], to: first, by: "other", .services)
        #expect(second.spec?["ports"]?.array?.count == 2)
        #expect(second.spec?["ports"]?[0]?["name"] == "dns")
    }

    @Test func `refuses two elements of the same key`() {
        #expect(throws: PatchError.self) {
            try apply(wanted(containers: [["name": "a"], ["name": "a"]]), to: empty, by: "ci")
        }
    }
}

struct `The owner of an update` {
    @Test func `owns what it changed and nobody else does any more`() throws {
        let old = try apply(wanted(replicas: 3, labels: ["a": "1"]), to: Object([:]), by: "ci")
        var new = old
        new["spec", "replicas"] = 4
        let result = new.recordingOwner("edit", replacing: old, resource: .deployments, at: noon)
        let fields = result.metadata["managedFields"]?.array?.map { $0["fieldsV1"] }
        #expect(
            fields == [
                ["f:metadata": ["f:labels": ["f:a": [:]]]], ["f:spec": ["f:replicas": [:]]],
            ])
    }

    @Test func `keeps at most ten updaters apart`() {
        var object = Object(["metadata": ["name": "x"], "spec": [:]])
        for index in 0..<15 {
            var next = object
            next["spec", "f\(index)"] = 1
            object = next.recordingOwner(
                "m\(index)", replacing: object, resource: .deployments,
                at: noon.advanced(bySeconds: index))
        }
        let names = object.metadata["managedFields"]?.array?.compactMap { $0["manager"]?.string }
        #expect(names?.count == 10)
        #expect(names?.first == "ancient-changes")
    }
}
