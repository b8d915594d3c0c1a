import Documents
import KubernetesClient
import KubernetesObjects
import Testing

/// The line of a watch that tells of the rollout `name`.
func line(_ type: String, _ name: String, version: Int, uid: String = "u", owner: String? = nil)
    -> String
{
    event(type, rollout(name, version: version, uid: uid, owner: owner))
}

func event(_ type: String, _ object: Object) -> String {
    let event: JSON = ["type": .string(type), "object": object.json]
    return event.text + "\n"
}

func rollout(
    _ name: String, version: Int, uid: String = "u", owner: String? = nil, spec: JSON? = nil
) -> Object {
    var object = Object([
        "kind": "Rollout",
        "metadata": [
            "name": .string(name), "namespace": "shop", "uid": .string(uid),
            "resourceVersion": .string("\(version)"),
        ],
    ])
    if let owner {
        let reference = OwnerReference(apiVersion: "v1", kind: "Owner", name: owner, uid: owner)
        object["metadata", "ownerReferences"] = [reference.json]
    }
    object["spec"] = spec
    return object
}

struct `A watch` {

    private func events(_ watch: Watch) async throws -> [Watch.Event] {
        var events: [Watch.Event] = []
        for try await event in watch { events.append(event) }
        return events
    }

    @Test func `asks to begin after a version, and for bookmarks`() async throws {
        let script: ScriptedServer.Script = { _, connection in
            connection.begin()
            connection.end()
        }
        try await withClient(script) { client, server in
            let selection = Selection(namespace: "shop")
            _ = try await client.watch(.rollouts, selection, from: "7", seconds: 60)
            let query = try #require(server.requests.first).query
            #expect(
                query == [
                    "watch": "true", "allowWatchBookmarks": "true", "resourceVersion": "7",
                    "timeoutSeconds": "60",
                ])
        }
    }

    @Test func `brings every event, however the bytes were cut`() async throws {
        let bookmark = #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"12"}}}"#
        let text =
            line("ADDED", "a", version: 9) + line("MODIFIED", "a", version: 10)
            + line("DELETED", "a", version: 11) + line("FUTURE", "a", version: 11) + "\n\n"
            + bookmark + "\n"
        let script: ScriptedServer.Script = { _, connection in
            connection.begin()
            for piece in Array(text).chunks(of: 7) { connection.chunk(String(piece)) }
            connection.end()
        }
        try await withClient(script) { client, _ in
            let watch = try await client.watch(.rollouts, from: "7")
            let events = try await events(watch)
            let object = { Object(rollout("a", version: $0).json.adding("argoproj.io/v1alpha1")) }
            #expect(
                events == [
                    .added(object(9)), .modified(object(10)), .deleted(object(11)),
                    .bookmark(resourceVersion: "12"),
                ])
            #expect(events.last?.resourceVersion == "12")
        }
    }

    @Test func `of a forgotten version is gone, at the start and in the middle`() async throws {
        let script: ScriptedServer.Script = { request, connection in
            if request.query["resourceVersion"] == "1" {
                connection.answer(410, #"{"kind":"Status","code":410,"message":"too old"}"#)
            } else {
                connection.begin()
                let status = #"{"kind":"Status","code":410,"reason":"Expired","message":"lost"}"#
                connection.chunk(#"{"type":"ERROR","object":\#(status)}"# + "\n")
                connection.waitForHangUp()
            }
        }
        try await withClient(script) { client, _ in
            let early = await #expect(throws: APIError.self) {
                try await client.watch(.rollouts, from: "1")
            }
            #expect(early == .gone("too old"))
            let watch = try await client.watch(.rollouts, from: "2")
            let late = await #expect(throws: APIError.self) { try await events(watch) }
            #expect(late == .gone("lost"))
        }
    }

    @Test func `shows no token that comes back in the middle`() async throws {
        let script: ScriptedServer.Script = { request, connection in
            let heard = request.headers["authorization"] ?? ""
            connection.begin()
            if request.query["resourceVersion"] == "1" {
                connection.chunk("{\"\(heard)\": 1, \"\(heard)\": 2}\n")
            } else {
                let status = #"{"kind":"Status","code":403,"message":"heard \#(heard)"}"#
                connection.chunk(#"{"type":"ERROR","object":\#(status)}"# + "\n")
            }
            connection.waitForHangUp()
        }
        let token = try #require(BearerToken("t0ken-of-anna"))
        try await withServer(script) { server in
            let client = APIClient(Connection(server: server.url, credential: .token(token)))
            for version in ["1", "2"] {
                let watch = try await client.watch(.rollouts, from: version)
                let error = await #expect(throws: APIError.self) { try await events(watch) }
                #expect(error?.description.contains("*****") == true)
                #expect(error?.description.contains("anna") == false)
            }
        }
    }

    @Test func `that is silent for too long is given up`() async throws {
        let script: ScriptedServer.Script = { _, connection in
            connection.begin()
            connection.chunk(line("ADDED", "a", version: 9))
            connection.waitForHangUp()
        }
        try await withClient(script) { client, _ in
            var client = client
            client.watchSilenceMilliseconds = 500
            let watch = try await client.watch(.rollouts, from: "7")
            var iterator = watch.makeAsyncIterator()
            let first = try await iterator.next()
            #expect(first?.resourceVersion == "9")
            let error = await #expect(throws: APIError.self) { try await iterator.next() }
            #expect(error?.description.contains("nothing came for 500 milliseconds") == true)
        }
    }

    @Test func `that breaks off leaves the server unreachable`() async throws {
        let script: ScriptedServer.Script = { _, connection in
            connection.begin()
            connection.chunk(#"{"type":"ADD"#)
            connection.hangUp()
        }
        try await withClient(script) { client, _ in
            let watch = try await client.watch(.rollouts, from: "7")
            let error = await #expect(throws: APIError.self) { try await events(watch) }
            guard case .unreachable = error else {
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
        }
    }
}

extension Array {
    func chunks(of count: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: self.count, by: count).map {
            self[$0..<Swift.min($0 + count, self.count)]
        }
    }
}

extension JSON {
    func adding(_ apiVersion: String) -> JSON {
        var copy = self
        copy["apiVersion"] = .string(apiVersion)
        return copy
    }
}
