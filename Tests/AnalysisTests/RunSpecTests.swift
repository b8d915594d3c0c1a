import Documents
import Testing

@testable import Analysis

struct `An analysis run's document` {
    func read(_ text: String) throws -> (RunSpec, [Finding]) {
        let findings = Reader.Findings()
        let spec = RunSpec(reading: Reader(try JSON(parsing: text), findings: findings))
        return (spec, findings.all)
    }

    /// Holds: 5.1 metrics, 5.1 args, 5.1 numbers as arguments.
    @Test func `is read and written again as it was`() throws {
        let text = """
            {"metrics":[{"name":"errors","interval":"30s","initialDelay":"5s","count":"{{args.n}}",\
            "successCondition":"result[0] < 0.05","failureLimit":2,"inconclusiveLimit":1,\
            "consecutiveErrorLimit":3,"consecutiveSuccessLimit":2,\
            "provider":{"prometheus":{"address":"http://p","query":"up"}}}],\
            "args":[{"name":"n","value":"5"},{"name":"empty","value":""},\
            {"name":"s","valueFrom":{"secretKeyRef":{"name":"token","key":"k"}}},\
            {"name":"f","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}},\
            {"name":"h","valueFrom":{"podTemplateHashValue":"Latest"}}],\
            "dryRun":[{"metricName":"err.*"}],\
            "measurementRetention":[{"metricName":"err.*","limit":4}],\
            "terminate":true,"ttlStrategy":{"secondsAfterCompletion":60}}
            """
        let (spec, findings) = try read(text)
        #expect(findings.isEmpty)
        #expect(spec.json.text == text)
    }

    @Test func `names every mistake with its path`() throws {
        let (_, findings) = try read(
            """
            {"metrics":[{"nme":"x","successCondition":"result <","count":[],\
            "provider":{"web":{},"job":{}}}],
             "args":[{"name":"a","value":"1","valueFrom":{}}],"terminate":"yes"}
            """)
        let lines = findings.map(\.description).joined(separator: "\n")
        for part in [
            "metrics[0].nme: unknown field \"nme\"; did you mean name?",
            "metrics[0].name: is missing",
            "metrics[0].successCondition: unexpected the end (at character 9)",
            "metrics[0].count: expected",
            "metrics[0].provider: multiple providers specified",
            "args[0].valueFrom: value and valueFrom",
            "args[0].valueFrom: needs exactly one source", "terminate: expected true or false",
        ] {
            #expect(lines.contains(part))
        }
    }

