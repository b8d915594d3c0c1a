import Documents
import KubernetesObjects
import Serving
import Testing

@testable import LocalCluster

/// A box that knows cars, in two versions.
private struct Garage {
    let box: Box
    let path = "/apis/example.com/v1/namespaces/default/cars"

    init() async throws {
        box = try Box()
        let schema: JSON = [
            "openAPIV3Schema": [
                "type": "object",
                "properties": [
                    "spec": [
                        "type": "object", "required": ["doors"],
                        "properties": [
                            "doors": ["type": "integer"],
                            "color": ["type": "string", "default": "red"],
                        ],
                    ],
                    "status": ["type": "object", "properties": ["speed": ["type": "integer"]]],
                ],
            ]
        ]
        let made = try await box.api.create(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            [
                "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": ["name": "cars.example.com"],
                "spec": [
                    "group": "example.com", "scope": "Namespaced",
                    "names": ["kind": "Car", "plural": "cars"],
                    "versions": [
                        [
                            "name": "v1beta1", "served": true, "storage": false, "schema": schema,
                        ],
                        [
                            "name": "v1", "served": true, "storage": true, "schema": schema,
                            "subresources": ["status": [:]],
                        ],
                        [
                            "name": "v1alpha1", "served": false, "storage": false,
                            "schema": schema,
                        ],
                    ],
                ],
            ])
        #expect(made.status == 201)
    }

    static func car(_ spec: JSON, version: String = "v1") -> JSON {
        [
            "apiVersion": .string("example.com/\(version)"), "kind": "Car",
            "metadata": ["name": "beetle"], "spec": spec,
        ]
    }
}

struct `A custom resource` {
    @Test func `gets its defaults and loses what nobody knows`() async throws {
        let garage = try await Garage()
        let made = try await garage.box.api.create(
            garage.path, Garage.car(["doors": 2, "wings": 2]))
        #expect(made.status == 201)
        #expect(made.json["spec"] == ["doors": 2, "color": "red"])
    }

    @Test func `is refused with every cause`() async throws {
        let garage = try await Garage()
        let answer = try await garage.box.api.create(garage.path, Garage.car(["color": 7]))
        #expect(answer.status == 422)
        let causes = answer.json["details"]?["causes"]?.array ?? []
        #expect(causes.compactMap { $0["field"]?.string } == ["spec.doors", "spec.color"])
        #expect(
            causes.compactMap { $0["reason"]?.string } == [
                "FieldValueRequired", "FieldValueTypeInvalid",
            ])
    }

    @Test func `is held to its schema by patches, too`() async throws {
        let garage = try await Garage()
        _ = try await garage.box.api.create(garage.path, Garage.car(["doors": 2]))
        let patch = try await garage.box.api.patch(
            garage.path + "/beetle", "merge-patch+json", ["spec": ["doors": "two"]])
        #expect(patch.status == 422)
        let status = try await garage.box.api.patch(
            garage.path + "/beetle/status", "merge-patch+json", ["status": ["speed": "fast"]])
        #expect(status.status == 422)
    }

    @Test func `is served in each version that its definition serves`() async throws {
        let garage = try await Garage()
        let api = garage.box.api
        let beta = "/apis/example.com/v1beta1/namespaces/default/cars"
        let made = try await api.create(beta, Garage.car(["doors": 2], version: "v1beta1"))
        #expect(made.status == 201)
        #expect(made.json["apiVersion"] == "example.com/v1beta1")
        #expect(try await api.get(garage.path + "/beetle").json["apiVersion"] == "example.com/v1")
        let list = try await api.get(beta)
        #expect(list.json["apiVersion"] == "example.com/v1beta1")
        #expect(list.json["items"]?[0]?["apiVersion"] == "example.com/v1beta1")
        let applied = try await api.patch(
            beta + "/beetle?fieldManager=me&force=true", "apply-patch+yaml",
            Garage.car(["doors": 2, "color": "blue"], version: "v1beta1"))
        #expect(applied.json["spec"]?["color"] == "blue")
        let events = try await api.watch(beta + "?watch=true", 1)
        #expect(events[0]["object"]?["apiVersion"] == "example.com/v1beta1")
        #expect(try await api.get("/apis/example.com/v1alpha1").status == 404)
        let group = try await api.get("/apis/example.com").json
        #expect(group["preferredVersion"]?["version"] == "v1")
    }

    @Test func `is not defined by half a definition`() async throws {
        let box = try Box()
        let answer = try await box.api.create(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            [
                "metadata": ["name": "cars"],
                "spec": [
                    "group": "example.com", "scope": "Everywhere",
                    "names": ["kind": "Car", "plural": "cars"],
                    "conversion": ["strategy": "Webhook"], "versions": [["served": true]],
                ],
            ])
        #expect(answer.status == 422)
        #expect(
            (answer.json["details"]?["causes"]?.array ?? []).compactMap { $0["field"]?.string } == [
                "metadata.name", "spec.scope", "spec.conversion.strategy", "spec.versions",
                "spec.versions[0].name", "spec.versions[0].schema.openAPIV3Schema",
            ])
    }
}

