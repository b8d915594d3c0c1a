import Curl
import Documents
import KubernetesClient
import KubernetesObjects
import Testing

/// Runs `body` with a client of a server that follows `script`.
func withClient<Result>(
    _ script: @escaping ScriptedServer.Script,
    _ body: (APIClient, ScriptedServer) async throws -> Result
) async throws -> Result {
    try await withServer(script) { server in
        let token = try #require(BearerToken("t0ken"))
        return try await body(
            APIClient(Connection(server: server.url, credential: .token(token))), server)
    }
}

/// One that would ask again at once.
private func patient(_ client: APIClient) -> APIClient {
    var client = client
    client.patience = Patience(sleep: { _ in }, jitter: { 0 })
    return client
}

let demo = Reference(.rollouts, namespace: "shop", name: "demo")
let demoPath = "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/demo"
let demoText =
    #"{"kind":"Rollout","metadata":{"name":"demo","namespace":"shop","resourceVersion":"7"}}"#

struct `An API client` {
    @Test func `reads an object by its path, with its token`() async throws {
        try await withClient {
            $1.answer(200, demoText)
        } _: { client, server in
            let object = try await client.get(demo)
            #expect(object.name == "demo")
            let request = try #require(server.requests.first)
            #expect(request.method == "GET")
            #expect(request.target == demoPath)
            #expect(request.headers["authorization"] == "Bearer t0ken")
            #expect(request.headers["user-agent"] == "sluice")
        }
    }

