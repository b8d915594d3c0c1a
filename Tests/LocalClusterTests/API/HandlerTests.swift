import Documents
import KubernetesObjects
import ObjectStore
import Serving
import Testing

@testable import LocalCluster

struct `The API handler` {
    @Test func `asks for its token in everything but health and version`() async throws {
        let box = try Box(token: "0123456789abcdef")
        #expect(await box.respond("GET", "/api/v1/pods").status == 401)
        for wrong in ["Bearer 0123456789abcdeF", "Bearer 0123456789abcdef0", "Bearer ", "Basic x"] {
            let answer = await box.respond(
                "GET", "/api/v1/pods", headers: ["Authorization": wrong])
            #expect(answer.status == 401)
        }
        let right: Headers = ["Authorization": "Bearer 0123456789abcdef"]
        #expect(await box.respond("GET", "/api/v1/pods", headers: right).status == 200)
        for path in ["/healthz", "/livez", "/readyz", "/version"] {
            #expect(await box.respond("GET", path).status == 200)
        }
    }

    @Test func `says what is wrong with a body`() async throws {
        let box = try Box()
        let answer = await box.respond(
            "POST", "/api/v1/namespaces/default/configmaps", body: Array("{\"a\": }".utf8))
        #expect(answer.status == 400)
        let status = try JSON(parsing: answer.bytes)
        #expect(status["kind"] == "Status")
        #expect(status["message"]?.string?.contains("the body:1:7") == true)
    }

    @Test func `refuses doubled keys where the client reads strictly`() async throws {
        let box = try Box()
        let body = #"{"metadata": {"name": "a"}, "data": {"k": "1", "k": "2"}}"#
        let path = "/api/v1/namespaces/default/configmaps?fieldValidation="
        #expect(await box.respond("POST", path + "Strict", body: Array(body.utf8)).status == 400)
        #expect(await box.respond("POST", path + "Warn", body: Array(body.utf8)).status == 201)
    }

    @Test(arguments: ["exec", "attach", "portforward"])
    func `says why nobody can enter a pod`(way: String) async throws {
        let box = try Box()
        let pod: JSON = [
            "metadata": ["name": "a"],
            "spec": ["containers": [["name": "web", "image": "web:1"]]],
        ]
        _ = try await box.api.create(box.api.path(.pods), pod)
        let answer = try await box.api.create(box.api.path(.pods, "a", way), [:])
        #expect(answer.status == 405)
        #expect(answer.json["message"]?.string?.contains("processes of this machine") == true)
        #expect(try await box.api.create(box.api.path(.pods, "b", way), [:]).status == 404)
    }

    @Test func `takes YAML`() async throws {
        let box = try Box()
        let answer = await box.respond(
            "POST", "/api/v1/namespaces/default/configmaps",
            headers: ["Content-Type": "application/yaml"],
            body: Array("metadata: {name: a}\ndata: {k: v}\n".utf8))
        #expect(answer.status == 201)
    }

    @Test func `answers only in forms that the client takes`() async throws {
        let box = try Box()
        func status(_ accept: String) async -> Int {
            await box.respond("GET", "/api/v1/pods", headers: ["Accept": accept]).status
        }
        #expect(await status("application/vnd.kubernetes.protobuf") == 406)
        #expect(await status("application/vnd.kubernetes.protobuf,application/json") == 200)
    }

    @Test func `shows metadata only`() async throws {
        let box = try Box()
        let list = try await box.get(
            "/api/v1/namespaces",
            accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
        #expect(list["kind"] == "PartialObjectMetadataList")
        #expect(list["items"]?[0]?["metadata"]?["name"] == "default")
        #expect(list["items"]?[0]?["status"] == nil)
    }

    @Test func `deletes a selection`() async throws {
        let box = try Box()
        for name in ["a", "b"] {
            _ = try await box.api.create(box.api.path(.configMaps), Contract.configMap(name))
        }
        let answer = try await box.api.delete(
            box.api.path(.configMaps) + "?fieldSelector=metadata.name%3Da")
        #expect(answer.names == ["a"])
        #expect(try await box.api.get(box.api.path(.configMaps)).names == ["b"])
    }

    @Test func `leaves a pod its time to end`() async throws {
        let box = try Box()
        let path = box.api.path(.pods, "slow")
        _ = try await box.api.create(box.api.path(.pods), pod("slow"))
        let marked = try await box.api.delete(path, ["gracePeriodSeconds": 5])
        #expect(marked.object["metadata", "deletionGracePeriodSeconds"] == 5)
        #expect(marked.object.deletionTimestamp == Box.now.advanced(bySeconds: 5))
        let gone = try await box.api.delete(path, ["gracePeriodSeconds": 0])
        #expect(gone.json["status"] == "Success")
        #expect(try await box.api.get(path).status == 404)
    }

    @Test func `reads logs of the one container or of the named one`() async throws {
        let box = try Box()
        _ = try await box.api.create(box.api.path(.pods), pod("one"))
        let log = await box.respond("GET", box.api.path(.pods, "one", "log"))
        #expect(log.text == "log of main")
        let other = await box.respond("GET", box.api.path(.pods, "one", "log") + "?container=x")
        #expect(other.status == 400)
        let missing = await box.respond("GET", box.api.path(.pods, "none", "log"))
        #expect(missing.status == 404)
    }

    @Test func `moves the plain strings of a secret into its data`() async throws {
        let box = try Box()
        let secret: JSON = ["metadata": ["name": "s"], "stringData": ["word": "hunter2"]]
        let made = try await box.api.create(box.api.path(.secrets), secret)
        #expect(made.object["data", "word"] == "aHVudGVyMg==")
        let patched = try await box.api.patch(
            box.api.path(.secrets, "s"), "merge-patch+json", ["stringData": ["word": "hi"]])
        #expect(patched.object["data", "word"] == "aGk=")
        #expect(patched.object["stringData"] == nil)
    }

    @Test func `gives defaults to what was applied without them`() async throws {
        let box = try Box()
        let path = box.api.path(.deployments, "web") + "?fieldManager=one"
        let body = Contract.deployment("web", replicas: nil)
        let created = try await box.api.patch(path, "apply-patch+yaml", body)
        #expect(created.status == 201)
        #expect(created.object["spec", "replicas"] == 1)
        let again = try await box.api.patch(path, "apply-patch+yaml", body)
        #expect(again.object.resourceVersion == created.object.resourceVersion)
    }

    @Test func `says yes to every question about permissions`() async throws {
        let box = try Box()
        let answer = try await box.api.create(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            ["spec": ["resourceAttributes": ["verb": "get", "resource": "pods"]]])
        #expect(answer.status == 201)
        #expect(answer.object["status", "allowed"] == true)
    }

    @Test func `knows no version of the future`() async throws {
        let box = try Box()
        let future = try await box.api.get("/api/v1/namespaces?resourceVersion=99")
        #expect(future.status == 504)
        #expect(future.json["details"]?["causes"]?[0]?["reason"] == "ResourceVersionTooLarge")
    }

    private func pod(_ name: String) -> JSON {
        [
            "metadata": ["name": .string(name)],
            "spec": ["containers": [["name": "main", "image": "x"]]],
        ]
    }
}
