import Analysis
import Curl
import Documents
import Testing

@testable import MetricProviders

/// A question to a provider that a Secret lets in.
func question(
    _ kind: String, _ provider: JSON, credentials: [String: String]
) throws -> Question {
    try question(provider, kind: kind).with(credentials: credentials)
}

func ask(
    _ server: Recorded, _ question: Question, environment: [String: String] = [:]
) async throws -> Answer {
    var edge = ProviderEdge(now: { now }) { await server.take($0) }
    edge.environment = environment
    return try await MetricSource.live(edge).ask(question)
}

func body(_ request: CurlRequest?) throws -> JSON {
    try JSON(parsing: request?.body ?? [], file: "body")
}

struct `A metric of Datadog` {
    let keys = ["api-key": "the-api-key", "app-key": "the-app-key", "address": "https://dd.eu/"]
    let points = "{\"series\":[{\"pointlist\":[[1,0.5],[2,0.25]]}]}"

    func columns(_ columns: String) -> String {
        "{\"data\":{\"type\":\"scalar_response\",\"attributes\":{\"columns\":\(columns)}}}"
    }

    /// Holds: 5.13 datadog.
    @Test func `is the last point of a series`() async throws {
        let server = Recorded((200, points))
        let question = try question(
            "datadog", ["query": "avg:x{a:{{args.token}}}", "interval": "10m"], credentials: keys)
        let answer = try await ask(server, question)
        #expect(answer == Answer(value: .float(0.25)))
        let request = try #require(await server.requests.first)
        #expect(
            request.url == "https://dd.eu/api/v1/query?query=avg%3Ax%7Ba%3As3cr3t%7D"
                + "&from=1767322445&to=1767323045")
        #expect(request.method == "GET" && request.timeoutMilliseconds == 10_000)
        #expect(request.headers.contains(Header("DD-API-KEY", "the-api-key")))
        #expect(request.headers.contains(Header("DD-APPLICATION-KEY", "the-app-key")))
    }

    /// Holds: 5.13 datadog.
    @Test func `in version 2 is what the formula gives`() async throws {
        let server = Recorded((200, columns("[{\"type\":\"number\",\"values\":[0.5]}]")))
        let provider: JSON = [
            "apiVersion": "v2", "queries": ["b": "sum:y{*}", "a": "sum:x{*}"], "formula": "a / b",
            "aggregator": "sum", "requestTimeout": "1m",
        ]
        let answer = try await ask(server, question("datadog", provider, credentials: keys))
        #expect(answer == Answer(value: .float(0.5)))
        let request = try #require(await server.requests.first)
        #expect(request.url == "https://dd.eu/api/v2/query/scalar" && request.method == "POST")
        #expect(request.timeoutMilliseconds == 60_000)
        let attributes = try body(request)["data"]?["attributes"]
        #expect(attributes?["from"] == 1_767_322_745_000)
        #expect(attributes?["to"] == 1_767_323_045_000)
        #expect(attributes?["formulas"] == [["formula": "a / b"]])
        #expect(
            attributes?["queries"]?[0] == [
                "aggregator": "sum", "data_source": "metrics", "name": "b", "query": "sum:y{*}",
            ])
    }

    @Test(
        arguments: [
            ("[{\"type\":\"number\",\"values\":[null]}]", .null),
            ("[{\"type\":\"number\",\"values\":[]}]", .null), ("[]", .null),
            (
                """
                [{"type":"group","values":[["a"],["b"]]},{"type":"number","values":[1,2.5]}]
                """, .list([.float(1), .float(2.5)])
            ),
        ] as [(String, MetricValue)])
    func `is null where there is no data, a list where it is grouped`(
        _ text: String, _ value: MetricValue
    ) async throws {
        let provider: JSON = ["apiVersion": "v2", "query": "x"]
        let question = try question("datadog", provider, credentials: keys)
        #expect(try await ask(Recorded((200, columns(text))), question).value == value)
    }

    @Test(arguments: ["{\"series\":[]}", "{\"series\":[{\"pointlist\":[]}]}"])
    func `without a point is no success`(_ text: String) async throws {
        let question = try question("datadog", ["query": "x"], credentials: keys)
        let answer = try await ask(Recorded((200, text)), question)
        let taken = question.concluded(with: answer, startedAt: now, finishedAt: now)
        #expect(answer.value == .null && taken.measurement.phase != .successful)
    }

    @Test(arguments: [
        (403, "{\"errors\":[\"Forbidden the-api-key\"]}", "received non 2xx response code: 403"),
        (200, "{\"error\":\"bad the-app-key\"}", "datadog: bad *****"),
        (200, "{\"errors\":[\"no\"]}", "datadog: no"), (200, "[]", "datadog: the answer has no"),
        (200, "<html>", "datadog answered no JSON"),
        (200, "{\"series\":[{\"pointlist\":[[1]]}]}", "points of two numbers"),
        (200, "{\"series\":[{\"pointlist\":[[1,\"x\"]]}]}", "a value is a string, no number"),
    ])
    func `that is none is an error`(_ status: Int, _ text: String, _ message: String) async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await ask(
                Recorded((status, text)), question("datadog", ["query": "x"], credentials: keys))
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("the-a") == false)
    }

    /// The controller's own variables count before its Secret, but not before one that is named.
    @Test(arguments: [(nil, "in-the-environment"), ("mine", "the-api-key")] as [(String?, String)])
    func `knows two ways to its keys`(_ name: String?, _ key: String) async throws {
        var provider: JSON = ["query": "x"]
        if let name { provider["secretRef"] = ["name": .string(name), "namespaced": true] }
        let server = Recorded((200, points))
        _ = try await ask(
            server, question("datadog", provider, credentials: keys),
            environment: ["DD_API_KEY": "in-the-environment", "DD_APP_KEY": "b"])
        let header = await server.requests.first?.headers.first { $0.name == "DD-API-KEY" }
        #expect(header?.value == key)
    }

    @Test func `without keys asks nothing`() async throws {
        let server = Recorded()
        await #expect(
            throws: ProviderError(
                "API or App token not found; keep api-key and app-key in the Secret datadog")
        ) { try await ask(server, question("datadog", ["query": "x"], credentials: [:])) }
        #expect(await server.requests.isEmpty)
    }

    @Test(
        arguments: [
            ([:], "needs a query or queries"),
            (["query": "x", "apiVersion": "v3"], "unknown value \"v3\""),
            (["query": "x", "interval": "5"], "interval: invalid duration \"5\""),
            (
                ["apiVersion": "v2", "query": "x", "queries": ["a": "x"]],
                "Cannot have both a query"
            ),
            (["apiVersion": "v2", "queries": ["a": "x", "b": "y"]], "you must include a formula"),
            (
                ["apiVersion": "v2", "query": "x", "formula": "a"],
                "only valid when queries are set"
            ),
            (["queries": ["a": "x"]], "queries: is only there in version 2"),
            (["apiVersion": "v2", "query": "x", "aggregator": "p9"], "unknown value \"p9\""),
        ] as [(JSON, String)])
    func `is refused before anything is sent`(_ provider: JSON, _ message: String) async throws {
        let server = Recorded()
        let error = await #expect(throws: ProviderError.self) {
            try await ask(server, question("datadog", provider, credentials: keys))
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(await server.requests.isEmpty)
    }
}