    @Test func `tells what it asked and what came back`() async throws {
        let told = Lock<[AnsweredRequest]>([])
        try await withClient {
            $1.answer(
                $0.target.hasPrefix(demoPath) ? 200 : 404,
                $0.target.hasPrefix(demoPath) ? demoText : "{}")
        } _: { client, _ in
            var client = client
            client.answered = { request in told.withLock { $0.append(request) } }
            _ = try await client.get(demo)
            _ = try await client.patch(demo, .merge([:]), subresource: "status")
            await #expect(throws: APIError.self) { try await client.list(.rollouts) }
            await #expect(throws: APIError.self) {
                try await client.watch(
                    .clusterAnalysisTemplates, from: "1")
            }
            await #expect(throws: APIError.self) { try await client.document(at: "/version") }
            let namespace = Reference(.namespaces, namespace: "", name: "shop")
            await #expect(throws: APIError.self) { try await client.delete(namespace) }
        }
        #expect(
            told.withLock { $0 } == [
                AnsweredRequest(kind: "rollouts", namespace: "shop", verb: "Get", status: 200),
                AnsweredRequest(kind: "rollouts", namespace: "shop", verb: "Patch", status: 200),
                AnsweredRequest(kind: "rollouts", namespace: "", verb: "List", status: 404),
                AnsweredRequest(
                    kind: "clusteranalysistemplates", namespace: "", verb: "Watch", status: 404),
                AnsweredRequest(kind: "", namespace: "", verb: "Get", status: 404),
                AnsweredRequest(kind: "namespaces", namespace: "", verb: "Delete", status: 404),
            ])
    }

    @Test func `tells also of what nobody answered`() async throws {
        let told = Lock<[AnsweredRequest]>([])
        var client = APIClient(Connection(server: "http://127.0.0.1:1"))
        client.answered = { request in told.withLock { $0.append(request) } }
        let silent = client
        await #expect(throws: APIError.self) { try await silent.get(demo) }
        #expect(told.withLock { $0 }.map(\.status) == [nil])
    }

    @Test(arguments: [
        "no such user: t0ken-of-anna", #"{"kind":"Status","message":"no user \"t0ken-of-anna\""}"#,
        String(repeating: "-", count: 270) + "Authorization: Bearer t0ken-of-anna",
    ])
    func `shows no token that a server repeats`(answer: String) async throws {
        try await withServer({ $1.answer(401, answer) }) { server in
            let token = try #require(BearerToken("t0ken-of-anna"))
            let client = APIClient(Connection(server: server.url, credential: .token(token)))
            let error = await #expect(throws: APIError.self) { try await client.get(demo) }
            let text = try #require(error?.description)
            #expect(text.contains("****"))
            #expect(!text.contains("t0ke"))
        }
    }

    @Test func `shows no login that a URL holds`() {
        #expect(withoutLogin("https://anna:s3cr3t@host:6443/a@b") == "https://host:6443/a@b")
        #expect(withoutLogin("https://host:6443/a@b") == "https://host:6443/a@b")
    }

    @Test func `lists page by page`() async throws {
        let script: ScriptedServer.Script = { request, connection in
            let isFirst = request.query["continue"] == nil
            let more = isFirst ? #","continue":"n&x""# : ""
            let items = #"[{"metadata":{"name":"\#(isFirst ? "a" : "b")"}}]"#
            connection.answer(
                200, #"{"metadata":{"resourceVersion":"9"\#(more)},"items":\#(items)}"#)
        }
        try await withClient(script) { client, server in
            let selection = Selection(
                namespace: "shop", labels: LabelSelector(labels: ["app": "demo"]),
                fields: .name("a"))
            let list = try await client.list(.pods, selection, pageLimit: 1)
            #expect(list.objects.map(\.name) == ["a", "b"])
            #expect(list.objects.map(\.kind) == ["Pod", "Pod"])
            #expect(list.resourceVersion == "9")
            #expect(
                server.requests.map(\.target) == [
                    "/api/v1/namespaces/shop/pods?labelSelector=app%3Ddemo"
                        + "&fieldSelector=metadata.name%3Da&limit=1",
                    "/api/v1/namespaces/shop/pods?labelSelector=app%3Ddemo"
                        + "&fieldSelector=metadata.name%3Da&limit=1&continue=n%26x",
                ])
        }
    }

    @Test func `lists anew when the server forgets in the middle`() async throws {
        let script: ScriptedServer.Script = { request, connection in
            if request.query["continue"] != nil {
                connection.answer(410, #"{"kind":"Status","reason":"Expired","message":"too old"}"#)
            } else {
                connection.answer(
                    200, #"{"metadata":{"resourceVersion":"9","continue":"n"},"items":[]}"#)
            }
        }
        try await withClient(script) { client, server in
            let error = await #expect(throws: APIError.self) { try await client.list(.pods) }
            #expect(error == .gone("too old"))
            #expect(server.requests.map { $0.query["continue"] } == [nil, "n", nil, "n"])
        }
    }

    @Test(arguments: [
        // Four objects of some forty bytes, and of four values, are more than is read at once.
        Limits(bytes: 150, depth: 10, nodes: 1_000), Limits(bytes: 10_000, depth: 10, nodes: 20),
    ])
    func `asks for less of what is too long, from where it is`(limits: Limits) async throws {
        let script: ScriptedServer.Script = { request, connection in
            let limit = request.query["limit"].flatMap { Int($0) } ?? 0
            let start = request.query["continue"].flatMap { Int($0) } ?? 0
            let end = min(start + limit, 5)
            let items = (start..<end).map { #"{"metadata":{"name":"\#($0)","uid":"abcdefgh"}}"# }
            let more = end < 5 ? #","continue":"\#(end)""# : ""
            connection.answer(
                200,
                #"{"metadata":{"resourceVersion":"9"\#(more)},"#
                    + #""items":[\#(items.joined(separator: ","))]}"#)
        }
        try await withClient(script) { client, server in
            var client = client
            client.limits = limits
            let list = try await client.list(.pods, pageLimit: 4)
            #expect(list.objects.map(\.name) == ["0", "1", "2", "3", "4"])
            let asked = server.requests.map {
                "\($0.query["limit"] ?? "") from \($0.query["continue"] ?? "0")"
            }
            #expect(asked == ["4 from 0", "2 from 0", "2 from 2", "2 from 4"])
        }
    }

    @Test func `says what is too long where a single object is`() async throws {
        let script: ScriptedServer.Script = { $1.answer(200, String(repeating: " ", count: 200)) }
        try await withClient(script) { client, server in
            var client = client
            client.limits.bytes = 150
            let reader = client
            let error = await #expect(throws: APIError.self) {
                try await reader.list(.pods, pageLimit: 4)
            }
            #expect(error?.description.contains("longer than 150 bytes") == true)
            #expect(server.requests.map { $0.query["limit"] } == ["4", "2", "1"])
        }
    }

    @Test func `creates as the field manager sluice`() async throws {
        try await withClient {
            $1.answer(201, demoText)
        } _: { client, server in
            let object = Object([
                "kind": "Rollout", "metadata": ["name": "demo", "namespace": "shop"],
            ])
            let created = try await client.create(object, of: .rollouts, dryRun: true)
            #expect(created.resourceVersion == "7")
            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.path == "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts")
            #expect(request.query == ["fieldManager": "sluice", "dryRun": "All"])
            #expect(try JSON(parsing: request.body) == object.json)
        }
    }

    @Test(arguments: [
        (Patch.merge(["a": 1]), "application/merge-patch+json", "?fieldManager=sluice"),
        (.json([["op": "test"]]), "application/json-patch+json", "?fieldManager=sluice"),
        (.strategic(["a": 1]), "application/strategic-merge-patch+json", "?fieldManager=sluice"),
        (
            .apply(["a": 1], manager: "other", force: true), "application/apply-patch+yaml",
            "?fieldManager=other&force=true"
        ),
    ])
    func `patches in every form`(patch: Patch, type: String, query: String) async throws {
        try await withClient {
            $1.answer(200, demoText)
        } _: { client, server in
            _ = try await client.patch(demo, patch, subresource: "status")
            let request = try #require(server.requests.first)
            #expect(request.method == "PATCH")
            #expect(request.target == "\(demoPath)/status\(query)")
            #expect(request.headers["content-type"] == type)
            #expect(try JSON(parsing: request.body) == patch.body)
        }
    }

    @Test func `deletes what it means and nothing else`() async throws {
        try await withClient {
            $1.answer(200, #"{"kind":"Status"}"#)
        } _: { client, server in
            let left = try await client.delete(
                demo, propagation: .foreground, uid: "u", resourceVersion: "7")
            #expect(left == nil)
            let request = try #require(server.requests.first)
            #expect(request.method == "DELETE")
            let body = try JSON(parsing: request.body)
            #expect(body["propagationPolicy"] == "Foreground")
            #expect(body["preconditions"] == ["uid": "u", "resourceVersion": "7"])
        }
    }

    @Test func `returns a deleted object that stays for its finalizers`() async throws {
        let metadata = #"{"name":"demo","deletionTimestamp":"2026-01-02T03:04:05Z"}"#
        let text = #"{"kind":"Rollout","metadata":\#(metadata)}"#
        try await withClient {
            $1.answer(200, text)
        } _: { client, _ in
            let left = try await client.delete(demo)
            #expect(left?.name == "demo")
        }
    }
}

struct `An answer that is no success` {
    @Test(arguments: [
        (404, "NotFound", APIError.notFound("m")), (409, "Conflict", .conflict("m")),
        (409, "AlreadyExists", .alreadyExists("m")), (410, "Expired", .gone("m")),
        (410, "Gone", .gone("m")), (401, "Unauthorized", .refused(status: 401, message: "m")),
        (403, "Forbidden", .refused(status: 403, message: "m")),
        (422, "Invalid", .refused(status: 422, message: "m")),
        (429, "TooManyRequests", .throttled(retryAfterSeconds: 1)),
        (500, "InternalError", .unreachable(reason: "answered 500: m")),
        (503, "ServiceUnavailable", .unreachable(reason: "answered 503: m")),
    ])
    func `says what to do next`(status: Int, reason: String, expected: APIError) async throws {
        let body = #"{"kind":"Status","reason":"\#(reason)","message":"m"}"#
        try await withClient {
            $1.answer(status, body)
        } _: { client, _ in
            let error = await #expect(throws: APIError.self) { try await client.get(demo) }
            #expect(error == expected)
        }
    }

    @Test(arguments: [("7", 7), ("0", 1), ("86400", 60), ("Wed, 21 Oct 2026 07:28:00 GMT", 1)])
    func `that throttles is believed within bounds`(header: String, seconds: Int) async throws {
        let script: ScriptedServer.Script = { $1.answer(429, "", headers: ["Retry-After": header]) }
        try await withClient(script) { client, _ in
            let error = await #expect(throws: APIError.self) { try await client.get(demo) }
            #expect(error == .throttled(retryAfterSeconds: seconds))
        }
    }

    /// Holds: 4.13 disruption budget.
    @Test func `to an eviction may be that of a disruption budget, which is asked once`()
        async throws
    {
        let causes = #"[{"reason":"DisruptionBudget","message":"needs 2 healthy pods"}]"#
        let body =
            #"{"kind":"Status","reason":"TooManyRequests","code":429,"message":"m","#
            + #""details":{"causes":\#(causes),"retryAfterSeconds":10}}"#
        try await withClient {
            $1.answer(429, body, headers: ["Retry-After": "10"])
        } _: { client, server in
            let pod = Reference(.pods, namespace: "shop", name: "old")
            let asking = patient(client)
            let error = await #expect(throws: APIError.self) { try await asking.evict(pod) }
            #expect(error == .conflict("m"))
            #expect(server.requests.map(\.target) == ["/api/v1/namespaces/shop/pods/old/eviction"])
        }
    }

    @Test func `to a scheduler binds a pod to its node`() async throws {
        try await withClient {
            $1.answer(201, #"{"kind":"Status","status":"Success"}"#)
        } _: { client, server in
            try await client.bind(Reference(.pods, namespace: "shop", name: "new"), to: "one")
            let request = try #require(server.requests.first)
            #expect(request.target == "/api/v1/namespaces/shop/pods/new/binding")
            let body = try JSON(parsing: request.body)
            #expect(body["target"] == ["apiVersion": "v1", "kind": "Node", "name": "one"])
        }
    }

    @Test func `may be that the namespace is going, and nobody has to look`() async throws {
        let causes = #"[{"reason":"NamespaceTerminating","field":"metadata.namespace"}]"#
        let body =
            #"{"kind":"Status","reason":"Forbidden","code":403,"message":"m","#
            + #""details":{"causes":\#(causes)}}"#
        try await withClient {
            $1.answer(403, body)
        } _: { client, _ in
            let error = await #expect(throws: APIError.self) { try await client.get(demo) }
            #expect(error == .ending("m"))
        }
    }

    @Test func `of a proxy is shown in part`() async throws {
        let page = String(repeating: "x", count: 1000)
        try await withClient {
            $1.answer(403, page)
        } _: { client, _ in
            let error = await #expect(throws: APIError.self) { try await client.get(demo) }
            let message = "GET \(demoPath): \(page.prefix(300))"
            #expect(error == .refused(status: 403, message: message))
        }
    }

    @Test func `or no JSON, leaves the server unreachable`() async throws {
        try await withClient {
            $1.answer(200, "<html>")
        } _: { client, _ in
            let error = await #expect(throws: APIError.self) { try await client.get(demo) }
            guard case .unreachable(let reason) = error else {
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
            #expect(reason.contains("the answer to GET \(demoPath):1:1"))
        }
    }

    @Test func `or none at all, names the host`() async throws {
        let server = try ScriptedServer { $1.answer(200) }
        server.stop()
        let client = APIClient(Connection(server: server.url))
        let error = await #expect(throws: APIError.self) { try await client.get(demo) }
        #expect(error?.description.contains("127.0.0.1:\(server.port)") == true)
    }

    @Test func `is no error of the server when the caller was cancelled`() async throws {
        try await withClient {
            $1.waitForHangUp()
        } _: { client, _ in
            let task = Task { try await client.get(demo) }
            task.cancel()
            let error = await #expect(throws: APIError.self) { try await task.value }
            #expect(error == .cancelled)
        }
    }
}