struct `A built-in object` {
    @Test func `that is applied begins with its defaults and generation 1`() async throws {
        let box = try Box()
        let path = box.api.path(.deployments, "web") + "?fieldManager=me"
        let made = try await box.api.patch(
            path, "apply-patch+yaml", Contract.deployment("web", replicas: nil))
        #expect(made.status == 201)
        #expect(made.object.generation == 1)
        #expect(made.object["spec", "replicas"] == 1)
        let owned = made.object.metadata["managedFields"]?[0]?["fieldsV1"]?["f:spec"]
        #expect(owned?["f:template"] != nil && owned?["f:replicas"] == nil)
        let again = try await box.api.patch(
            path, "apply-patch+yaml", Contract.deployment("web", replicas: nil))
        #expect(again.object.resourceVersion == made.object.resourceVersion)
    }

    @Test func `of wrong types is refused as other servers cannot read it`() async throws {
        let box = try Box()
        var body = Contract.deployment("web", replicas: "many")
        body["spec"]?["paused"] = "yes"
        let answer = try await box.api.create(box.api.path(.deployments), body)
        #expect(answer.status == 400)
        let message = answer.json["message"]?.string ?? ""
        #expect(message.hasPrefix(#"Deployment in version "v1" cannot be handled as a Deployment"#))
        #expect(message.contains("spec.replicas") && message.contains("spec.paused"))
    }

    @Test func `without what must be is invalid`() async throws {
        let box = try Box()
        let answer = try await box.api.create(
            box.api.path(.pods), ["metadata": ["name": "a"], "spec": ["containers": [[:]]]])
        #expect(answer.status == 422)
        #expect(
            answer.json["details"]?["causes"]?[0]?["field"] == "spec.containers[0].name")
    }

    @Test func `is the same whether clients write nothing or an empty value`() async throws {
        let box = try Box()
        var body = Contract.deployment("web")
        let plain = try await box.api.create(box.api.path(.deployments), body)
        body["spec"]?["template"]?["metadata"]?["creationTimestamp"] = .null
        body["spec"]?["template"]?["spec"] = [
            "containers": [["name": "web", "image": "web:1", "resources": [:]]]
        ]
        let full = try await box.api.replace(box.api.path(.deployments, "web"), body)
        #expect(full.object.resourceVersion == plain.object.resourceVersion)
    }

    @Test func `that is a Job knows its pods by its uid`() async throws {
        let box = try Box()
        let job = try await box.api.create(
            box.api.path(.jobs),
            [
                "metadata": ["name": "once"],
                "spec": [
                    "template": ["spec": ["containers": [["name": "a", "image": "x"]]]]
                ],
            ]
        ).object
        let label = "batch.kubernetes.io/controller-uid"
        #expect(job["spec", "selector"] == ["matchLabels": [label: .string(job.uid)]])
        let labels = job["spec", "template"]?["metadata"]?["labels"]
        #expect(labels?[label]?.string == job.uid && labels?["job-name"] == "once")
    }

    @Test func `of a kind that the box has not is refused with a way out`() async throws {
        let box = try Box()
        let path = "/apis/apps/v1/namespaces/default/statefulsets"
        #expect(try await box.api.get(path).json["items"] == [])
        let answer = try await box.api.create(path, ["metadata": ["name": "db"]])
        #expect(answer.status == 403)
        #expect(answer.json["message"]?.string?.contains("Rollout") == true)
    }
}

