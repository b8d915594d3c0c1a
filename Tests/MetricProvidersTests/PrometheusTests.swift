import Analysis
import Curl
import Documents
import Testing

@testable import MetricProviders

let now = Timestamp(seconds: 1_767_323_045)

func question(_ provider: JSON, kind: String = "prometheus") throws -> Question {
    var metric = MetricSpec(name: "m", provider: .object(JSONObject([(kind, provider)])))
    metric.successCondition = "result[0] < 0.05"
    let run = RunSpec(
        metrics: [metric],
        arguments: [Argument(name: "token", source: .secret(name: "s", key: "k"))])
    return try Question(metric: "m", of: run, secrets: ["token": Secret("s3cr3t")])
}

/// A server that answers each request with the next of its answers, and remembers what was asked.
final actor Recorded {
    private(set) var requests: [CurlRequest] = []
    private var answers: [(Int, String)]

    init(_ answers: (Int, String)...) { self.init(answers) }

    init(_ answers: [(Int, String)]) { self.answers = answers }

    func take(_ request: CurlRequest) -> Response {
        requests.append(request)
        let (status, body) = answers.isEmpty ? (200, "") : answers.removeFirst()
        return Response(head: ResponseHead(status: status), body: Array(body.utf8))
    }

    nonisolated func source(defaultAddress: String? = nil) -> MetricSource {
        .live(
            ProviderEdge(defaultPrometheusAddress: defaultAddress, now: { now }) { request in
                await self.take(request)
            })
    }
}

let vector = """
    {"status":"success","data":{"resultType":"vector",
    "result":[{"metric":{},"value":[1767323045,"0.01"]}]}}
    """

struct `A Prometheus query` {
    /// Holds: 5.10 query, 5.10 timeout, 5.10 headers.
    @Test func `is a POST form with query and time`() async throws {
        let server = Recorded((200, vector))
        let provider: JSON = [
            "address": "http://prometheus:9090/base/", "query": "sum(up{a=\"b c\"})", "timeout": 5,
            "insecure": true, "headers": [["key": "X-Scope", "value": "{{args.token}}"]],
        ]
        let answer = try await server.source().ask(question(provider))
        #expect(answer == Answer(value: MetricValue(samples: [0.01])))
        let request = try #require(await server.requests.first)
        #expect(request.url == "http://prometheus:9090/base/api/v1/query")
        #expect(request.method == "POST")
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == "query=sum%28up%7Ba%3D%22b%20c%22%7D%29&time=1767323045")
        #expect(request.timeoutMilliseconds == 5_000)
        #expect(!request.verifiesPeer)
        #expect(request.headers.contains(Header("X-Scope", "s3cr3t")))
        #expect(
            request.headers.contains(Header("Content-Type", "application/x-www-form-urlencoded")))
    }

    /// Holds: 5.10 query.
    @Test(arguments: [405, 501])
    func `falls back to GET where POST is not taken`(_ status: Int) async throws {
        let server = Recorded((status, ""), (200, vector))
        _ = try await server.source().ask(question(["address": "http://p", "query": "up"]))
        let request = try #require(await server.requests.last)
        #expect(request.method == "GET" && request.body == nil)
        #expect(request.url == "http://p/api/v1/query?query=up&time=1767323045")
    }

    /// Holds: 5.10 rangeQuery.
    @Test func `over a range computes its start and end`() async throws {
        let server = Recorded((200, vector))
        let range: JSON = ["start": "now() - duration('1h')", "end": "now()", "step": "1m30s"]
        let provider: JSON = ["address": "http://p", "query": "up", "rangeQuery": range]
        _ = try await server.source().ask(question(provider))
        let request = try #require(await server.requests.first)
        #expect(request.url == "http://p/api/v1/query_range")
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == "query=up&start=1767319445&end=1767323045&step=90")
    }

    /// Holds: 5.10 address, 5.10 timeout, 7.4 prometheus address.
    @Test func `goes to the controller's Prometheus where it names none`() async throws {
        let server = Recorded((200, vector))
        _ = try await server.source(defaultAddress: "https://own").ask(question(["query": "up"]))
        #expect(await server.requests.first?.url == "https://own/api/v1/query")
        #expect(await server.requests.first?.timeoutMilliseconds == 30_000)
    }

    @Test(
        arguments: [
            (["query": "up"], "prometheus address is not configured"),
            (
                ["query": "up", "address": "prometheus:9090"],
                "prometheus address is not is url format"
            ),
            (["query": "up", "address": "http://"], "prometheus address is not is url format"),
            (["query": "up", "address": "http://a b"], "prometheus address is not is url format"),
            (
                ["query": "up", "address": "http://p", "timeout": -1],
                "prometheus timeout should not be negative"
            ),
            (["address": "http://p"], "query: is missing"),
            (
                [
                    "query": "up", "address": "http://p",
                    "authentication": ["oauth2": ["tokenUrl": "http://x"]],
                ],
                "missing mandatory parameter in metric for OAuth2 setup"
            ),
            (
                [
                    "query": "up", "address": "http://p",
                    "rangeQuery": ["start": "1", "end": "now()", "step": "1m"],
                ],
                "rangeQuery.start: expected time, but got int"
            ),
            (
                [
                    "query": "up", "address": "http://p",
                    "rangeQuery": ["start": "now()", "end": "now(", "step": "1m"],
                ],
                "rangeQuery.end: unexpected the end"
            ),
            (
                [
                    "query": "up", "address": "http://p",
                    "rangeQuery": ["start": "now()", "end": "now()", "step": "0s"],
                ],
                "rangeQuery.step: invalid duration"
            ),
        ] as [(JSON, String)])
    func `is refused before anything is sent`(_ provider: JSON, _ message: String) async throws {
        let server = Recorded()
        let error = await #expect(throws: ProviderError.self) {
            try await server.source().ask(question(provider))
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(await server.requests.isEmpty)
    }

    @Test func `is refused for a provider that nobody speaks`() async throws {
        await #expect(
            throws: ProviderError(
                "the provider grafana is not supported; use one of: \(ProviderKind.names)")
        ) {
            try await Recorded().source().ask(question(["query": "x"], kind: "grafana"))
        }
    }

    @Test func `is an error where nobody answers`() async throws {
        let edge = ProviderEdge(now: { now }) { request throws(CurlError) in
            throw CurlError(code: 28, host: "p", message: "Timeout was reached")
        }
        let question = try question(["address": "http://p", "query": "up"])
        let error = await #expect(throws: ProviderError.self) {
            try await MetricSource.live(edge).ask(question)
        }
        #expect(error?.message == "prometheus gave no answer: p: Timeout was reached (curl 28)")
        #expect(error?.isCancelled == false)
    }
}