struct `A metric of New Relic` {
    let keys = ["personal-api-key": "the-nr-key", "account-id": "42"]

    func results(_ results: String) -> String {
        "{\"data\":{\"actor\":{\"account\":{\"nrql\":{\"results\":\(results)}}}}}"
    }

    /// Holds: 5.13 newRelic.
    @Test func `is what NerdGraph answers`() async throws {
        let server = Recorded((200, results("[{\"rate\":0.5,\"x.y\":null}]")))
        let question = try question(
            "newRelic", ["query": "SELECT '{{args.token}}'"], credentials: keys)
        let answer = try await ask(server, question)
        #expect(answer.value == .object(["rate": .float(0.5), "x.y": .null]))
        #expect(answer.text == "{\"rate\":0.5,\"x.y\":null}")
        let request = try #require(await server.requests.first)
        #expect(request.url == "https://api.newrelic.com/graphql" && request.method == "POST")
        #expect(request.headers.contains(Header("API-Key", "the-nr-key")))
        #expect(
            try body(request)["variables"]
                == ["id": 42, "nrql": "SELECT 's3cr3t'", "seconds": 5])
    }

    @Test func `is a list for several results, and null for none`() async throws {
        let question = try question("newRelic", ["query": "x"], credentials: keys)
        let two = Recorded((200, results("[{\"a\":1},{\"a\":2}]")))
        let list = MetricValue.list([.object(["a": .float(1)]), .object(["a": .float(2)])])
        #expect(try await ask(two, question).value == list)
        for none in ["[]", "[{}]"] {
            #expect(try await ask(Recorded((200, results(none))), question).value == .null)
        }
    }

    @Test(arguments: [
        (["region": "eu"], "https://api.eu.newrelic.com/graphql"),
        (["base-url-nerdgraph": "http://proxy/nr"], "http://proxy/nr"),
    ])
    func `goes to its region`(_ more: [String: String], _ url: String) async throws {
        let server = Recorded((200, results("[{\"a\":1}]")))
        let provider: JSON = ["query": "x", "timeout": 60]
        let keys = keys.merging(more) { $1 }
        _ = try await ask(server, question("newRelic", provider, credentials: keys))
        let request = try #require(await server.requests.first)
        #expect(request.url == url && request.timeoutMilliseconds == 65_000)
    }

    @Test(arguments: [
        ("{\"errors\":[{\"message\":\"Unknown the-nr-key\"}]}", "new relic: Unknown *****"),
        ("{}", "new relic: the answer has no results"),
    ])
    func `that is none is an error`(_ text: String, _ message: String) async throws {
        await #expect(throws: ProviderError(message)) {
            try await ask(
                Recorded((200, text)), question("newRelic", ["query": "x"], credentials: keys))
        }
    }

    @Test(arguments: [
        [:], ["personal-api-key": "a"], ["personal-api-key": "a", "account-id": "x"],
        ["personal-api-key": "a", "account-id": "1", "region": "moon"],
    ])
    func `with the wrong keys asks nothing`(_ keys: [String: String]) async throws {
        let server = Recorded()
        await #expect(throws: ProviderError.self) {
            try await ask(server, question("newRelic", ["query": "x"], credentials: keys))
        }
        #expect(await server.requests.isEmpty)
    }
}

