import Analysis
import Curl
import Documents
import Testing

@testable import MetricProviders

struct `A web metric` {
    let url = "http://web/measure?service=a"

    func answer(_ body: String, _ path: String? = nil) async throws -> Answer {
        var provider: JSON = ["url": .string(url)]
        provider["jsonPath"] = path.map(JSON.string)
        return try await Recorded((200, body)).source().ask(question(provider, kind: "web"))
    }

    /// Holds: 5.11 method, 5.11 headers, 5.11 timeoutSeconds.
    @Test func `is a GET with its headers`() async throws {
        let server = Recorded((200, "{\"ok\":true}"))
        let provider: JSON = [
            "url": .string(url), "headers": [["key": "X-Token", "value": "{{args.token}}"]],
            "insecure": true,
        ]
        let answer = try await server.source().ask(question(provider, kind: "web"))
        #expect(answer == Answer(value: .object(["ok": .bool(true)]), text: "{\"ok\":true}"))
        let request = try #require(await server.requests.first)
        #expect(request.url == url && request.method == "GET" && request.body == nil)
        #expect(request.headers == [Header("X-Token", "s3cr3t")])
        #expect(request.timeoutMilliseconds == 10_000 && !request.verifiesPeer)
        #expect(!request.followsRedirects)
    }

