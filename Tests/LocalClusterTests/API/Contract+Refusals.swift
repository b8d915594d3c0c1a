import Documents
import KubernetesObjects
import Testing

// What every API server says no to, and in which words clients read it.
extension Contract {
    static func refusesChangesOfNothing(_ api: APIUnderTest) async throws {
        let path = api.path(.configMaps, "none")
        let patched = try await api.patch(path, "merge-patch+json", ["data": [:]])
        expect(patched, 404, "NotFound")
        expect(try await api.replace(path, configMap("none")), 404, "NotFound")
        expect(try await api.delete(path), 404, "NotFound")
    }

    static func refusesContradictions(_ api: APIUnderTest) async throws {
        let path = api.path(.configMaps, "a")
        _ = try await api.create(api.path(.configMaps), configMap("a"))
        expect(try await api.replace(path, configMap("b")), 400, "BadRequest")
        let renamed = try await api.patch(path, "merge-patch+json", ["metadata": ["name": "b"]])
        expect(renamed, 400, "BadRequest")
        var elsewhere = configMap("c")
        elsewhere["metadata"]?["namespace"] = "elsewhere"
        expect(try await api.create(api.path(.configMaps), elsewhere), 400, "BadRequest")
        var other = configMap("d")
        other["kind"] = "Secret"
        expect(try await api.create(api.path(.configMaps), other), 400, "BadRequest")
        let reborn = try await api.patch(path, "merge-patch+json", ["metadata": ["uid": "b"]])
        expect(reborn, 422, "Invalid", "metadata.uid")
    }

    static func refusesUnknownWays(_ api: APIUnderTest) async throws {
        let list = api.path(.configMaps)
        _ = try await api.create(list, configMap("a"))
        let patched = try await api.patch(list, "merge-patch+json", [:])
        expect(patched, 405, "MethodNotAllowed")
        expect(try await api.replace(list, configMap("a")), 405, "MethodNotAllowed")
        let posted = try await api.create(api.path(.configMaps, "a"), configMap("a"))
        expect(posted, 405, "MethodNotAllowed")
        expect(try await api.create(list, ["a list"]), 400, "BadRequest")
        expect(try await api.get(list + "?fieldSelector=spec.foo%3Dbar"), 400, "BadRequest")
        expect(try await api.get(list + "?limit=1&continue=nonsense"), 400, "BadRequest")
    }

    static func refusesPatchesThatDoNotFit(_ api: APIUnderTest) async throws {
        let path = api.path(.configMaps, "a")
        _ = try await api.create(api.path(.configMaps), configMap("a"))
        let tested = try await api.patch(
            path, "json-patch+json", [["op": "test", "path": "/data/color", "value": "red"]])
        expect(tested, 422, "Invalid")
        let forced = try await api.patch(
            path + "?force=true", "merge-patch+json", ["data": ["color": "red"]])
        expect(forced, 422, "Invalid", "force")
        let nobody = try await api.patch(path, "apply-patch+yaml", configMap("a"))
        expect(nobody, 422, "Invalid", "fieldManager")
        let managed = path + "?fieldManager=one"
        let nothing = try await api.patch(managed, "apply-patch+yaml", ["data": [:]])
        expect(nothing, 400, "BadRequest")
        var owned = configMap("a")
        owned["metadata"]?["managedFields"] = [["manager": "one", "operation": "Apply"]]
        expect(try await api.patch(managed, "apply-patch+yaml", owned), 400, "BadRequest")
    }

    static func refusesImpossibleDeployments(_ api: APIUnderTest) async throws {
        let list = api.path(.deployments)
        var strange = deployment("strange")
        strange["spec"]?["selector"] = ["matchLabels": ["app": "other"]]
        let labels = "spec.template.metadata.labels"
        expect(try await api.create(list, strange), 422, "Invalid", labels)
        var empty = deployment("empty")
        empty["spec"]?["template"]?["spec"] = ["containers": [["name": "web"]]]
        let image = "spec.template.spec.containers[0].image"
        expect(try await api.create(list, empty), 422, "Invalid", image)
        var twins = deployment("twins")
        let twin: JSON = ["name": "web", "image": "none"]
        twins["spec"]?["template"]?["spec"] = ["containers": [twin, twin]]
        let second = "spec.template.spec.containers[1].name"
        expect(try await api.create(list, twins), 422, "Invalid", second)
        var volume = deployment("volume")
        volume["spec"]?["template"]?["spec"]?["volumes"] = [["name": "a_b", "emptyDir": [:]]]
        let first = "spec.template.spec.volumes[0].name"
        expect(try await api.create(list, volume), 422, "Invalid", first)
        _ = try await api.create(list, deployment("web", replicas: 0))
        let path = api.path(.deployments, "web")
        let selector: JSON = ["spec": ["selector": ["matchLabels": ["app": "other"]]]]
        let moved = try await api.patch(path, "merge-patch+json", selector)
        expect(moved, 422, "Invalid", "spec.selector")
        let fewer: JSON = ["spec": ["replicas": -1]]
        expect(
            try await api.patch(path, "merge-patch+json", fewer), 422, "Invalid", "spec.replicas")
        let scaled = try await api.patch(path + "/scale", "merge-patch+json", fewer)
        expect(scaled, 422, "Invalid", "spec.replicas")
        expect(try await api.create(list, deployment("many", replicas: "two")), 400, "BadRequest")
    }