struct `A metric of InfluxDB` {
    let keys = ["address": "http://influx:8086/", "authToken": "the-influx-token", "org": "my org"]

    func value(_ csv: String) async throws -> MetricValue {
        try await ask(
            Recorded((200, csv)), question("influxdb", ["query": "from()"], credentials: keys)
        ).value
    }

    static let table = """
        #datatype,string,long,dateTime:RFC3339,double,string\r
        #group,false,false,false,false,true\r
        #default,_result,,,,\r
        ,result,table,_time,_value,_field\r
        ,,0,2026-01-01T00:00:00Z,0.25,"a,""b"\r
        ,,0,2026-01-01T00:01:00Z,1e3,x\r
        \r

        """

    /// Holds: 5.13 influxdb.
    @Test func `is the column of values`() async throws {
        let server = Recorded((200, Self.table))
        let provider: JSON = ["query": "from(bucket: \"{{args.token}}\")"]
        let answer = try await ask(server, question("influxdb", provider, credentials: keys))
        #expect(answer == Answer(value: MetricValue(samples: [0.25, 1000]), text: "[0.25,1000]"))
        let request = try #require(await server.requests.first)
        #expect(request.url == "http://influx:8086/api/v2/query?org=my%20org")
        #expect(request.headers.contains(Header("Authorization", "Token the-influx-token")))
        #expect(try body(request)["query"] == "from(bucket: \"s3cr3t\")")
    }

