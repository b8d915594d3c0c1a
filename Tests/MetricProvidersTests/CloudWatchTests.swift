import Analysis
import Curl
import Documents
import Testing

@testable import MetricProviders

struct `A metric of CloudWatch` {
    let environment = [
        "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "the-secret-key",
        "AWS_REGION": "eu-west-1",
    ]
    let provider: JSON = [
        "interval": "15m",
        "metricDataQueries": [
            ["id": "rate", "expression": "errors / requests"],
            [
                "id": "errors", "returnData": false,
                "metricStat": [
                    "metric": [
                        "namespace": "app", "metricName": "errors",
                        "dimensions": [["name": "pod", "value": "{{args.token}}"]],
                    ], "period": "300", "stat": "Sum", "unit": "Count",
                ],
            ],
        ],
    ]

    func answer(_ server: Recorded, _ provider: JSON) async throws -> Answer {
        try await ask(server, question(provider, kind: "cloudWatch"), environment: environment)
    }

    /// Holds: 5.13 cloudWatch.
    @Test func `is asked for in the words of CloudWatch, signed`() async throws {
        let server = Recorded((200, "{\"MetricDataResults\":[]}"))
        _ = try await answer(server, provider)
        let request = try #require(await server.requests.first)
        #expect(request.url == "https://monitoring.eu-west-1.amazonaws.com/")
        #expect(
            request.headers.contains(
                Header("X-Amz-Target", "GraniteServiceVersion20100801.GetMetricData")))
        let authorization = request.headers.first { $0.name == "Authorization" }?.value ?? ""
        #expect(authorization.contains("/20260102/eu-west-1/monitoring/aws4_request"))
        #expect(
            try body(request) == [
                "StartTime": 1_767_322_145, "EndTime": 1_767_323_045,
                "MetricDataQueries": [
                    ["Id": "rate", "Expression": "errors / requests"],
                    [
                        "Id": "errors", "ReturnData": false,
                        "MetricStat": [
                            "Metric": [
                                "MetricName": "errors", "Namespace": "app",
                                "Dimensions": [["Name": "pod", "Value": "s3cr3t"]],
                            ], "Stat": "Sum", "Period": 300, "Unit": "Count",
                        ],
                    ],
                ],
            ])
    }

    @Test func `is a list of results`() async throws {
        let text = """
            {"MetricDataResults":[{"Id":"rate","Values":[0.5,1]},{"Id":"b","Values":[]}],
            "Messages":[{"Code":"c","Value":"v"}]}
            """
        let answer = try await answer(Recorded((200, text)), provider)
        #expect(
            answer.value
                == .list([
                    .object(["Id": .string("rate"), "Values": .list([.float(0.5), .float(1)])]),
                    .object(["Id": .string("b"), "Values": .list([])]),
                ]))
        #expect(answer.text == "[[0.5,1],[]]")
        #expect(answer.metadata == ["messages": "[{\"Code\":\"c\",\"Value\":\"v\"}]"])
    }

    /// `all(result[0].Values, …)` is true of no values at all.
    @Test func `without values is no success`() async throws {
        let text = "{\"MetricDataResults\":[{\"Id\":\"rate\",\"Values\":[]}]}"
        var metric = MetricSpec(name: "m", provider: ["cloudWatch": provider])
        metric.successCondition = "all(result[0].Values, {# <= 0.01})"
        let token = Argument(name: "token", value: "x")
        let question = try Question(metric: "m", of: RunSpec(metrics: [metric], arguments: [token]))
        let answer = try await ask(Recorded((200, text)), question, environment: environment)
        let taken = question.concluded(with: answer, startedAt: now, finishedAt: now)
        #expect(taken.measurement.phase == .error)
        #expect(taken.measurement.message.hasPrefix("no data: the query matched no series"))
    }

    @Test(arguments: [
        (403, "no the-secret-key", "received non 2xx response code: 403: \"no *****\""),
        (200, "{}", "cloudwatch: the answer has no MetricDataResults"),
        (200, "<xml>", "cloudwatch answered no JSON"),
    ])
    func `that is none is an error`(_ status: Int, _ text: String, _ message: String) async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await answer(Recorded((status, text)), provider)
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(
        arguments: [
            ([:], "metricDataQueries: needs a query"),
            (["metricDataQueries": [["expression": "a"]]], "[0].id: is missing"),
            (["metricDataQueries": [["id": "a"]]], "needs either expression or metricStat"),
            (["metricDataQueries": [["id": "a", "expression": "b", "period": "x"]]], "no period"),
            (
                ["metricDataQueries": [["id": "a", "metricStat": ["metric": [:]]]]],
                "metricStat.metric.metricName: is missing"
            ),
            (["metricDataQueries": "[]"], "expected a list"),
        ] as [(JSON, String)])
    func `is refused before anything is sent`(_ provider: JSON, _ message: String) async throws {
        let server = Recorded()
        let error = await #expect(throws: ProviderError.self) {
            try await answer(server, provider)
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(await server.requests.isEmpty)
    }
}

struct `A metric of SkyWalking` {
    let provider: JSON = [
        "address": "http://oap:12800/", "interval": "3m",
        "query": "query q($duration: Duration!) { a(name: \"{{args.token}}\") }",
    ]

    func answer(_ text: String) async throws -> Answer {
        try await ask(Recorded((200, text)), question(provider, kind: "skywalking"))
    }

    /// Holds: 5.13 skywalking.
    @Test func `is a GraphQL query over its interval`() async throws {
        let server = Recorded((200, "{\"data\":{\"a\":1}}"))
        let answer = try await ask(server, question(provider, kind: "skywalking"))
        #expect(answer == Answer(value: .object(["a": .float(1)]), text: "{\"a\":1}"))
        let request = try #require(await server.requests.first)
        #expect(request.url == "http://oap:12800/graphql" && request.method == "POST")
        #expect(
            try body(request) == [
                "query": "query q($duration: Duration!) { a(name: \"s3cr3t\") }",
                "variables": [
                    "duration": [
                        "start": "2026-01-02 0301", "end": "2026-01-02 0304", "step": "MINUTE",
                    ]
                ],
            ])
    }

    @Test(arguments: ["{\"data\":{\"a\":{\"values\":[],\"label\":null}}}", "{\"data\":{}}"])
    func `with nothing in it is null`(_ text: String) async throws {
        #expect(try await answer(text).value == .null)
    }

    @Test(arguments: [
        ("{\"errors\":[{\"message\":\"bad s3cr3t\"}]}", "skywalking: bad *****"),
        ("{\"data\":null,\"errors\":[{}]}", "skywalking: an error"),
        ("{}", "skywalking: the answer has no data"),
    ])
    func `that is none is an error`(_ text: String, _ message: String) async throws {
        await #expect(throws: ProviderError(message)) { try await answer(text) }
    }

    @Test func `is refused without its address and query`() throws {
        let findings = Reader.Findings()
        _ = SkyWalkingSpec(reading: Reader(["interval": "soon"], findings: findings))
        #expect(findings.all.map(\.path.description) == ["address", "query", "interval"])
    }
}