struct `An answer of Prometheus` {
    func answer(_ body: String, status: Int = 200) throws(ProviderError) -> Answer {
        try prometheusAnswer(status: status, body: Array(body.utf8))
    }

    func data(_ type: String, _ result: String, _ more: String = "") -> String {
        "{\"status\":\"success\",\"data\":{\"resultType\":\"\(type)\",\"result\":\(result)}\(more)}"
    }

    func message(_ body: String, status: Int = 200) -> String {
        do {
            return "answered \(try answer(body, status: status))"
        } catch {
            return error.message
        }
    }

    /// Holds: 5.10 scalar, 5.10 vector, 5.10 matrix, 5.10 empty vector.
    @Test func `is a number, a list, or nothing at all`() throws {
        #expect(try answer(data("scalar", "[1,\"5\"]")) == Answer(value: .float(5), text: "5"))
        let two =
            "[{\"metric\":{},\"value\":[1,\"0.5\"]},"
            + "{\"metric\":{\"a\":\"b\"},\"value\":[1,\"1e-3\"]}]"
        #expect(try answer(data("vector", two)).text == "[0.5,0.001]")
        let matrix = "[{\"values\":[[1,\"1\"],[2,\"2\"]]},{\"values\":[[1,\"3\"]]}]"
        #expect(try answer(data("matrix", matrix)).value == MetricValue(samples: [1, 2, 3]))
        #expect(try answer(data("vector", "[]")) == Answer(value: .list([]), text: "[]"))
        let odd = "[{\"value\":[1,\"NaN\"]},{\"value\":[1,\"+Inf\"]},{\"value\":[1,\"-Inf\"]}]"
        #expect(try answer(data("vector", odd)).text == "[NaN,+Inf,-Inf]")
    }

    /// Holds: 5.10 warnings.
    @Test func `carries its warnings`() throws {
        let text = data("scalar", "[1,\"5\"]", ",\"warnings\":[\"w1\",\"w2\"]")
        #expect(try answer(text).metadata == ["warnings": "\"w1\", \"w2\""])
    }