    @Test(arguments: ["web", "prometheus"])
    func `that is not let in says where, and what to do`(_ kind: String) async throws {
        let address = "https://me:pass@w:8080/a/{{args.token}}"
        let provider: JSON =
            kind == "web"
            ? ["url": .string("\(address)?key=abcdef")]
            : ["address": .string(address), "query": "up"]
        let error = await #expect(throws: ProviderError.self) {
            try await Recorded((401, "Unauthorized")).source().ask(question(provider, kind: kind))
        }
        let path = kind == "web" ? "" : "/api/v1/query"
        #expect(
            error?.message.hasSuffix(
                "401: \"Unauthorized\"; give the metric what lets it in at "
                    + "https://w:8080/a/*****\(path): docs/KUBERNETES.md says for each provider "
                    + "where that stands") == true, "\(error?.message ?? "")")
    }

    /// Holds: 5.11 method, 5.11 body.
    @Test(arguments: ["POST", "PUT"])
    func `sends JSON or a text`(_ method: String) async throws {
        let server = Recorded((200, "1"), (200, "1"))
        let json: JSON = [
            "url": .string(url), "method": .string(method), "timeoutSeconds": 3,
            "jsonBody": ["a": ["{{args.token}}"], "b": 1],
        ]
        _ = try await server.source().ask(question(json, kind: "web"))
        let text: JSON = [
            "url": .string(url), "method": .string(method), "body": "a={{args.token}}",
        ]
        _ = try await server.source().ask(question(text, kind: "web"))
        let requests = await server.requests
        #expect(requests.map(\.method) == [method, method])
        let bodies = requests.map { String(decoding: $0.body ?? [], as: UTF8.self) }
        #expect(bodies == ["{\"a\":[\"s3cr3t\"],\"b\":1}", "a=s3cr3t"])
        #expect(requests[0].headers == [Header("Content-Type", "application/json")])
        #expect(requests[0].timeoutMilliseconds == 3_000 && requests[1].headers.isEmpty)
    }

    /// Holds: 5.11 jsonPath, 5.11 no JSON.
    /// Holds: 9.3 no JSON.
    @Test(
        arguments: [
            ("{\"data\":{\"ok\":true}}", "{$.data.ok}", .bool(true), "true"),
            ("{\"data\":{\"n\":0.95}}", "{.data.n}", .float(0.95), "0.95"),
            ("{\"data\":{\"n\":7}}", "{$.data.n}", .float(7), "7"),
            ("{\"data\":{\"s\":\"a\\\"b\"}}", "{$.data.s}", .string("a\"b"), "\"a\\\"b\""),
            ("[1,2,3]", "{$[1:]}", .float(2), "2"),
            ("{\"data\":null}", "{$.data}", .null, "null"),
            ("[1,\"x\"]", "{$}", .list([.float(1), .string("x")]), "[1,\"x\"]"),
            ("", "{$}", .null, "null"),
            (" \n", "{$}", .null, "null"),
            ("fine", "{$}", .string("fine"), "fine"),
        ] as [(String, String, MetricValue, String)])
    func `answers what its path selects`(
        _ body: String, _ path: String, _ value: MetricValue, _ text: String
    ) async throws {
        #expect(try await answer(body, path) == Answer(value: value, text: text))
    }

    /// Holds: 5.11 path to nowhere.
    @Test(arguments: [
        ("{\"data\":{}}", "{$.data.ok}", "Could not find JSONPath in body: ok is not found"),
        ("[1]", "{$[1]}", "array index out of bounds: index 1, length 1"),
        ("<html>login</html>", "{$.data.ok}", "the answer begins \"<html>login</html>\""),
        ("", "{$.data.ok}", "Could not find JSONPath in body"),
    ])
    func `is an error where its path leads nowhere`(
        _ body: String, _ path: String, _ message: String
    ) async throws {
        let error = await #expect(throws: ProviderError.self) { try await answer(body, path) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    /// An empty answer says nothing, whatever the condition.
    @Test(arguments: ["", "null"]) func `takes no data for no success`(_ body: String) async throws
    {
        var metric = MetricSpec(name: "m", provider: ["web": ["url": .string(url)]])
        metric.failureCondition = "result == 'bad'"
        let question = try Question(metric: "m", of: RunSpec(metrics: [metric]))
        let answer = try await Recorded((200, body)).source().ask(question)
        let taken = question.concluded(with: answer, startedAt: now, finishedAt: now)
        #expect(taken.measurement.phase == .inconclusive)
        #expect(taken.measurement.message == "no data: the provider answered null")
    }

    /// Holds: 5.11 status.
    @Test(arguments: [199, 302, 404, 503])
    func `is an error where the answer is no success`(_ status: Int) async throws {
        let server = Recorded((status, "no s3cr3t for you"))
        let error = await #expect(throws: ProviderError.self) {
            try await server.source().ask(
                question(
                    [
                        "url": .string(url),
                        "headers": [["key": "Authorization", "value": "Bearer plain-secret"]],
                    ], kind: "web"))
        }
        #expect(
            error?.message == "received non 2xx response code: \(status): \"no ***** for you\"")
    }

    /// Holds: 5.11 body, 5.11 method.
    @Test(
        arguments: [
            (["jsonPath": "{$}"], "url: is missing"),
            (["url": "web:80"], "url: is no URL"),
            (["url": "http://w", "method": "DELETE"], "method: unknown value \"DELETE\""),
            (["url": "http://w", "body": "x"], "Body/JSONBody can only be used with POST or PUT"),
            (
                ["url": "http://w", "method": "PUT", "body": "x", "jsonBody": [:]],
                "use either Body or JSONBody; both cannot exists for WebMetric payload"
            ),
            (
                ["url": "http://w", "jsonPath": "$.a"],
                "jsonPath: JSONPath: the path stands in braces"
            ),
            (
                ["url": "http://w", "authentication": ["oauth2": ["tokenUrl": "http://t"]]],
                "missing mandatory parameter in metric for OAuth2 setup; add clientId, clientSecret"
            ),
        ] as [(JSON, String)])
    func `is refused before anything is sent`(_ provider: JSON, _ message: String) async throws {
        let server = Recorded()
        let error = await #expect(throws: ProviderError.self) {
            try await server.source().ask(question(provider, kind: "web"))
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(await server.requests.isEmpty)
    }

    @Test func `hides the credentials of its document in what it says`() async throws {
        let question = try question(
            [
                "url": "http://user:pass-word@web/?api_key=key-in-url",
                "headers": [["key": "X-Api-Key", "value": "key-in-head"]],
            ], kind: "web")
        let echo = "\"pass-word key-in-url key-in-head\""
        let answer = try await Recorded((200, echo)).source().ask(question)
        let taken = question.concluded(with: answer, startedAt: now, finishedAt: now)
        #expect(taken.measurement.value == "\"***** ***** *****\"")
        #expect(taken.measurement.phase == .error)
        #expect(!taken.measurement.message.contains("key-in"))
    }
}