    @Test(
        arguments: [
            (table + table, MetricValue(samples: [0.25, 1000, 0.25, 1000])),
            ("", .list([])), ("\r\n", .list([])),
            ("#datatype,long\n#default,7\n,_value\n,\n,8", .list([.int(7), .int(8)])),
            (
                "#datatype,boolean\n,_value\n,true\n,false",
                .list([.bool(true), .bool(false)])
            ),
            ("#datatype,double\n,_value\n,\n,+Inf", .list([.null, .float(.infinity)])),
            (",_value\n,\"two\nlines\"", .list([.string("two\nlines")])),
        ] as [(String, MetricValue)])
    func `has the types of its columns`(_ csv: String, _ values: MetricValue) async throws {
        #expect(try await value(csv) == values)
    }

    @Test(arguments: [
        (
            "#datatype,string,string\n,error,reference\n,bad the-influx-token,897",
            "influxdb: bad *****"
        ),
        (",_time\n,1", "influxdb: the answer has no column _value"),
        (",a,_value\n,1", "influxdb: a row ends before its value"),
        ("#datatype,double\n,_value\n,x", "influxdb: a value is no double"),
        (",_value\n,\"x", "influxdb: the answer breaks off"),
    ])
    func `that is none is an error`(_ csv: String, _ message: String) async throws {
        await #expect(throws: ProviderError(message)) { try await value(csv) }
    }

    @Test func `without keys asks nothing`() async throws {
        let server = Recorded()
        let provider: JSON = ["query": "x", "profile": "mine"]
        await #expect(
            throws: ProviderError(
                "authToken, org, or address not found; keep them in the Secret mine")
        ) { try await ask(server, question("influxdb", provider, credentials: ["org": "x"])) }
        #expect(await server.requests.isEmpty)
    }
}

struct `A metric of Graphite` {
    let provider: JSON = [
        "address": "http://user:pass-word@graphite:8080/base/",
        "query": "target=sum(\n  a.{{args.token}}.*,\n 'x+y'\n)&from=-5min&format=png",
    ]

    func value(_ text: String, status: Int = 200) async throws -> MetricValue {
        try await ask(Recorded((status, text)), question(provider, kind: "graphite")).value
    }

    /// Holds: 5.13 graphite.
    @Test func `is a render request on one line`() async throws {
        let server = Recorded((200, "[]"))
        _ = try await ask(server, question(provider, kind: "graphite"))
        #expect(
            await server.requests.first?.url
                == "http://user:pass-word@graphite:8080/base/render?"
                + "target=sum%28%20a.s3cr3t.%2A%2C%20%27x%20y%27%20%29&from=-5min&format=json")
    }

    @Test(
        arguments: [
            ("[{\"target\":\"a\",\"datapoints\":[[1,1],[null,2],[\"2.5\",3]]}]", [1, 2.5]),
            ("[{\"datapoints\":[[1,1]]},{\"datapoints\":[[2,1]]}]", [1]),
            ("[]", []), ("[{\"datapoints\":[[null,1]]}]", []),
        ] as [(String, [Double])])
    func `is the values of the first series`(_ text: String, _ values: [Double]) async throws {
        #expect(try await value(text) == MetricValue(samples: values))
    }

    @Test(arguments: [
        (200, "{}", "expected a list of series"), (200, "[{}]", "the series has no datapoints"),
        (200, "[{\"datapoints\":[5]}]", "expected [value, time]"),
        (200, "[{\"datapoints\":[[true,1]]}]", "a value is a boolean, no number"),
        (400, "bad pass-word", "received non 2xx response code: 400: \"bad *****\""),
    ])
    func `that is none is an error`(_ status: Int, _ text: String, _ message: String) async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await value(text, status: status)
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(
        arguments: [
            (["address": "graphite", "query": "target=a"], "address: is no URL")
        ] as [(JSON, String)])
    func `is refused before anything is sent`(_ provider: JSON, _ message: String) async throws {
        let server = Recorded()
        let error = await #expect(throws: ProviderError.self) {
            try await ask(server, question(provider, kind: "graphite"))
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(await server.requests.isEmpty)
    }
}
