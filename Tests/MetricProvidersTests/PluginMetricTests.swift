import Analysis
import Curl
import Documents
import Extensions
import Serving
import Testing

@testable import MetricProviders

private let configuration: JSON = ["acme/latency": ["service": "shop", "header": "{{args.token}}"]]

/// What the extension at `address` answers.
private func ask(
    _ address: String, _ question: Question? = nil,
    send: @escaping @Sendable (CurlRequest) async throws(CurlError) -> Curl.Response
) async throws -> Answer {
    var edge = ProviderEdge(now: { now }, send: send)
    edge.plugins = ["acme/latency": try ExtensionAddress(address)]
    return try await MetricSource.live(edge).ask(
        try question ?? MetricProvidersTests.question(configuration, kind: "plugin"))
}

/// What it answers in these words.
private func ask(saying words: String, _ question: Question? = nil) async throws -> Answer {
    let server = Recorded((200, words))
    return try await ask("http://127.0.0.1:1", question) { await server.take($0) }
}

struct `A metric of an extension` {
    /// Holds: 5.13 plugin.
    @Test func `is asked with what its document says, and with the run that asks`() async throws {
        let server = Recorded((200, #"{"value": [0.25]}"#))
        var metric = MetricSpec(name: "slow", provider: ["plugin": configuration])
        metric.provider["plugin"]?["acme/latency"]?["of"] = "{{args.of}}"
        let arguments = [
            Argument(name: "token", source: .secret(name: "s", key: "k")),
            Argument(name: "of", value: "p99"),
        ]
        var question = try Question(
            metric: "slow", of: RunSpec(metrics: [metric], arguments: arguments),
            secrets: ["token": Secret("s3cr3t")])
        question.occasion = Occasion(namespace: "web", run: "shop-1", uid: "u", startedAt: now)
        question.begun = ["sluice/state": "job 7"]
        let answer = try await ask("http://127.0.0.1:1/m", question) { await server.take($0) }
        #expect(answer == Answer(value: .list([.float(0.25)]), text: "[0.25]"))
        let request = try #require(await server.requests.first)
        #expect(request.timeoutMilliseconds == 10_000 && !request.followsRedirects)
        #expect(
            try body(request) == [
                "version": 1, "kind": "measure", "name": "acme/latency", "metric": "slow",
                "arguments": ["of": "p99"],
                "config": ["service": "shop", "header": "s3cr3t", "of": "p99"],
                "run": [
                    "namespace": "web", "name": "shop-1", "uid": "u",
                    "startedAt": .string(now.rfc3339),
                ],
                "state": "job 7",
            ])
    }

    @Test func `is judged by us, and nothing is no success`() async throws {
        var metric = MetricSpec(name: "m", provider: ["plugin": configuration])
        metric.failureCondition = "result > 5"
        metric.provider = ["plugin": ["acme/latency": [:]]]
        let question = try Question(metric: "m", of: RunSpec(metrics: [metric]))
        func phase(_ words: String) async throws -> RunPhase {
            let answer = try await ask(saying: words, question)
            return question.concluded(with: answer, startedAt: now, finishedAt: now).measurement
                .phase
        }
        #expect(try await phase(#"{"value": 4}"#) == .successful)
        #expect(try await phase(#"{"value": 6}"#) == .failed)
        #expect(try await phase(#"{"value": []}"#) != .successful)
        #expect(try await phase(#"{"value": "good"}"#) == .error)
    }

    @Test(arguments: [
        (#"{"error": "no such service"}"#, "acme/latency: no such service"),
        ("{}", "found none"), (#"{"value": 1, "error": "x"}"#, "found value and error"),
        (#"{"again": 0}"#, "again takes whole seconds from 1 to 1800"),
        (#"{"again": 5, "state": "\#(String(repeating: "s", count: 1_025))"}"#, "1024 bytes"),
        ("what?", "answered no JSON"), ("", "answered no JSON"),
    ])
    func `is an error where the answer is none`(_ words: String, _ message: String) async throws {
        let error = await #expect(throws: ProviderError.self) { try await ask(saying: words) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func `is cut where an error is long`() async throws {
        let long = String(repeating: "e\u{301}", count: 100_000)
        let words = JSON.object(JSONObject([("error", .string(long))])).text
        let error = await #expect(throws: ProviderError.self) { try await ask(saying: words) }
        #expect((error?.message.utf8.count ?? .max) < 2_100)
    }

    @Test func `is an error where nobody registered it`() async throws {
        let question = try question(["acme/other": [:]], kind: "plugin")
        await #expect(throws: ProviderError("no extension is registered as acme/other")) {
            try await ask(saying: "", question)
        }
    }

    @Test func `keeps credentials out of what is said`() async throws {
        let question = try question(
            ["acme/latency": ["apiToken": "hush-hush", "of": "{{args.token}}"]], kind: "plugin")
        let words = #"{"error": "hush-hush and s3cr3t"}"#
        let error = await #expect(throws: ProviderError.self) {
            try await ask(saying: words, question)
        }
        let message = error?.message ?? ""
        let said = question.failed(message, startedAt: now, finishedAt: now).measurement.message
        #expect(said == "acme/latency: ***** and *****")
    }

    @Test func `may take its time, and says when to ask again`() async throws {
        let question = try question(configuration, kind: "plugin")
        let answer = try await ask(saying: #"{"again": 20, "state": "job 7"}"#, question)
        let measurement = question.concluded(with: answer, startedAt: now, finishedAt: now)
            .measurement
        #expect(measurement.phase == .running && measurement.finishedAt == nil)
        #expect(measurement.resumeAt == now.advanced(bySeconds: 20))
        #expect(measurement.metadata == ["sluice/state": "job 7"])
    }
}

struct `An extension that runs beside us` {
    static let places: [ExtensionStandIn.Place] = [.port, .socket]

    @Test(arguments: places)
    func `is asked where it listens`(_ place: ExtensionStandIn.Place) async throws {
        let answer = try await ExtensionStandIn(place) { _ in .json(#"{"value": 0.5}"#) }
            .run { address in
                let client = CurlClient()
                return try await ask(address) { request throws(CurlError) in
                    try await client.execute(request)
                }
            }
        #expect(answer.value == .float(0.5))
    }

    enum Fault: CaseIterable, Sendable {
        case refuses, sendsAway, repeatsItself, isSilent, isGone
    }

    /// A port that nobody has any more may be somebody else's a moment later.
    private static let faults = places.flatMap { place in
        Fault.allCases.filter { place == .socket || $0 != .isGone }.map { (place, $0) }
    }

    @Test(arguments: faults)
    func `is an error where it fails`(
        _ place: ExtensionStandIn.Place, _ fault: Fault
    ) async throws {
        let standIn = ExtensionStandIn(place) { request in
            switch fault {
            case .refuses: return .text("out of order", status: 500)
            case .sendsAway where request.path == "/":
                return .init(status: 302, headers: ["Location": "/elsewhere"])
            case .sendsAway: return .json(#"{"value": 1}"#)
            case .repeatsItself: return .text(String(repeating: "1", count: (8 << 20) + 1))
            case .isSilent, .isGone:
                // The head of an answer, and nothing more.
                return .init(
                    status: 200, body: .stream { _ in for await _ in AsyncStream<Void>.never {} })
            }
        }
        let client = CurlClient()
        @Sendable func measure(at address: String) async {
            await #expect(throws: ProviderError.self) {
                try await ask(address) { request throws(CurlError) in
                    var request = request
                    if fault == .isSilent { request.timeoutMilliseconds = 100 }
                    return try await client.execute(request)
                }
            }
        }
        let address = try await standIn.run { address in
            if fault != .isGone { await measure(at: address) }
            return address
        }
        if fault == .isGone { await measure(at: address) }
    }
}

extension AsyncStream {
    /// Ends only with the task that waits for it.
    fileprivate static var never: AsyncStream { AsyncStream { _ in } }
}