    @Test func `shows no more than a status can hold`() async throws {
        let many =
            "["
            + Array(repeating: "{\"value\":[1,\"0.12345\"]}", count: 2_000).joined(separator: ",")
            + "]"
        let question = try question(["query": "up", "address": "http://p"])
        let answer = try await Recorded((200, data("vector", many))).source().ask(question)
        #expect(answer.text.count == 2_001 && answer.text.hasSuffix("…"))
    }

    /// Holds: 5.10 string.
    @Test(arguments: [
        (200, "", "bad_response"),
        (200, "<html><body>nginx</body></html>", "Is this the address of a Prometheus?"),
        (200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vec", "bad_response"),
        (200, "{\"status\":\"success\"}", "has no status, resultType and result"),
        (200, "[]", "bad_response"),
        (200, "null", "bad_response"),
        (200, "{\"status\":\"success\",\"data\":[]}", "bad_response"),
        (
            400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}",
            "bad_data: parse error"
        ),
        (200, "{\"status\":\"error\"}", "error: without a message"),
        (
            503, "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"slow\"}",
            "timeout: slow"
        ),
        (502, "<html>bad gateway", "server_error: server error: 502: \"<html>bad gateway\""),
        (404, "404 page not found", "client_error: client error: 404"),
        (301, "", "use the final address"),
        (401, "", "client_error: client error: 401"),
    ])
    func `that is none says what came instead`(_ status: Int, _ body: String, _ expected: String) {
        #expect(
            message(body, status: status).contains(expected), "\(message(body, status: status))")
    }

    /// Each text is cut where a part of the secret would still show.
    @Test(arguments: [
        (500, String(repeating: "~", count: 155) + "open-sesame"),
        (200, String(repeating: "~", count: 155) + "open-sesame"),
        (
            200,
            """
            {"status":"success","data":{"resultType":"scalar","result":\
            [1,"\(String(repeating: "~", count: 36))open-sesame"]}}
            """
        ),
    ])
    func `shows no part of a secret that it repeats`(status: Int, body: String) {
        let error = #expect(throws: ProviderError.self) {
            try prometheusAnswer(
                status: status, body: Array(body.utf8), redactor: Redactor([Secret("open-sesame")]))
        }
        #expect(error?.message.contains("~***") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("ope") == false)
    }

    @Test(arguments: [
        ("string", "[1,\"a\"]", "Prometheus metric type not supported"),
        ("vector", "[{\"histogram\":[1,{}]}]", "Prometheus metric type not supported"),
        ("vector", "[{\"value\":[1,\"five\"]}]", "\"five\" is no number"),
        ("vector", "[{\"value\":[1,5]}]", "expected [time, \"value\"]"),
        ("vector", "{}", "expected a list"),
        ("matrix", "[{\"values\":5}]", "expected a list"),
        ("scalar", "5", "expected [time, \"value\"]"),
        ("vector", "[5]", "Prometheus metric type not supported"),
    ])
    func `of another shape is no answer`(_ type: String, _ result: String, _ expected: String) {
        #expect(message(data(type, result)).contains(expected))
    }

    @Test func `of any bytes is an answer or an error`() {
        let whole = Array(data("vector", "[{\"metric\":{},\"value\":[1,\"0.5\"]}]").utf8)
        for length in 0..<whole.count {
            #expect(throws: ProviderError.self) {
                try prometheusAnswer(status: 200, body: Array(whole[..<length]))
            }
        }
        #expect(throws: ProviderError.self) {
            try prometheusAnswer(status: 200, body: Array(repeating: 0x5B, count: 100_000))
        }
    }

    /// Holds: 9.3 secrets.
    @Test func `becomes a measurement that hides the secret`() throws {
        let asked = try question(["query": "up{t=\"{{args.token}}\"}", "address": "http://p"])
        let answered = asked.concluded(with: try answer(vector), startedAt: now, finishedAt: now)
        #expect(answered.measurement.phase == .successful && answered.measurement.value == "[0.01]")
        let failure = asked.failed(
            message("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"near s3cr3t\"}"),
            startedAt: now, finishedAt: now)
        #expect(failure.measurement.message == "bad_data: near *****")
        #expect(failure.measurement.phase == .error)
    }
}
