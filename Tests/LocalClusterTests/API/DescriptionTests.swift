import Documents
import KubernetesObjects
import Serving
import Testing

@testable import LocalCluster

struct `The description of the API` {
    private let box: Box

    init() throws { box = try Box() }

    @Test func `lists groups and kinds one by one`() async throws {
        let groups = try await box.get("/apis")["groups"]?.array?.compactMap { $0["name"]?.string }
        #expect(groups?.contains("apps") == true)
        #expect(groups?.contains("argoproj.io") == true)
        let apps = try await box.get("/apis/apps/v1")["resources"]?.array ?? []
        #expect(
            apps.compactMap { $0["name"]?.string } == [
                "daemonsets", "daemonsets/status", "deployments", "deployments/scale",
                "deployments/status", "replicasets", "replicasets/scale", "replicasets/status",
                "statefulsets", "statefulsets/scale", "statefulsets/status",
            ])
        let pods = try await box.get("/api/v1")["resources"]?.array ?? []
        #expect(pods.contains { $0["name"] == "pods/log" })
    }

    @Test func `lists everything at once for newer clients`() async throws {
        let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        let response = await box.respond("GET", "/apis", headers: ["Accept": accept])
        #expect(response.headers["Content-Type"] == accept)
        let items = try JSON(parsing: response.bytes)["items"]?.array ?? []
        let apps = items.first { $0["metadata"]?["name"] == "apps" }
        let deployments = apps?["versions"]?[0]?["resources"]?[1]
        #expect(deployments?["resource"] == "deployments")
        #expect(deployments?["responseKind"]?["kind"] == "Deployment")
        #expect(deployments?["subresources"]?[0]?["responseKind"]?["kind"] == "Scale")
    }

    @Test func `says that every kind takes dry runs and field validation`() async throws {
        let index = try await box.get("/openapi/v3")["paths"]?.object?.keys ?? []
        #expect(index.contains("api/v1") && index.contains("apis/argoproj.io/v1alpha1"))
        let document = try await box.get("/openapi/v3/apis/apps/v1")
        let path = "/apis/apps/v1/namespaces/{namespace}/deployments/{name}"
        let patch = document["paths"]?[path]?["patch"]
        #expect(patch?["x-kubernetes-group-version-kind"]?["kind"] == "Deployment")
        let parameters = (patch?["parameters"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(parameters == ["dryRun", "fieldManager", "fieldValidation", "force"])
    }

    @Test func `explains fields`() async throws {
        let document = try await box.get("/openapi/v3/apis/apps/v1")
        let schemas = document["components"]?["schemas"]
        let deployment = schemas?["apps.v1.Deployment"]
        #expect(deployment?["x-kubernetes-group-version-kind"]?[0]?["kind"] == "Deployment")
        let spec = deployment?["properties"]?["spec"]
        #expect(spec?["allOf"]?[0]?["$ref"] == "#/components/schemas/io.k8s.DeploymentSpec")
        let replicas = schemas?["io.k8s.DeploymentSpec"]?["properties"]?["replicas"]
        #expect(replicas?["type"] == "integer")
        #expect(replicas?["description"]?.string?.isEmpty == false)
        #expect(schemas?["io.k8s.Container"]?["properties"]?["env"]?["type"] == "array")
    }

    @Test func `explains fields to older clients`() async throws {
        let document = try await box.get("/openapi/v2")
        let definitions = document["definitions"]
        let spec = definitions?["apps.v1.Deployment"]?["properties"]?["spec"]
        #expect(spec?["$ref"] == "#/definitions/io.k8s.DeploymentSpec")
        let ports = definitions?["io.k8s.Container"]?["properties"]?["ports"]
        #expect(ports?["items"] == ["$ref": "#/definitions/io.k8s.ContainerPort"])
        let quantity = definitions?["io.k8s.ResourceRequirements"]?["properties"]?["limits"]
        #expect(quantity?["additionalProperties"] == [:])
    }

    @Test func `is not found for what is not served`() async throws {
        for path in [
            "/apis/none", "/apis/apps/v9", "/openapi/v3/apis/none/v1", "/openapi/v4", "/x",
        ] {
            #expect(await box.respond("GET", path).status == 404)
        }
        #expect(await box.respond("POST", "/apis").status == 405)
    }
}

struct `A table` {
    private let accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

    @Test func `shows a pod as people want to see it`() async throws {
        let box = try Box()
        _ = try await box.api.create(
            box.api.path(.pods),
            [
                "metadata": ["name": "web"],
                "spec": [
                    "containers": [["name": "a", "image": "x"], ["name": "b", "image": "y"]]
                ],
            ])
        _ = try await box.api.patch(
            box.api.path(.pods, "web", "status"), "merge-patch+json",
            [
                "status": [
                    "phase": "Running",
                    "containerStatuses": [
                        ["name": "a", "ready": true, "restartCount": 0],
                        [
                            "name": "b", "ready": false, "restartCount": 3,
                            "state": ["waiting": ["reason": "CrashLoopBackOff"]],
                        ],
                    ],
                ]
            ])
        let table = try await box.get(box.api.path(.pods), accept: accept)
        let heads = (table["columnDefinitions"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(heads.prefix(5) == ["Name", "Ready", "Status", "Restarts", "Age"])
        let cells = table["rows"]?[0]?["cells"]?.array ?? []
        #expect(cells.prefix(5) == ["web", "1/2", "CrashLoopBackOff", "3", "0s"])
        #expect(table["rows"]?[0]?["object"]?["kind"] == "PartialObjectMetadata")
    }

    @Test func `has as many cells as columns for every kind`() async throws {
        let box = try Box()
        let catalog = await box.server.catalog
        for resource in catalog.resources {
            let show = Presentation(resource, as: .table(.none), in: catalog, clock: { Box.now })
            let table = show.list([Object(["metadata": ["name": "x"]])], metadata: [:])
            let columns = table["columnDefinitions"]?.array?.count
            #expect(table["rows"]?[0]?["cells"]?.array?.count == columns, "\(resource.kind)")
            #expect(table["rows"]?[0]?["object"] == nil)
        }
    }

    @Test func `has the columns that a definition asks for`() throws {
        let definition = Object([
            "metadata": ["name": "cars.example"],
            "spec": [
                "group": "example",
                "versions": [
                    [
                        "name": "v1", "storage": true,
                        "additionalPrinterColumns": [
                            ["name": "Doors", "type": "integer", "jsonPath": ".spec.doors"],
                            [
                                "name": "Ready", "type": "string",
                                "jsonPath": #".status.conditions[?(@.type=="Ready")].status"#,
                            ],
                            ["name": "Built", "type": "date", "jsonPath": ".spec.built"],
                        ],
                    ]
                ],
            ],
        ])
        let cars = Resource(group: "example", version: "v1", kind: "Car", plural: "cars")
        let columns = Column.columns(
            of: cars, in: Catalog(resources: [cars], definitions: [definition]))
        let car = Object([
            "metadata": ["name": "beetle"],
            "spec": ["doors": 2, "built": .string(Box.now.advanced(bySeconds: -7200).rfc3339)],
            "status": ["conditions": [["type": "Ready", "status": "True"]]],
        ])
        #expect(columns.map { $0.cell(car, Box.now) } == ["beetle", 2, "True", "120m"])
    }

    @Test(arguments: [
        (-5, "<invalid>"), (0, "0s"), (119, "119s"), (120, "2m"), (570, "9m30s"), (10_000, "166m"),
        (25_500, "7h5m"), (100_000, "27h"), (270_000, "3d3h"), (700_000, "8d"),
        (86_400 * 800, "2y70d"), (86_400 * 365 * 9, "9y"),
    ])
    func `shows times shorter the longer they are`(seconds: Int, text: String) {
        #expect(duration(seconds: seconds) == text)
    }

    @Test(arguments: ["", ".a[", ".a[?(x)]", ".a[b]", "..a"])
    func `has no column for a path it cannot follow`(path: String) {
        let column: JSON = ["name": "X", "type": "string", "jsonPath": .string(path)]
        let cell = CustomColumn(column)?.cell(of: Object(["a": "b"]), at: Box.now)
        #expect(cell == nil || cell?.string?.contains("\"a\"") == true)
    }
}