struct `A token of OAuth 2` {
    let oauth2: JSON = [
        "oauth2": [
            "tokenUrl": "https://login/token", "clientId": "me:1", "clientSecret": "{{args.token}}",
            "scopes": ["read", "all"],
        ]
    ]

    func provider(_ kind: String) -> JSON {
        kind == "web"
            ? ["url": "http://w", "authentication": oauth2]
            : ["address": "http://w", "query": "up", "authentication": oauth2]
    }

    /// Holds: 5.11 oauth2, 5.10 oauth2.
    @Test(arguments: ["web", "prometheus"])
    func `is fetched first and sent with the question`(_ kind: String) async throws {
        let server = Recorded((200, "{\"access_token\":\"t0k3n\"}"), (200, vector))
        _ = try await server.source().ask(question(provider(kind), kind: kind))
        let requests = await server.requests
        #expect(requests.map(\.url).first == "https://login/token" && requests.count == 2)
        let form = String(decoding: requests[0].body ?? [], as: UTF8.self)
        #expect(form == "grant_type=client_credentials&scope=read%20all")
        // me%3A1:s3cr3t
        #expect(requests[0].headers.contains(Header("Authorization", "Basic bWUlM0ExOnMzY3IzdA==")))
        #expect(requests[1].headers.contains(Header("Authorization", "Bearer t0k3n")))
    }

    @Test(arguments: [400, 401])
    func `is asked for in the body where the head is not taken`(_ status: Int) async throws {
        let server = Recorded(
            (status, "{\"error\":\"invalid_client\"}"),
            (200, "{\"access_token\":\"t0k3n\",\"token_type\":\"Bearer\"}"), (200, "1"))
        _ = try await server.source().ask(question(provider("web"), kind: "web"))
        let second = await server.requests[1]
        #expect(!second.headers.contains { $0.name == "Authorization" })
        let form = String(decoding: second.body ?? [], as: UTF8.self)
        #expect(form.hasSuffix("&client_id=me%3A1&client_secret=s3cr3t"))
    }

    @Test(arguments: [
        (500, "down s3cr3t", "oauth2: the token URL answered 500: \"down *****\""),
        (200, "access_token=abc", "oauth2: the answer of the token URL is no JSON"),
        (200, "{}", "oauth2: the answer of the token URL has no access_token"),
        (
            200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}",
            "oauth2: only bearer tokens are supported, this is another kind"
        ),
    ])
    func `that is none asks nothing`(_ status: Int, _ body: String, _ message: String) async throws
    {
        let server = Recorded((status, body))
        await #expect(throws: ProviderError(message)) {
            try await server.source().ask(question(provider("web"), kind: "web"))
        }
        #expect(await server.requests.count == 1)
    }

    @Test func `is in nothing that is said`() async throws {
        let token = (200, "{\"access_token\":\"t0k3n-of-the-hour\"}")
        let echo = Recorded(token, (200, "\"Bearer t0k3n-of-the-hour\""))
        let question = try question(provider("web"), kind: "web")
        let answer = try await echo.source().ask(question)
        let taken = question.concluded(with: answer, startedAt: now, finishedAt: now)
        #expect(taken.measurement.value == "\"Bearer *****\"")
        #expect(!taken.measurement.message.contains("t0k3n"))
        let refusal = Recorded(token, (403, "not for t0k3n-of-the-hour"))
        let error = await #expect(throws: ProviderError.self) {
            try await refusal.source().ask(question)
        }
        #expect(error?.message.contains("response code: 403: \"not for *****\"") == true)
    }
}