    @Test func `is refused where nobody here asks its provider`() throws {
        let (_, findings) = try read(#"{"metrics":[{"name":"a","provider":{"other":{}}}]}"#)
        #expect(findings.map(\.path.description) == ["metrics[0].provider.other"])
        #expect(findings.map(\.message) == ["the provider other is not supported"])
    }

    @Test func `names each wrong field of its provider`() throws {
        let (_, findings) = try read(
            #"""
            {"metrics":[{"name":"a","provider":{"web":{"url":"web:80","method":"get","tmeout":1,
            "jsonPath":"{$.a[}","headers":[{"key":"a","vale":"b"}],"body":"x","jsonBody":{},
            "authentication":{"oauth2":{"tokenUrl":"x"}}}}},
            {"name":"b","provider":{"web":{"url":"{{args.u}}","method":"{{args.m}}",
            "jsonPath":"{$.{{args.p}}}"}}}]}
            """#)
        let web = "metrics[0].provider.web"
        #expect(
            findings.map(\.path.description) == [
                "\(web).tmeout", "\(web).method", "\(web).url", "\(web).headers[0].vale",
                "\(web).jsonBody", "\(web).jsonPath", "\(web).authentication.oauth2",
                "\(web).authentication.oauth2.tokenUrl",
            ])
    }

    /// Holds: 5.1 nested templates.
    @Test func `is read as a template too`() throws {
        let findings = Reader.Findings()
        let json = try JSON(
            parsing: """
                {"templates":[{"templateName":"t","clusterScope":true}],"args":[{"name":"a"}]}
                """)
        let template = TemplateSpec(reading: Reader(json, findings: findings))
        #expect(findings.all.isEmpty)
        #expect(template.templates == [TemplateReference(name: "t", isClusterScoped: true)])
        #expect(template.arguments == [Argument(name: "a")])
    }

    @Test func `keeps its status over the wire`() throws {
        let run = try run(metric("a", count: 1), metric("b"), dryRun: ["b"])
        let status = RunStatus().advanced(
            by: [taken(.failed, of: "a", message: "bad"), taken(.successful, of: "b")], of: run,
            now: start)
        let findings = Reader.Findings()
        let read = RunStatus(
            reading: Reader(try JSON(parsing: status.json.text), findings: findings))
        #expect(findings.all.isEmpty)
        #expect(read == status)
    }

    @Test func `writes its status as Argo Rollouts does`() throws {
        let run = try run(metric(count: 1))
        let status = RunStatus().advanced(
            by: [
                Taken(
                    metric: "m",
                    measurement: Measurement(
                        phase: .successful, value: "[1]", startedAt: start, finishedAt: start,
                        metadata: ["warnings": "\"w\""]))
            ], of: run, now: start)
        #expect(
            status.json.text == """
                {"phase":"Successful",\
                "metricResults":[{"name":"m","phase":"Successful","measurements":[\
                {"phase":"Successful","startedAt":"2026-01-02T03:04:05Z",\
                "finishedAt":"2026-01-02T03:04:05Z",\
                "value":"[1]","metadata":{"warnings":"\\"w\\""}}],"count":1,"successful":1,\
                "metadata":{"ResolvedPrometheusQuery":"up"},"consecutiveSuccess":1}],\
                "startedAt":"2026-01-02T03:04:05Z","runSummary":{"count":1,"successful":1},\
                "dryRunSummary":{},"completedAt":"2026-01-02T03:04:05Z"}
                """)
    }

    @Test func `takes a foreign status without its broken parts`() throws {
        let findings = Reader.Findings()
        let json = try JSON(
            parsing: """
                {"phase":"Odd","startedAt":"never","new":1,\
                "metricResults":[{"name":"m","count":-1}]}
                """)
        let status = RunStatus(reading: Reader(json, findings: findings))
        #expect(status.phase == nil && status.startedAt == nil)
        #expect(status["m"]?.count == 0)
        #expect(findings.all.count == 3)
    }
}

struct `Preparing a run` {
    func message(_ metrics: MetricSpec..., dryRun: [String] = [], arguments: [Argument] = [])
        -> String?
    {
        do {
            _ = try RunSpec(metrics: metrics, arguments: arguments, dryRun: dryRun).prepared()
            return nil
        } catch {
            return error.message
        }
    }

    /// Holds: 8.3 none, 8.3 twice, 8.3 limits, 8.3 limits disabled, 8.3 count and limits.
    /// Holds: 8.3 count and success limit, 8.3 count and inconclusiveLimit, 8.3 interval.
    /// Holds: 8.3 durations, 8.3 providers, 5.1 dryRun.
    @Test func `refuses by the rules, with their messages`() {
        let invalid = "Analysis spec invalid: "
        #expect(message() == invalid + "no metrics specified")
        #expect(message(metric(), metric()) == invalid + "metrics[1]: duplicate name 'm'")
        let first = invalid + "metrics[0]: "
        #expect(message(metric(streak: -1)) == first + "consecutiveSuccessLimit must be >= 0")
        #expect(
            message(metric(failure: -2)) == first
                + "failureLimit must be >= 0, or -1 to be disabled")
        #expect(
            message(metric(failure: -1))
                == first + "failureLimit and consecutiveSuccessLimit cannot both be disabled")
        #expect(message(metric(inconclusive: -1)) == first + "inconclusiveLimit must be >= 0")
        #expect(message(metric(errors: -1)) == first + "consecutiveErrorLimit must be >= 0")
        #expect(
            message(metric(count: 4, failure: 2, streak: 3)) == first
                + "count (4) must be >= failureLimit + consecutiveSuccessLimit (2 + 3) if both >= 0"
        )
        #expect(
            message(metric(count: 2, failure: -1, streak: 3)) == first
                + "count must be >= consecutiveSuccessLimit")
        #expect(
            message(metric(count: 1, inconclusive: 2)) == first
                + "count must be >= inconclusiveLimit")
        #expect(
            message(metric(count: 2, interval: nil)) == first
                + "interval must be specified when count > 1")
        #expect(
            message(metric(interval: "fast")) == first
                + "invalid interval string: time: invalid duration \"fast\"")
        var delayed = metric()
        delayed.initialDelay = "soon"
        #expect(
            message(delayed) == first + "invalid startDelay string: time: invalid duration \"soon\""
        )
        var none = metric()
        none.provider = [:]
        #expect(message(none) == first + "no provider specified")
        none.provider = ["web": [:], "job": [:]]
        #expect(message(none) == first + "multiple providers specified")
        #expect(
            message(metric(), dryRun: ["x"]) == invalid
                + "dryRun[0]: Rule didn't match any metric name(s)")
        #expect(
            message(metric(), dryRun: ["("])?.hasPrefix(invalid + "dryRun[0]: error parsing regexp")
                == true)
        #expect(message(metric(count: 3, failure: 1)) == nil)
    }

    /// Holds: 5.1 measurementRetention.
    @Test func `refuses to keep measurements of a metric that is none`() {
        let spec = RunSpec(
            metrics: [metric()],
            measurementRetention: [MeasurementRetention(metricName: "other", limit: 3)])
        let error = #expect(throws: RunError.self) { try spec.prepared() }
        #expect(error?.message.contains("measurementRetention[0]: Rule didn't match") == true)
    }

    /// Holds: 5.4 value, 5.4 placeholders, 5.1 numbers as arguments, 5.10 ResolvedPrometheusQuery.
    @Test func `puts arguments where their names stand`() throws {
        var spec = metric()
        spec.count = .text("{{ args.n }}")
        spec.successCondition = "result[0] < {{args.limit}}"
        spec.provider = ["prometheus": ["query": "rate(x{app=\"{{args.app}}\"}[{{args.window}}])"]]
        let prepared = try RunSpec(
            metrics: [spec],
            arguments: [
                Argument(name: "n", value: "3"), Argument(name: "limit", value: "0.05"),
                Argument(name: "app", value: "a\"b"), Argument(name: "window", value: "1m"),
            ]
        ).prepared()
        let metric = try #require(prepared.metrics.first)
        #expect(metric.count == 3)
        #expect(metric.successCondition == "result[0] < 0.05")
        #expect(metric.provider["query"] == "rate(x{app=\"a\"b\"}[1m])")
        #expect(metric.resultMetadata == ["ResolvedPrometheusQuery": "rate(x{app=\"a\"b\"}[1m])"])
    }

    /// Holds: 5.4 placeholders.
    @Test func `refuses arguments that nobody gave`() {
        var spec = metric()
        spec.successCondition = "result[0] < {{args.limit}}"
        let prefix = "Unable to resolve metric arguments: "
        #expect(message(spec) == prefix + "failed to resolve {{args.limit}}")
        #expect(
            message(spec, arguments: [Argument(name: "limit")]) == prefix
                + "args.limit was not resolved")
        spec.successCondition = "{{args.limit"
        #expect(message(spec)?.hasPrefix(prefix + "cannot find end tag") == true)
    }
}

struct `Merging templates` {
    let first = TemplateSpec(
        metrics: [metric("a")], arguments: [Argument(name: "x"), Argument(name: "y", value: "1")])
    let second = TemplateSpec(metrics: [metric("b")], arguments: [Argument(name: "x", value: "2")])

    func sources(
        _ object: JSON = [
            "metadata": ["labels": ["app/name": "web"]], "spec": ["steps": [["weight": 10]]],
        ]
    )
        -> ArgumentSources
    {
        ArgumentSources(stableHash: "aaa", latestHash: "bbb") { fieldText($0, of: object) }
    }

    /// Holds: 5.3 metrics, 5.3 args, 5.3 rollout args.
    @Test func `joins metrics and arguments`() throws {
        let run = try RunSpec(
            merging: [first, second], given: [Argument(name: "y", value: "3"), Argument(name: "z")])
        #expect(run.metrics.map(\.name) == ["a", "b"])
        #expect(
            run.arguments == [Argument(name: "x", value: "2"), Argument(name: "y", value: "3")])
    }

    /// Holds: 5.3 args.
    @Test func `takes a value before a source, and the later of two sources`() throws {
        let value = Argument(name: "x", value: "1")
        let secret = Argument(name: "x", source: .secret(name: "s", key: "k"))
        let other = Argument(name: "x", source: .secret(name: "t", key: "k"))
        func merged(_ arguments: Argument...) throws -> [Argument] {
            try RunSpec(merging: arguments.map { TemplateSpec(arguments: [$0]) }).arguments
        }
        #expect(try merged(secret, value) == [value] && merged(value, secret) == [value])
        #expect(try merged(secret, other) == [other] && merged(value, value) == [value])
        #expect(try merged(secret, Argument(name: "x")) == [secret])
    }

    /// Holds: 5.4 podTemplateHashValue, 5.4 fieldRef.
    @Test func `takes hashes and fields from the rollout`() throws {
        let given = [
            Argument(name: "x", source: .podTemplateHash(.latest)),
            Argument(name: "y", source: .field(path: "metadata.labels['app/name']")),
        ]
        let run = try RunSpec(merging: [first], given: given, sources: sources())
        #expect(run.arguments.map(\.value) == ["bbb", "web"])
        #expect(
            fieldText("spec.steps[0].weight", of: ["spec": ["steps": [["weight": 10]]]]) == "10")
    }

    /// Holds: 5.3 metrics, 5.3 args, 5.3 missing, 5.4 fieldRef.
    @Test func `refuses what does not fit together`() {
        #expect(throws: RunError("two metrics have the same name 'a'")) {
            try RunSpec(merging: [first, TemplateSpec(metrics: [metric("a")])])
        }
        #expect(throws: RunError("Argument `y` specified multiple times with different values")) {
            try RunSpec(merging: [
                first, TemplateSpec(arguments: [Argument(name: "y", value: "9")]),
            ])
        }
        #expect(throws: RunError("args.x was not resolved")) { try RunSpec(merging: [first]) }
        #expect(throws: RunError.self) {
            try RunSpec(
                merging: [first], given: [Argument(name: "x", source: .field(path: "spec.steps"))],
                sources: sources())
        }
    }

    /// Holds: 5.1 nested templates.
    @Test func `collects nested templates once each`() throws {
        let inner = TemplateReference(name: "inner"), outer = TemplateReference(name: "outer")
        let known = [
            outer: TemplateSpec(metrics: [metric("o")], templates: [inner, outer]),
            inner: TemplateSpec(metrics: [metric("i")], templates: [outer]),
        ]
        let found = try TemplateSpec.collected([outer, inner]) { known[$0] }
        #expect(found.map { $0.metrics[0].name } == ["o", "i"])
        #expect(throws: RunError("AnalysisTemplate 'gone' not found")) {
            try TemplateSpec.collected([TemplateReference(name: "gone")]) { known[$0] }
        }
    }
}

struct `A secret` {
    static let canary = "s3cr3t \"canary\"/value"

    func question() throws -> Question {
        var spec = metric()
        spec.successCondition = "result[0] < 1"
        spec.provider = ["prometheus": ["query": "up{token=\"{{args.token}}\"}"]]
        let run = RunSpec(
            metrics: [spec],
            arguments: [Argument(name: "token", source: .secret(name: "s", key: "k"))])
        return try Question(metric: "m", of: run, secrets: ["token": Secret(Self.canary)])
    }

    /// Holds: 5.4 secretKeyRef, 5.10 ResolvedPrometheusQuery.
    /// Holds: 9.3 secrets.
    @Test func `reaches the provider and nobody else`() throws {
        let question = try question()
        #expect(question.reveal().provider["query"]?.string?.contains(Self.canary) == true)
        var dumped = ""
        dump(question, to: &dumped)
        dump(Secret(Self.canary), to: &dumped)
        dump(question.redactor, to: &dumped)
        let shown =
            "\(question) \(Secret(Self.canary)) \(question.redactor) \(question.shown)" + dumped
        #expect(!shown.contains("canary"))
        #expect(question.shown.resultMetadata == ["ResolvedPrometheusQuery": "up{token=\"*****\"}"])
    }

    /// Holds: 5.4 secretKeyRef.
    /// Holds: 9.3 secrets.
    @Test func `is taken out of all that a measurement says`() throws {
        let question = try question()
        let encoded = percentEncoded(Self.canary)
        let answer = Answer(
            value: .list([.string(Self.canary)]),
            metadata: ["warnings": "bad \(Self.canary)", "url": encoded])
        let judged = question.concluded(with: answer, startedAt: start, finishedAt: start)
        let failed = question.failed(
            "GET ?q=\(encoded): \(Self.canary)", startedAt: start, finishedAt: start)
        let status = RunStatus().advanced(by: [judged, failed], of: try run(metric()), now: start)
        #expect(!status.json.text.contains("canary"))
        #expect(status.json.text.contains("*****"))
        #expect(judged.measurement.phase == .error)
    }

    @Test func `must be there`() {
        let run = RunSpec(
            metrics: [metric()],
            arguments: [Argument(name: "token", source: .secret(name: "s", key: "k"))])
        #expect(throws: RunError("args.token: key k of the Secret s was not found")) {
            try Question(metric: "m", of: run)
        }
    }
}

struct `A condition of a run` {
    private func prepared(
        _ condition: String, dryRun: [String] = []
    ) throws -> PreparedRun {
        var spec = metric()
        spec.failureCondition = condition
        let secret = Argument.Source.secret(name: "s", key: "k")
        return try RunSpec(
            metrics: [spec],
            arguments: [
                Argument(name: "limit", value: "<"), Argument(name: "token", source: secret),
            ], dryRun: dryRun
        ).prepared()
    }

    /// Holds: 5.5 refused run.
    @Test func `that cannot be read has the run wait for a person`() throws {
        let run = try prepared("result {{args.limit}} < 1")
        let error = #expect(throws: RunError.self) { try run.checkConditions() }
        #expect(
            error?.message == "Analysis spec cannot be read: metrics[0].failureCondition: "
                + "unexpected \"<\" (at character 10), in \"result < < 1\"")
        let status = RunStatus().refused(try #require(error), now: start)
        #expect(status.phase == .inconclusive && status.completedAt == start)
    }

    @Test func `that decides nothing, or is not known yet, holds nobody up`() throws {
        for run in [
            try prepared("frob(1)", dryRun: ["m"]), try prepared("result < {{args.token}}"),
            try prepared("result[0] > 1"), try prepared(""),
        ] {
            #expect(throws: Never.self) { try run.checkConditions() }
        }
    }
}
