import Documents
import KubernetesObjects
import Testing

// What every API server does, the real one and this one: each function is one promise.
enum Contract {
    static func configMap(_ name: String, _ data: JSON = ["color": "blue"]) -> JSON {
        [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)],
            "data": data,
        ]
    }

    static func deployment(_ name: String, replicas: JSON? = 2) -> JSON {
        var spec: JSON = [
            "selector": ["matchLabels": ["app": .string(name)]],
            "template": [
                "metadata": ["labels": ["app": .string(name)]],
                "spec": ["containers": [["name": "web", "image": "web:1"]]],
            ],
        ]
        spec["replicas"] = replicas
        return [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
            "spec": spec,
        ]
    }

    static func givesNewObjectsAnIdentity(_ api: APIUnderTest) async throws {
        let answer = try await api.create(api.path(.configMaps), configMap("new"))
        #expect(answer.status == 201)
        #expect(!answer.object.uid.isEmpty)
        #expect(!answer.object.resourceVersion.isEmpty)
        #expect(answer.object.creationTimestamp != nil)
        #expect(answer.object.namespace == api.namespace)
        let again = try await api.create(api.path(.configMaps), configMap("new"))
        #expect(again.status == 409)
        #expect(again.reason == "AlreadyExists")
    }

    static func completesGeneratedNames(_ api: APIUnderTest) async throws {
        var body = configMap("")
        body["metadata"] = ["generateName": "web-"]
        let answer = try await api.create(api.path(.configMaps), body)
        #expect(answer.object.name.hasPrefix("web-"))
        #expect(answer.object.name.count == "web-".count + 5)
    }

    static func refusesWhatIsNotThere(_ api: APIUnderTest) async throws {
        let missing = try await api.get(api.path(.configMaps, "missing"))
        #expect(missing.status == 404)
        #expect(missing.reason == "NotFound")
        #expect(missing.json["message"]?.string == #"configmaps "missing" not found"#)
        let space = try await api.create(
            "/api/v1/namespaces/nowhere/configmaps", configMap("stray"))
        #expect(space.status == 404)
        #expect(try await api.get("/api/v1/nothings").status == 404)
        #expect(try await api.get("/apis/nothing.example/v1/things").status == 404)
    }

    static func refusesInvalidNames(_ api: APIUnderTest) async throws {
        let answer = try await api.create(api.path(.configMaps), configMap("Not_A_Name"))
        #expect(answer.status == 422)
        #expect(answer.reason == "Invalid")
        let cause = answer.json["details"]?["causes"]?[0]
        #expect(cause?["field"]?.string == "metadata.name")
    }

    static func refusesWritesToOldVersions(_ api: APIUnderTest) async throws {
        let first = try await api.create(api.path(.configMaps), configMap("raced")).json
        var second = first
        second["data"] = ["color": "green"]
        #expect(try await api.replace(api.path(.configMaps, "raced"), second).status == 200)
        let late = try await api.replace(api.path(.configMaps, "raced"), second)
        #expect(late.status == 409)
        #expect(late.reason == "Conflict")
        let patch = try await api.patch(
            api.path(.configMaps, "raced"), "merge-patch+json",
            ["metadata": ["resourceVersion": first["metadata"]?["resourceVersion"] ?? ""]])
        #expect(patch.status == 409)
    }

    static func changesNothingWithoutAChange(_ api: APIUnderTest) async throws {
        let path = api.path(.configMaps, "still")
        let before = try await api.create(api.path(.configMaps), configMap("still")).object
        let after = try await api.patch(path, "merge-patch+json", ["data": ["color": "blue"]])
        #expect(after.object.resourceVersion == before.resourceVersion)
    }

    static func takesEachFormOfPatch(_ api: APIUnderTest) async throws {
        let path = api.path(.deployments, "patched")
        _ = try await api.create(api.path(.deployments), deployment("patched"))
        let merged = try await api.patch(path, "merge-patch+json", ["spec": ["replicas": 3]])
        #expect(merged.object["spec", "replicas"] == 3)
        let replaced = try await api.patch(
            path, "json-patch+json", [["op": "replace", "path": "/spec/replicas", "value": 4]])
        #expect(replaced.object["spec", "replicas"] == 4)
        let added = try await api.patch(
            path, "strategic-merge-patch+json",
            ["spec": ["template": ["spec": ["containers": [["name": "web", "tty": true]]]]]])
        let container = added.object["spec", "template", "spec", "containers"]?[0]
        #expect(container?["image"] == "web:1")
        #expect(container?["tty"] == true)
        let unknown = try await api.patch(path, "vnd.example+json", [:])
        #expect(unknown.status == 415)
    }

    static func appliesForAManager(_ api: APIUnderTest) async throws {
        let path = api.path(.configMaps, "applied")
        let body = configMap("applied", ["a": "1", "b": "2"])
        let created = try await api.patch(path + "?fieldManager=one", "apply-patch+yaml", body)
        #expect(created.status == 201)
        let clash = try await api.patch(
            path + "?fieldManager=two", "apply-patch+yaml", configMap("applied", ["a": "3"]))
        #expect(clash.status == 409)
        let forced = try await api.patch(
            path + "?fieldManager=two&force=true", "apply-patch+yaml",
            configMap("applied", ["a": "3"]))
        #expect(forced.object["data", "a"] == "3")
        let less = try await api.patch(
            path + "?fieldManager=one", "apply-patch+yaml", configMap("applied", [:]))
        #expect(less.object["data"] == ["a": "3"])
    }

    static func countsGenerations(_ api: APIUnderTest) async throws {
        let path = api.path(.deployments, "counted")
        let created = try await api.create(api.path(.deployments), deployment("counted"))
        #expect(created.object.generation == 1)
        let labelled = try await api.patch(
            path, "merge-patch+json", ["metadata": ["labels": ["a": "b"]]])
        #expect(labelled.object.generation == 1)
        let scaled = try await api.patch(path, "merge-patch+json", ["spec": ["replicas": 5]])
        #expect(scaled.object.generation == 2)
    }

    /// An Ingress, because no controller of the server writes its status.
    static func keepsStatusApart(_ api: APIUnderTest) async throws {
        let path = api.path(.ingresses, "split")
        let created = try await api.create(
            api.path(.ingresses), ingress("split", class: "one", status: "192.0.2.1"))
        #expect(created.object["status", "loadBalancer", "ingress"] == nil)
        let status = try await api.patch(
            path + "/status", "merge-patch+json",
            ingress("split", class: "two", status: "192.0.2.2"))
        #expect(status.object["spec", "ingressClassName"] == "one")
        #expect(status.object["status", "loadBalancer", "ingress"] == [["ip": "192.0.2.2"]])
        let main = try await api.patch(
            path, "merge-patch+json", ingress("split", class: "one", status: "192.0.2.3"))
        #expect(main.object["status", "loadBalancer", "ingress"] == [["ip": "192.0.2.2"]])
        #expect(main.object.generation == 1)
    }

    private static func ingress(_ name: String, class: String, status: String) -> JSON {
        [
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": ["name": .string(name)],
            "spec": [
                "ingressClassName": .string(`class`),
                "defaultBackend": ["service": ["name": "web", "port": ["number": 80]]],
            ],
            "status": ["loadBalancer": ["ingress": [["ip": .string(status)]]]],
        ]
    }

    static func scales(_ api: APIUnderTest) async throws {
        let path = api.path(.deployments, "scaled")
        _ = try await api.create(api.path(.deployments), deployment("scaled"))
        let scale = try await api.get(path + "/scale")
        #expect(scale.json["kind"] == "Scale")
        #expect(scale.object["spec", "replicas"] == 2)
        #expect(scale.object["status", "selector"] == "app=scaled")
        var wanted = scale.json
        wanted["spec"] = ["replicas": 6]
        // The version would be that of a moment ago: controllers write the status meanwhile.
        wanted["metadata"]?["resourceVersion"] = nil
        #expect(try await api.replace(path + "/scale", wanted).object["spec", "replicas"] == 6)
        #expect(try await api.get(path).object["spec", "replicas"] == 6)
    }
}