    static func refusesImpossibleDeletions(_ api: APIUnderTest) async throws {
        let path = api.path(.configMaps, "a")
        _ = try await api.create(api.path(.configMaps), configMap("a"))
        let sideways = try await api.delete(path, ["propagationPolicy": "Sideways"])
        expect(sideways, 422, "Invalid", "propagationPolicy")
        let late = try await api.delete(path, ["preconditions": ["resourceVersion": "1"]])
        expect(late, 409, "Conflict")
        #expect(try await api.get(path).status == 200)
    }

    static func refusesImpossibleRoutes(_ api: APIUnderTest) async throws {
        let services = api.path(.services)
        let port: JSON = [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": "web"],
            "spec": ["ports": [["port": 0]]],
        ]
        expect(try await api.create(services, port), 422, "Invalid", "spec.ports[0].port")
        var name = port
        name["metadata"] = ["name": "1.web"]
        name["spec"] = ["ports": [["port": 80]]]
        expect(try await api.create(services, name), 422, "Invalid", "metadata.name")
        let ingresses = api.path(.ingresses)
        expect(
            try await api.create(ingresses, route("x", "Prefix")), 422, "Invalid", "\(path).path")
        expect(
            try await api.create(ingresses, route("/x", nil)), 422, "Invalid", "\(path).pathType")
        var empty = route("/x", "Prefix")
        empty["spec"] = [:]
        expect(try await api.create(ingresses, empty), 422, "Invalid", "spec")
    }

    static func keepsPodsAsTheyBegan(_ api: APIUnderTest) async throws {
        let pod: JSON = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "web"],
            "spec": ["containers": [["name": "web", "image": "web:1"]]],
        ]
        // Until the namespace has its service account, and that a token, a server takes no pods.
        let made = try await served(after: [403, 500]) {
            try await api.create(api.path(.pods), pod)
        }
        #expect(made.status == 201)
        let path = api.path(.pods, "web")
        let newer = try await api.patch(
            path, "strategic-merge-patch+json",
            ["spec": ["containers": [["name": "web", "image": "web:2"]]]])
        #expect(newer.status == 200)
        let other = try await api.patch(
            path, "merge-patch+json", ["spec": ["restartPolicy": "Never"]])
        expect(other, 422, "Invalid", "spec")
    }

    static func evictsPods(_ api: APIUnderTest) async throws {
        let pod: JSON = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "old"],
            "spec": ["containers": [["name": "web", "image": "web:1"]]],
        ]
        let made = try await served(after: [403, 500]) {
            try await api.create(api.path(.pods), pod)
        }
        #expect(made.status == 201)
        func evict(_ name: String, _ version: String) async throws -> Int {
            try await api.create(
                api.path(.pods, name, "eviction"),
                [
                    "apiVersion": .string("policy/\(version)"), "kind": "Eviction",
                    "metadata": ["name": .string(name), "namespace": .string(api.namespace)],
                ]
            ).status
        }
        #expect(try await evict("nobody", "v1beta1") == 404)
        #expect(try await evict("old", "v9") == 400)
        #expect(try await evict("old", "v1beta1") == 201)
        let left = try await api.get(api.path(.pods, "old"))
        #expect(left.status == 404 || left.object.deletionTimestamp != nil)
    }

    private static let path = "spec.rules[0].http.paths[0]"

    private static func route(_ path: String, _ type: String?) -> JSON {
        var route: JSON = [
            "path": .string(path),
            "backend": ["service": ["name": "web", "port": ["number": 80]]],
        ]
        route["pathType"] = type.map { .string($0) }
        return [
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": ["name": "web"],
            "spec": ["rules": [["http": ["paths": [route]]]]],
        ]
    }

    /// Expects a refusal, and that it names the field.
    private static func expect(
        _ answer: APIUnderTest.Answer, _ status: Int, _ reason: String, _ field: String? = nil,
        at location: SourceLocation = #_sourceLocation
    ) {
        #expect(answer.status == status, sourceLocation: location)
        #expect(answer.reason == reason, sourceLocation: location)
        guard let field else { return }
        let causes = answer.json["details"]?["causes"]?.array ?? []
        #expect(
            causes.contains { $0["field"]?.string == field }, "\(answer.json)",
            sourceLocation: location)
    }
}