struct `Fields that nobody knows` {
    private let path = "/apis/apps/v1/namespaces/default/deployments"
    private let body: JSON = {
        var body = Contract.deployment("web")
        body["spec"]?["replica"] = 2
        body["spec"]?["template"]?["spec"]?["containers"] = [
            ["name": "web", "image": "web:1", "imag": "x"]
        ]
        return body
    }()
    private let unknown = ["spec.template.spec.containers[0].imag", "spec.replica"]

    @Test func `are all named to a client that reads strictly`() async throws {
        let box = try Box()
        let answer = try await box.api.create(path + "?fieldValidation=Strict", body)
        #expect(answer.status == 400)
        for field in unknown {
            #expect(
                answer.json["message"]?.string?.contains("unknown field \"\(field)\"") == true)
        }
        #expect(try await box.api.get(path).names == [])
    }

    @Test(arguments: ["", "?fieldValidation=Warn"])
    func `are warned of and dropped`(query: String) async throws {
        let box = try Box()
        let answer = await box.respond("POST", path + query, body: body.bytes)
        #expect(answer.status == 201)
        #expect(
            Set(answer.headers.all("Warning"))
                == Set(unknown.map { #"299 - "unknown field \"\#($0)\"""# }))
        #expect(try JSON(parsing: answer.bytes)["spec"]?["replica"] == nil)
    }

    @Test func `are dropped in silence where the client wants that`() async throws {
        let box = try Box()
        let answer = await box.respond(
            "POST", path + "?fieldValidation=Ignore", body: body.bytes)
        #expect(answer.status == 201 && answer.headers.all("Warning") == [])
    }

    @Test(
        arguments: [
            ("merge-patch+json", ["spec": ["replica": 2]]),
            ("strategic-merge-patch+json", ["spec": ["$retainKeys": ["replicas"], "replica": 2]]),
            ("json-patch+json", [["op": "add", "path": "/spec/replica", "value": 2]]),
            (
                "apply-patch+yaml",
                ["apiVersion": "apps/v1", "kind": "Deployment", "spec": ["replica": 2]]
            ),
        ] as [(String, JSON)])
    func `are found in patches`(form: String, patch: JSON) async throws {
        let box = try Box()
        _ = try await box.api.create(path, Contract.deployment("web"))
        let answer = try await box.api.patch(
            path + "/web?fieldValidation=Strict&fieldManager=me", form, patch)
        #expect(answer.status == 400)
        #expect(answer.json["message"]?.string?.contains("\"spec.replica\"") == true)
    }

    @Test func `are no keys that stand twice, which are warned of as well`() async throws {
        let box = try Box()
        let text = #"{"metadata": {"name": "a"}, "data": {"k": "1", "k": "2"}}"#
        let answer = await box.respond(
            "POST", "/api/v1/namespaces/default/configmaps",
            headers: ["Content-Type": "application/json"], body: Array(text.utf8))
        #expect(answer.status == 201)
        #expect(answer.headers["Warning"]?.contains("twice") == true)
    }

    @Test func `are asked about in three words`() async throws {
        let box = try Box()
        let answer = try await box.api.create(path + "?fieldValidation=Maybe", body)
        #expect(answer.status == 400)
    }
}
